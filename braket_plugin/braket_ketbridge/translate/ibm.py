"""Braket circuits for IBM's machines: QPY files of circuits in the machine's own gates."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from braket.circuits import Circuit

from ketbridge.programs import Format, Program, Readout

from .compiler import Compiler
from .observe import as_json
from .placed import placed
from .qiskit_circuit import NAME, as_qpy, converted, from_qpy, measure

_OURS = "ketbridge"
"""Where a circuit's metadata has what a result needs, for who opens the job elsewhere."""


def qpy(circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler | None) -> Program:
    """Write a circuit for a machine; without a compiler as it is, in Qiskit's gates.

    Raises:
        ProgramError: it cannot run there.
    """
    if compiler is None:
        made = converted(circuit, inputs)
        built, readout = measure(made.circuit, made.readout), made.readout
    else:
        built, readout = placed(circuit, inputs, compiler)
    metadata = as_json(circuit)
    built.name = NAME
    built.metadata = {_OURS: {"readout": readout.to_json(), "metadata": metadata}}
    return Program(Format.QISKIT_QPY, as_qpy(built), readout, built.num_qubits, metadata=metadata)


def recalled(program: Program) -> Program:
    """Return a program that the service gave back with the readout that its circuit tells.

    A circuit that was not written here stays as it is.
    """
    if program.readout.num_bits or not program.body:
        return program
    circuit = from_qpy(program.body)
    kept = (circuit.metadata or {}).get(_OURS)
    if not kept:
        return program
    return dataclasses.replace(
        program,
        readout=Readout.from_json(kept["readout"]),
        metadata=kept["metadata"],
        num_qubits=circuit.num_qubits,
    )

"""Braket circuits as IQM circuit JSON, on the qubits and connections of one machine.

Where the machine joins its qubits through resonators, the moves that this takes are put in here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from braket.circuits import Circuit

from ketbridge import BackendInfo
from ketbridge.programs import Format, Program, Readout, iqm_json
from ketbridge.programs.iqm_moves import Joints, Step, with_moves

from .compiler import Compiler
from .observe import as_json
from .placed import placed

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

_TURN = 2 * math.pi


def iqm(circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler | None) -> Program:
    """Write a circuit in PRX and CZ gates of a machine, and what it decides about rotations.

    Without a compiler the machine is one of as many qubits as the circuit has, all connected.

    Raises:
        ProgramError: it cannot run there.
    """
    compiler = compiler or Compiler(_any_machine(circuit))
    built, readout = placed(circuit, inputs, compiler)
    info, architecture = compiler.info, compiler.architecture
    names = info.qubit_names or tuple(map(str, range(info.num_qubits)))
    steps = list(_steps(built, readout, names))
    loci = {} if architecture is None else architecture.loci
    joints = Joints(loci)
    parts = with_moves(steps, joints) if joints.move else (step.text for step in steps)
    body = iqm_json.wrap(parts, noted=readout if readout.labels is not None else None)
    used: int = max(built.find_bit(qubit).index for one in built.data for qubit in one.qubits)
    return Program(Format.IQM, body, readout, used + 1, metadata=as_json(circuit))


def _any_machine(circuit: Circuit) -> BackendInfo:
    """Describe a machine that a circuit fits on, its qubits named as IQM does."""
    size = len(circuit.qubits)
    names = tuple(f"QB{number}" for number in range(1, size + 1))
    return BackendInfo("any machine", "kipu", size, formats=(Format.IQM,), qubit_names=names)


def _steps(built: QuantumCircuit, readout: Readout, names: Sequence[str]) -> Iterator[Step]:
    """Write the instructions of a compiled circuit."""
    from .qiskit_circuit import columns_of

    columns, (register,) = columns_of(built), readout.registers
    measured: dict[Any, tuple[str, str]] = {}
    for one in built.data:
        places: list[int] = [built.find_bit(qubit).index for qubit in one.qubits]
        on = tuple([names[place] for place in places])
        name = one.operation.name
        if name == "measure":
            column = columns.get(one.clbits[0])
            if column is None:
                key = iqm_json.hidden_key(len(measured))
                measured[one.clbits[0]] = on[0], key
                text = iqm_json.measure(on[0], key, feedback_key=key)
            else:
                text = iqm_json.measure(on[0], iqm_json.key_of(register, 0, column))
            yield Step(name, on, text)
        elif name == "if_else":
            yield from _decided(one.operation, on, *measured[one.operation.condition[0]])
        else:
            yield Step(name, on, _GATES[name](on, one.operation.params))


def _decided(operation: Any, on: Sequence[str], source: str, key: str) -> Iterator[Step]:
    """Write the rotations that are done if a measurement gave 1."""
    (body,) = (block for block in operation.blocks if block is not None)
    for inner in body.data:
        place: int = body.find_bit(inner.qubits[0]).index
        qubit = on[place]
        angle, phase = (float(value) / _TURN for value in inner.operation.params)
        yield Step("cc_prx", (qubit,), iqm_json.cc_prx(qubit, angle, phase, source, key))


def _prx(qubits: Sequence[str], parameters: list[Any]) -> str:
    angle, phase = (float(value) / _TURN for value in parameters)
    return iqm_json.PRX % (*qubits, angle, phase)


def _cz(qubits: Sequence[str], _: list[Any]) -> str:
    return iqm_json.CZ % tuple(qubits)


_GATES = {"r": _prx, "cz": _cz}

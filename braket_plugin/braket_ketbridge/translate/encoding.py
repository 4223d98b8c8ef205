"""Braket circuits as programs: pure, nothing is sent."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from braket.circuits import Circuit

from ketbridge.errors import ProgramError
from ketbridge.programs import Format, Program

from .source import as_circuit
from .walk import boxes_of

if TYPE_CHECKING:
    from .compiler import Compiler

_ENCODERS: Mapping[Format, tuple[str, str]] = {
    Format.IONQ_QIS: ("ionq", "qis"),
    Format.IONQ_NATIVE: ("ionq", "native"),
    Format.QISKIT_QPY: ("ibm", "qpy"),
    Format.BRAKET_OPENQASM3: ("openqasm", "braket"),
    Format.OPENQASM2: ("openqasm", "version2"),
    Format.OPENQASM3: ("openqasm", "version3"),
    Format.IQM: ("iqm", "iqm"),
}
"""For each language the module of this package, and its function, that writes it."""
_FOR_MACHINES = (Format.QISKIT_QPY, Format.BRAKET_OPENQASM3, Format.IQM)
"""Languages whose programs are written for one machine: its gates and its connections."""


def encode(
    circuit: Any,
    format: Format = Format.IONQ_QIS,  # noqa: A002
    inputs: Mapping[str, float] | None = None,
    *,
    compiler: Compiler | None = None,
) -> Program:
    """Translate a circuit, exactly up to its global phase.

    The qubits of a circuit with gaps are renumbered without gaps, but for ``IONQ_NATIVE`` and
    where a compiler puts them on a machine. The rotations that the circuit's result types need
    are appended.

    Args:
        circuit: a Braket ``Circuit``, an OpenQASM ``Program``, or anything that Braket can
            serialise to OpenQASM.
        format: the language; ``IONQ_NATIVE`` is for a circuit of GPi, GPi2, MS and ZZ alone.
        inputs: values of the free parameters, angles in radians.
        compiler: rewrites circuits in ``QISKIT_QPY`` and ``IQM`` for a machine; without one they
            go out in gates that any machine could have, for ``IQM`` on qubits ``QB1``, ``QB2``, ...
            that are all connected.

    Returns:
        The program. Classical bit ``i`` of its readout is column ``i`` of Braket's measurements;
        ``readout.labels`` are Braket's numbers of the measured qubits.

    Raises:
        ProgramError: the circuit cannot run there; the message names the gate and its index.
    """
    if format not in _ENCODERS:
        raise ProgramError(f"a Braket circuit cannot be written as {format!s}")
    module, name = _ENCODERS[format]
    write = getattr(importlib.import_module(f".{module}", __package__), name)
    source = as_circuit(circuit, inputs)
    extra = {"compiler": compiler} if format in _FOR_MACHINES else {}
    program: Program = write(source, inputs or {}, **extra)
    return program


def format_for(circuit: Circuit, formats: Sequence[Format] = ()) -> Format:
    """Choose the language of a circuit: native where all its gates are in verbatim boxes.

    Args:
        circuit: the circuit.
        formats: languages of the machine, the preferred one first; none: those of IonQ.

    Raises:
        ProgramError: the machine reads no language that Braket circuits are written in.
    """
    known = [one for one in formats or (Format.IONQ_QIS, Format.IONQ_NATIVE) if one in _ENCODERS]
    if Format.IONQ_NATIVE in known and boxes_of(circuit).whole:
        return Format.IONQ_NATIVE
    found = next((one for one in known if one is not Format.IONQ_NATIVE), None)
    if found is None:
        listed = ", ".join(formats)
        raise ProgramError(f"this machine reads {listed}, which no Braket circuit is written in")
    return found

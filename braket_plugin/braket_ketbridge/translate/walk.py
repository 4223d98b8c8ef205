"""Going through a Braket circuit: its gates in order, its verbatim boxes, its measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from braket.circuits import Circuit, Gate, Instruction, Noise, compiler_directives, gates

from ketbridge.errors import ProgramError
from ketbridge.programs import Readout

from .observe import check_result_types
from .readout import Measured, readout_of
from .rules import RULES

FEEDBACK = ("MeasureFF", "CCPRx")
"""Operators of Braket's experimental classical control, by name: it may be absent."""


class Writer(Protocol):
    """What writes single instructions; what it returns is only collected."""

    def write(self, instruction: Instruction) -> Any:
        """Write a gate."""

    def write_boxed(self, instruction: Instruction) -> Any:
        """Write a gate of a verbatim box."""

    def basis(self, instruction: Instruction) -> Any:
        """Write a rotation that the measurement of an observable needs."""


@runtime_checkable
class DecidingWriter(Writer, Protocol):
    """A writer for machines that rotate a qubit if an earlier measurement gave 1."""

    def feedback(self, instruction: Instruction) -> Any:
        """Write a measurement for feed-forward, or a rotation that depends on one."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Where a circuit's gates are: in verbatim boxes, outside of them."""

    inside: bool = False
    outside: bool = False

    @property
    def whole(self) -> bool:
        """Whether there are boxes and all gates are in them."""
        return self.inside and not self.outside


def boxes_of(circuit: Circuit) -> Boxes:
    """Look where a circuit's gates are."""
    inside = boxed = outside = False
    for _, instruction in circuit.moments.items():
        operator = instruction.operator
        if isinstance(operator, Gate):
            outside = outside or not inside
        elif isinstance(operator, compiler_directives.CompilerDirective):
            inside = _is_boxed(operator, inside)
            boxed = boxed or inside
    return Boxes(boxed, outside)


def checked_qubits(circuit: Circuit) -> Sequence[Any]:
    """Return a circuit's qubits in Braket's order.

    Raises:
        ProgramError: it has none, or a result type that shots cannot give.
    """
    check_result_types(circuit)
    if not circuit.qubits:
        raise ProgramError("the circuit has no qubits: it needs at least one gate on a qubit")
    return list(circuit.qubits)


def walk(
    circuit: Circuit, writer: Writer, qubits: Sequence[Any], index: Mapping[Any, int]
) -> tuple[list[Any], Readout]:
    """Write all gates, and the rotations that the result types need.

    Args:
        circuit: the circuit.
        writer: writes each gate.
        qubits: the circuit's qubits in Braket's order.
        index: number on the wire of each qubit.

    Returns:
        What the writer returned, without what is empty, and the readout.

    Raises:
        ProgramError: something cannot be written; with its name and index.
    """
    parts: list[Any] = []
    measured: dict[Any, Measured] = {}
    boxed = False
    for number, (key, instruction) in enumerate(circuit.moments.items()):
        operator = instruction.operator
        try:
            if measured and not measured.keys().isdisjoint(key.qubits):
                raise ProgramError("acts on a qubit that is already measured")
            if type(operator) in RULES:
                write = writer.write_boxed if boxed else writer.write
                parts.append(write(instruction))
            elif type(operator).__name__ in FEEDBACK:
                parts.append(_deciding(writer).feedback(instruction))
            elif key.moment_type == "measure":
                qubit = instruction.target[0]
                measured[qubit] = Measured(qubit, operator._target_index)
            elif isinstance(operator, compiler_directives.CompilerDirective):
                boxed = _is_boxed(operator, boxed)
            else:
                _check_gate(operator)
                parts.append(writer.write(instruction))
        except ProgramError as error:
            raise ProgramError(f"{operator.name} at index {number}: {error}") from error.__cause__
    parts += [writer.basis(rotation) for rotation in circuit.basis_rotation_instructions]
    readout = readout_of(qubits, list(measured.values()), index)
    return [part for part in parts if part], readout


def _deciding(writer: Writer) -> DecidingWriter:
    if not isinstance(writer, DecidingWriter):
        raise ProgramError("feed-forward is for IQM machines that have cc_prx")
    return writer


def _is_boxed(operator: Any, boxed: bool) -> bool:
    """Say whether a directive leaves us inside a verbatim box."""
    if isinstance(operator, compiler_directives.Barrier):
        return boxed
    return isinstance(operator, compiler_directives.StartVerbatimBox)


def _check_gate(operator: Any) -> None:
    if isinstance(operator, Noise):
        raise ProgramError("no machine takes noise on single gates; leave it out")
    if isinstance(operator, gates.PulseGate):
        raise ProgramError("no machine here takes pulses")
    if not isinstance(operator, Gate):
        raise ProgramError("cannot be written in gates")

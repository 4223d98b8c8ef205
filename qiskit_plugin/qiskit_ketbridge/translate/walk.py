"""One pass over a circuit: gates become JSON, measurements become the readout.

The pass looks at names, qubits and angles only and makes no gate objects for standard gates, which
is what keeps it near the cost of walking the circuit. What a gate looks like on given qubits is
worked out at its first sight; angles are collected apart and written all at once at the end. A
measurement forgets all of that, so that the next gate on a qubit is looked at again, and seen to be
too late if the qubit was measured.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from qiskit.circuit import (
    Barrier,
    BoxOp,
    CircuitInstruction,
    Clbit,
    ControlFlowOp,
    Delay,
    Gate,
    Instruction,
    Measure,
    QuantumCircuit,
    Qubit,
    Reset,
    Store,
)

from ..errors import CircuitError, DynamicCircuitError
from .dialects import Dialect
from .pattern import InexpressibleError, Pattern, fill

_SLICE = 64
_STATIC = (
    ", which the language of this machine cannot say: measure only at the end, or use a machine "
    "that reads OpenQASM 3 or QPY"
)


class Walk:
    """A circuit being written.

    Attributes:
        parts: JSON of the gates so far, with gaps for the angles.
        angles: what goes into the gaps, in their order.
        sources: for each classical bit that is written, the qubit that it reads.
        used: qubits that a gate acts on.
        measured: qubits that are measured, or reset where nobody looks any more.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.parts: list[str] = []
        self.angles: list[float] = []
        self.sources: dict[int, int] = {}
        self.used: set[int] = set()
        self.measured: set[int] = set()

    def take(
        self, circuit: QuantumCircuit, qubits: Mapping[Qubit, int], clbits: Mapping[Clbit, int]
    ) -> None:
        """Write the instructions of a circuit.

        Args:
            circuit: the circuit, or the body of an instruction of it.
            qubits: index of each of its qubits in the whole circuit.
            clbits: index of each of its classical bits in the whole circuit.

        Raises:
            CircuitError: an instruction cannot be written; names it and where it is.
            DynamicCircuitError: it needs measurements in the middle of the circuit.
        """
        known: dict[str, dict[tuple[Qubit, ...], str | Pattern]] = defaultdict(dict)
        add, turn = self.parts.append, self.angles.append
        for index, instruction in enumerate(_each(circuit)):
            try:
                if not instruction.is_standard_gate():
                    if self._other(instruction, qubits, clbits):
                        known.clear()
                    continue
                name, on = instruction.name, instruction.qubits
                try:
                    piece = known[name][on]
                except KeyError:
                    piece = self._standard(instruction, [qubits[q] for q in on])
                    if piece is None:
                        continue
                    known[name][on] = piece
                if isinstance(piece, str):
                    add(piece)
                    continue
                parameters = instruction.params
                value = parameters[0]
                if piece.single and value.__class__ is float and value - value == 0.0:
                    turn(value)
                else:
                    self.angles += piece.values(parameters)
                add(piece.text)
            except InexpressibleError as error:
                raise CircuitError(_where(index, instruction, qubits) + f" {error}") from None
            except _DynamicError as error:
                raise DynamicCircuitError(
                    _where(index, instruction, qubits) + f" {error}" + _STATIC
                ) from None

    def text(self) -> str:
        """Return the JSON of all gates, joined by commas."""
        return fill(",".join(self.parts), self.angles)

    def _standard(self, instruction: CircuitInstruction, on: Sequence[int]) -> str | Pattern | None:
        """Return what to write for a standard gate; None if that is done or is nothing."""
        pattern = self.dialect.standard(instruction.name, on)
        if pattern is None:
            self._gate(instruction, on)
            return None
        self._use(pattern)
        return pattern if pattern.slots else pattern.text or None

    def _gate(self, instruction: CircuitInstruction, on: Sequence[int]) -> None:
        pattern, parameters = self.dialect.other(instruction.operation, on)
        self._use(pattern)
        if pattern.text:
            self.angles += pattern.values(parameters)
            self.parts.append(pattern.text)

    def _use(self, pattern: Pattern) -> None:
        self.used |= pattern.qubits
        if not self.measured.isdisjoint(pattern.qubits):
            raise _DynamicError("comes after a measurement or reset of its qubit")

    def _other(
        self,
        instruction: CircuitInstruction,
        qubits: Mapping[Qubit, int],
        clbits: Mapping[Clbit, int],
    ) -> bool:
        """Write an instruction that is no standard gate; say whether it may have measured."""
        operation = instruction.operation
        on = [qubits[q] for q in instruction.qubits]
        if isinstance(operation, Measure):
            self.sources[clbits[instruction.clbits[0]]] = on[0]
            self.measured.update(on)
        elif isinstance(operation, Reset):
            self._reset(on[0])
        elif isinstance(operation, Barrier):
            return False
        elif isinstance(operation, BoxOp):
            self._inline(operation.blocks[0], instruction, qubits, clbits)
        elif isinstance(operation, ControlFlowOp | Store):
            raise _DynamicError("is decided while the circuit runs")
        elif isinstance(operation, Delay):
            raise InexpressibleError(
                "is a wait, which this service cannot be asked for: remove it from the circuit"
            )
        elif (
            isinstance(operation, Instruction)
            and not isinstance(operation, Gate)
            and operation.definition is not None
        ):
            self._inline(operation.definition, instruction, qubits, clbits)
        else:
            self._gate(instruction, on)
            return False
        return True

    def _reset(self, qubit: int) -> None:
        """A fresh qubit is in state 0 already; on a used one the reset must be the last."""
        if qubit in self.measured or qubit in self.used:
            raise _DynamicError("resets a qubit that was used before")

    def _inline(
        self,
        body: QuantumCircuit,
        instruction: CircuitInstruction,
        qubits: Mapping[Qubit, int],
        clbits: Mapping[Clbit, int],
    ) -> None:
        self.take(
            body,
            dict(zip(body.qubits, (qubits[q] for q in instruction.qubits), strict=True)),
            dict(zip(body.clbits, (clbits[c] for c in instruction.clbits), strict=True)),
        )


def _each(circuit: QuantumCircuit) -> Iterator[CircuitInstruction]:
    """Go through the instructions by slices, which takes Qiskit less time than one by one."""
    data = circuit.data
    for start in range(0, len(data), _SLICE):
        yield from data[start : start + _SLICE]


class _DynamicError(Exception):
    """An instruction needs a measurement in the middle of the circuit; says why."""


def _where(index: int, instruction: CircuitInstruction, qubits: Mapping[Qubit, int]) -> str:
    on = ", ".join(str(qubits[q]) for q in instruction.qubits)
    return f"instruction {index}, {instruction.name!r} on qubits [{on}],"

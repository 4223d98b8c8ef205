"""Circuits that measure, reset and decide on the way, as what an IQM machine can do.

Such a machine can rotate one qubit if an earlier measurement of one qubit gave 1. A rotation that
is done for 0 is done always and taken back for 1, and a reset is a measurement and half a turn for
1. All else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, pi
from typing import Any

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import (
    BoxOp,
    CircuitInstruction,
    ClassicalRegister,
    Clbit,
    ControlFlowOp,
    Gate,
    IfElseOp,
    Qubit,
)
from qiskit.circuit.classical import expr

from ..errors import CircuitError

GATES = ("r", "cz")
_BASIS = (*GATES, "measure", "reset", "if_else", "box")
_NOTHING = frozenset({"id", "global_phase"})
_LEVEL = 1


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that is done.

    Attributes:
        name: ``r``, ``cz``, ``barrier``, ``measure`` or ``cc_prx``.
        qubits: indices of its qubits.
        angles: angle and phase of a rotation, in radians.
        measured: number of the measurement that this is, or that it depends on.
    """

    name: str
    qubits: tuple[int, ...]
    angles: tuple[float, ...] = ()
    measured: int = -1


@dataclass(slots=True)
class Actions:
    """What is done in a circuit, in order.

    Attributes:
        acts: all of it.
        measured: the qubit of each measurement.
        shown: the classical bit that each measurement writes last; None where none is left of it.
        last: number of the last measurement into each classical bit.
        asked: measurements that something depends on.
        used: qubits that something but a barrier acts on.
    """

    acts: list[Act] = field(default_factory=list)
    measured: list[int] = field(default_factory=list)
    shown: list[int | None] = field(default_factory=list)
    last: dict[int, int] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    used: set[int] = field(default_factory=set)

    @property
    def sources(self) -> dict[int, int]:
        """For each classical bit that is written, the qubit that it reads."""
        pairs = zip(self.shown, self.measured, strict=True)
        return {bit: qubit for bit, qubit in pairs if bit is not None}

    def add(self, act: Act) -> None:
        """Do something next."""
        self.acts.append(act)
        if act.name != "barrier":
            self.used.update(act.qubits)

    def measure(self, qubit: int, bit: int | None) -> int:
        """Measure a qubit into a classical bit, or for a decision only; return its number."""
        number = len(self.measured)
        if bit is not None:
            if bit in self.last:
                self.shown[self.last[bit]] = None
            self.last[bit] = number
        self.measured.append(qubit)
        self.shown.append(bit)
        self.add(Act("measure", (qubit,), measured=number))
        return number

    def rotate_if(self, number: int, qubit: int, angles: tuple[float, ...]) -> None:
        """Rotate a qubit if a measurement gave 1."""
        self.asked.add(number)
        self.add(Act("cc_prx", (qubit,), angles, number))


def actions_of(circuit: QuantumCircuit) -> Actions:
    """Say what is done in a circuit, exactly but for the global phase.

    Raises:
        CircuitError: it measures nothing, or something in it cannot be done; names it and where.
    """
    _check(circuit)
    if not set(_names(circuit)) <= {*_BASIS, *_NOTHING, "barrier"}:
        circuit = transpile(circuit, basis_gates=list(_BASIS), optimization_level=_LEVEL)
    reading = _Reading()
    reading.take(
        circuit,
        {qubit: index for index, qubit in enumerate(circuit.qubits)},
        {clbit: index for index, clbit in enumerate(circuit.clbits)},
    )
    if not reading.actions.sources:
        raise CircuitError(
            f"circuit {circuit.name!r} measures nothing: add qc.measure(...) or qc.measure_all()"
        )
    return reading.actions


def _names(circuit: QuantumCircuit) -> Iterator[str]:
    for instruction in circuit.data:
        yield instruction.name
        if isinstance(instruction.operation, ControlFlowOp):
            for block in instruction.operation.blocks:
                yield from _names(block)


def _check(circuit: QuantumCircuit) -> None:
    """Refuse what no rewriting makes possible.

    Raises:
        CircuitError: with the instruction and its place.
    """
    for index, instruction in enumerate(circuit.data):
        operation, where = instruction.operation, f"instruction {index}, {instruction.name!r},"
        if isinstance(operation, ControlFlowOp) and not isinstance(operation, IfElseOp | BoxOp):
            raise CircuitError(f"{where} cannot be written for IQM, which decides by if_test only")
        if instruction.name in ("delay", "store"):
            raise CircuitError(f"{where} cannot be written for IQM: remove it from the circuit")
        for value in instruction.params:
            if isinstance(value, QuantumCircuit):
                _check(value)
            elif getattr(value, "parameters", ()):
                raise CircuitError(f"{where} has the unbound parameter {value}")
            elif isinstance(value, float) and not isfinite(value):
                raise CircuitError(f"{where} has the angle {value}, which is no finite number")


class _Reading:
    """A circuit of rotations, CZs, measurements, resets and decisions while it is read.

    Attributes:
        actions: what was found so far.
    """

    def __init__(self) -> None:
        self.actions = Actions()

    def take(
        self, circuit: QuantumCircuit, qubits: Mapping[Qubit, int], clbits: Mapping[Clbit, int]
    ) -> None:
        """Read the instructions of a circuit, or of the body of one of them."""
        for index, one in enumerate(circuit.data):
            on = tuple(qubits[qubit] for qubit in one.qubits)
            if one.name in GATES:
                self.actions.add(Act(one.name, on, tuple(map(float, one.params))))
            elif one.name == "barrier":
                self.actions.add(Act("barrier", on))
            elif one.name == "measure":
                self.actions.measure(on[0], clbits[one.clbits[0]])
            elif one.name == "reset":
                self._reset(on[0])
            elif isinstance(one.operation, IfElseOp):
                where = f"instruction {index}, 'if_else' on qubits {list(on)},"
                self._decide(where, one, on, clbits)
            elif one.name not in _NOTHING:
                self._inline(index, one, on, clbits)

    def _reset(self, qubit: int) -> None:
        if qubit in self.actions.used:  # a fresh one is in state 0
            number = self.actions.measure(qubit, None)
            self.actions.rotate_if(number, qubit, (pi, 0.0))

    def _inline(
        self, index: int, one: CircuitInstruction, on: tuple[int, ...], clbits: Mapping[Clbit, int]
    ) -> None:
        operation: Any = one.operation
        body = operation.blocks[0] if isinstance(operation, BoxOp) else operation.definition
        if body is None or isinstance(operation, Gate):
            raise CircuitError(f"instruction {index}, {one.name!r}, cannot be written for IQM")
        inner = (clbits[clbit] for clbit in one.clbits)
        self.take(
            body,
            dict(zip(body.qubits, on, strict=True)),
            dict(zip(body.clbits, inner, strict=True)),
        )

    def _decide(
        self,
        where: str,
        one: CircuitInstruction,
        on: Sequence[int],
        clbits: Mapping[Clbit, int],
    ) -> None:
        """Do rotations if a bit is 1, and others if it is 0."""
        operation: Any = one.operation
        bit, value = _condition(where, operation.condition)
        blocks = [list(_rotations(where, block, on)) for block in operation.blocks]
        chosen, otherwise = blocks[0], blocks[1] if len(blocks) > 1 else []
        for_1, for_0 = (chosen, otherwise) if value else (otherwise, chosen)
        for rotation in for_0:
            self.actions.add(rotation)
        number = self.actions.last.get(clbits[bit])
        if number is None:
            return  # nothing was measured into the bit: it is 0
        for undone in reversed(for_0):
            angle, phase = undone.angles
            self.actions.rotate_if(number, undone.qubits[0], (-angle, phase))
        for rotation in for_1:
            self.actions.rotate_if(number, rotation.qubits[0], rotation.angles)


def _rotations(where: str, block: QuantumCircuit, on: Sequence[int]) -> Iterator[Act]:
    qubits = dict(zip(block.qubits, on, strict=True))
    for inner in block.data:
        if inner.name == "r":
            angles = tuple(map(float, inner.params))
            yield Act("r", (qubits[inner.qubits[0]],), angles)
        elif inner.name not in _NOTHING | {"barrier"}:
            raise CircuitError(
                f"{where} decides about {inner.name}: IQM machines rotate single qubits on a "
                "condition, and do nothing else"
            )


def _condition(where: str, condition: Any) -> tuple[Clbit, bool]:
    """Return the bit that a condition asks, and the value that it has to have.

    Raises:
        CircuitError: it asks something else than one bit.
    """
    value: Any = 1
    if isinstance(condition, tuple):
        condition, value = condition
    elif isinstance(condition, expr.Unary) and condition.op in _NOT:
        condition, value = condition.operand, 0
    if isinstance(condition, expr.Var):
        condition = condition.var
    if isinstance(condition, ClassicalRegister) and condition.size == 1:
        condition = condition[0]
    if not isinstance(condition, Clbit) or value not in (0, 1):
        raise CircuitError(
            f"{where} decides by more than one bit: IQM machines decide by one measurement that "
            "gave 0 or 1"
        )
    return condition, bool(value)


_NOT = (expr.Unary.Op.LOGIC_NOT, expr.Unary.Op.BIT_NOT)

"""Unrolling: what a gate without a rule of its own is made of, through its definition."""

from __future__ import annotations

from collections.abc import Sequence

from qiskit.circuit import (
    AnnotatedOperation,
    Barrier,
    ControlledGate,
    ControlModifier,
    Delay,
    Instruction,
    InverseModifier,
    Operation,
    PowerModifier,
)

from .elements import GPHASE, Element, controlled
from .pattern import HINT, InexpressibleError, numbers
from .rules import form_of, rule_of


class Expander:
    """Rewrites gates as elements with known angles, each distinct gate object once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Operation, Sequence[Element]]] = {}

    def __call__(self, gate: Operation) -> Sequence[Element]:
        """Return a gate as elements on its own qubits 0, 1, ..., its global phase included.

        Raises:
            InexpressibleError: it has no rule and no definition, or a parameter is no number.
        """
        form = form_of(gate)
        if form is not None:
            rule = rule_of(form)
            values = numbers(gate.params)
            angles = rule.angles(*values) if rule.angles else values
            return [element.bound(angles) for element in rule.elements]
        if id(gate) not in self._known:
            self._known[id(gate)] = gate, self._unroll(gate)
        return self._known[id(gate)][1]

    def _unroll(self, gate: Operation) -> Sequence[Element]:
        if isinstance(gate, AnnotatedOperation):
            return self._annotated(gate)
        if isinstance(gate, Barrier):
            return ()
        if isinstance(gate, ControlledGate):
            base = gate.base_gate
            if gate.num_qubits == gate.num_ctrl_qubits + base.num_qubits:
                return controlled(self(base), gate.num_ctrl_qubits, gate.ctrl_state)
        if isinstance(gate, Delay) or not isinstance(gate, Instruction):
            raise InexpressibleError(f"cannot be written as gates; {HINT}")
        if gate.definition is None:
            raise InexpressibleError(f"is no standard gate and has no definition; {HINT}")
        return self._defined(gate)

    def _defined(self, gate: Instruction) -> Sequence[Element]:
        circuit = gate.definition
        index_of = {qubit: index for index, qubit in enumerate(circuit.qubits)}
        (phase,) = numbers([circuit.global_phase])
        elements = [Element(GPHASE, (), phase)] if phase else []
        for instruction in circuit.data:
            try:
                inner = self(instruction.operation)
            except InexpressibleError as error:
                raise InexpressibleError(
                    f"is made of {instruction.name!r}, which {error}"
                ) from None
            qubits = [index_of[qubit] for qubit in instruction.qubits]
            elements += [element.moved(qubits) for element in inner]
        return elements

    def _annotated(self, gate: AnnotatedOperation) -> Sequence[Element]:
        base = gate.base_op
        controls: list[ControlModifier] = []
        for modifier in gate.modifiers:
            if isinstance(modifier, ControlModifier):
                controls.append(modifier)
            elif isinstance(modifier, InverseModifier):
                base = base.inverse()
            elif isinstance(modifier, PowerModifier):
                base = base.power(modifier.power)
        elements = self(base)
        for modifier in controls:
            elements = controlled(elements, modifier.num_ctrl_qubits, modifier.ctrl_state)
        return elements

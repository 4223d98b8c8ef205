"""Braket instructions as steps: gates that every language here is written from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from braket.circuits import Instruction, gates

from ketbridge.errors import ProgramError

from .blocks import Block, block_of, principal_power
from .parameters import bound, numbers
from .rules import RULES
from .step import Step
from .synthesis import controlled_matrix, controlled_phase, dense_controlled, unitary


class Lowering:
    """Writes instructions as steps, exactly up to the global phase of the circuit.

    Attributes:
        index: number on the wire of each Braket qubit.
        inputs: values of the free parameters.
    """

    def __init__(self, index: dict[Any, int], inputs: Mapping[str, float]) -> None:
        self.index = index
        self.inputs = inputs

    def steps(self, instruction: Instruction) -> list[Step]:
        """Write one gate.

        Raises:
            ProgramError: it cannot be written.
        """
        rule = RULES.get(type(instruction.operator))
        if rule is None or instruction.control or instruction.power != 1:
            return self._modified(instruction)
        return rule.on([self.index[q] for q in instruction.target], self.parameters(instruction))

    def parameters(self, instruction: Instruction) -> list[float]:
        """Return the parameters of a gate as finite numbers.

        Raises:
            ProgramError: one has no value, or none that is a finite real number.
        """
        gate = instruction.operator
        return numbers(gate, self.inputs) if hasattr(gate, "parameters") else []

    def _modified(self, instruction: Instruction) -> list[Step]:
        """Write a gate with controls or a power, or one that is only known as a matrix."""
        gate, power = bound(instruction.operator, self.inputs), instruction.power
        if not math.isfinite(power):
            raise ProgramError(f"its power {power} is no finite number")
        states = list(instruction.control_state)
        # Braket leaves the controls of a global phase out of its list of the circuit's qubits
        controls = [self.index.setdefault(q, len(self.index)) for q in instruction.control]
        targets = tuple(self.index[qubit] for qubit in instruction.target)
        if isinstance(gate, gates.GPhase):
            angle = math.remainder(gate.angle, 2 * math.pi) if power % 1 else gate.angle
            return controlled_phase(angle * power, controls, states)
        block = block_of(gate)
        if block is None:
            matrix = principal_power(gate.to_matrix(), power)
            return unitary(dense_controlled(matrix, states), [*controls, *targets])
        return _in_basis(block, gate, power, targets, (controls, states))


def _in_basis(
    block: Block,
    gate: Any,
    power: float,
    targets: tuple[int, ...],
    controlled_by: tuple[list[int], list[int]],
) -> list[Step]:
    parameters = getattr(gate, "parameters", ())
    controls, states = controlled_by
    basis = [step.on(targets) for step in block.basis(*parameters)]
    core = controlled_matrix(
        principal_power(block.matrix(*parameters), power),
        targets[block.target],
        [*controls, *(targets[qubit] for qubit in block.controls)],
        [*states, *block.states],
    )
    return [*basis, *core, *(step.inverse() for step in reversed(basis))]

"""Write Braket instructions in IonQ's ``qis`` gate set."""

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


class QisWriter:
    """Writes instructions as JSON objects of the ``qis`` gate set.

    Attributes:
        index: IonQ's number of each Braket qubit.
        inputs: values of the free parameters.
    """

    def __init__(self, index: dict[Any, int], inputs: Mapping[str, float]) -> None:
        self.index = index
        self.inputs = inputs

    def write(self, instruction: Instruction) -> str:
        """Write one gate; several JSON objects have commas between them.

        Raises:
            ProgramError: it cannot be written.
        """
        gate = instruction.operator
        rule = RULES.get(type(gate))
        if rule is None or instruction.control.item_list or instruction.power != 1:
            return ",".join(step.json() for step in self._steps(instruction))
        parameters = numbers(gate, self.inputs) if hasattr(gate, "parameters") else ()
        index = self.index
        return rule.write([index[qubit] for qubit in instruction.target.item_list], parameters)

    basis = write

    def _steps(self, instruction: Instruction) -> list[Step]:
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

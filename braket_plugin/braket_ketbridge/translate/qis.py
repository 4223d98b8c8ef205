"""Write Braket instructions in IonQ's ``qis`` gate set."""

from __future__ import annotations

from braket.circuits import Instruction

from .lowering import Lowering
from .native import check_native
from .parameters import numbers
from .rules import RULES


class QisWriter(Lowering):
    """Writes instructions as JSON objects of the ``qis`` gate set."""

    def write(self, instruction: Instruction) -> str:
        """Write one gate; several JSON objects have commas between them.

        Raises:
            ProgramError: it cannot be written.
        """
        gate = instruction.operator
        rule = RULES.get(type(gate))
        if rule is None or instruction.control.item_list or instruction.power != 1:
            return ",".join(step.json() for step in self.steps(instruction))
        parameters = numbers(gate, self.inputs) if hasattr(gate, "parameters") else ()
        index = self.index
        return rule.write([index[qubit] for qubit in instruction.target.item_list], parameters)

    basis = write

    def write_boxed(self, instruction: Instruction) -> str:
        """Write a gate of a verbatim box, which is native.

        Raises:
            ProgramError: it is no native gate.
        """
        check_native(instruction)
        return self.write(instruction)

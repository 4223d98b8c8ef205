"""Write Braket's IonQ gates in IonQ's ``native`` gate set, whose phases and angles are in turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from braket.circuits import Instruction, gates

from ketbridge.errors import ProgramError
from ketbridge.programs import ionq_json

from .parameters import numbers
from .synthesis import euler

TURN = 2 * math.pi


class NativeWriter:
    """Writes instructions as JSON objects of the ``native`` gate set.

    Attributes:
        index: IonQ's number of each Braket qubit.
        inputs: values of the free parameters.
    """

    def __init__(self, index: dict[Any, int], inputs: Mapping[str, float]) -> None:
        self.index = index
        self.inputs = inputs

    def write(self, instruction: Instruction) -> str:
        """Write one native gate.

        Raises:
            ProgramError: it is no native gate, or it is controlled or raised to a power.
        """
        gate = instruction.operator
        check_native(instruction)
        parameters = numbers(gate, self.inputs) if hasattr(gate, "parameters") else ()
        return NATIVE[type(gate)]([self.index[q] for q in instruction.target], *parameters)

    write_boxed = write

    def basis(self, instruction: Instruction) -> str:
        """Write the rotation of an observable, but for a turn about Z that no count shows.

        Raises:
            ProgramError: the observable acts on more than one qubit at once.
        """
        matrix = instruction.operator.to_matrix()
        if len(matrix) != 2:
            raise ProgramError(
                "an observable on several qubits at once cannot be measured in native gates"
            )
        theta, _, lam = euler(matrix)
        target = [self.index[instruction.target[0]]]
        return ",".join((_gpi2(target, -lam), _gpi2(target, -(theta + math.pi + lam))))


def check_native(instruction: Instruction) -> None:
    """Refuse what a verbatim box cannot hold.

    Raises:
        ProgramError: the gate is no native gate, or it is controlled or raised to a power.
    """
    if type(instruction.operator) not in NATIVE:
        raise ProgramError("is no native gate of IonQ, which are GPi, GPi2, MS and ZZ")
    if instruction.control or instruction.power != 1:
        raise ProgramError("a native gate has no controls and no power")


def _turns(radians: float) -> float:
    """Return a phase in turns, from 0 to below 1."""
    turns = radians / TURN % 1.0
    return 0.0 if turns == 1.0 else turns


def _gpi(targets: list[int], phi: float) -> str:
    return ionq_json.PHASED % ("gpi", *targets, _turns(phi))


def _gpi2(targets: list[int], phi: float) -> str:
    return ionq_json.PHASED % ("gpi2", *targets, _turns(phi))


def _ms(targets: list[int], phi0: float, phi1: float, theta: float) -> str:
    if theta < 0:
        phi0, theta = phi0 + math.pi, -theta
    return ionq_json.MS % (*targets, _turns(phi0), _turns(phi1), theta / TURN)


def _zz(targets: list[int], theta: float) -> str:
    return ionq_json.ZZ_NATIVE % (*targets, theta / TURN)


NATIVE: dict[type[Any], Callable[..., str]] = {
    gates.GPi: _gpi,
    gates.GPi2: _gpi2,
    gates.MS: _ms,
    gates.ZZ: _zz,
    gates.I: lambda _: "",
}
"""What writes each gate that a verbatim box may hold, from its targets and its parameters."""

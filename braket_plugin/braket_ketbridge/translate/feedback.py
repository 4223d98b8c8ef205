"""Braket's experimental classical control: rotations that depend on earlier measurements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from braket.circuits import Instruction

from ketbridge.errors import ProgramError

from .parameters import value_of

if TYPE_CHECKING:
    from qiskit.circuit import Clbit, QuantumCircuit


class Feedback(NamedTuple):
    """A measurement for feed-forward, or a rotation that is done if one gave 1.

    Attributes:
        qubit: its qubit, by the number on the wire.
        key: which measurement it is or depends on.
        angles: angle and phase of the rotation in radians; none for a measurement.
    """

    qubit: int
    key: int
    angles: tuple[float, ...] = ()


def read(
    instruction: Instruction, index: Mapping[Any, int], inputs: Mapping[str, float]
) -> Feedback:
    """Read one of Braket's instructions.

    Args:
        instruction: a ``MeasureFF`` or a ``CCPRx``.
        index: number on the wire of each qubit.
        inputs: values of the free parameters.

    Raises:
        ProgramError: an angle has no value, or none that is a finite number.
    """
    *angles, key = instruction.operator.parameters
    values = tuple(value_of(angle, inputs) for angle in angles)
    return Feedback(index[instruction.target[0]], key, values)


class Decisions:
    """Puts feed-forward into a circuit of Qiskit's; each measurement has a loose bit of its own."""

    def __init__(self) -> None:
        self._bits: dict[int, Clbit] = {}

    def append(self, circuit: QuantumCircuit, one: Feedback) -> None:
        """Put one at the end of a circuit.

        Raises:
            ProgramError: a rotation depends on a measurement that was not done before it.
        """
        from qiskit.circuit import Clbit
        from qiskit.circuit.library import RGate

        if not one.angles:
            bit = Clbit()
            circuit.add_bits([bit])
            circuit.measure(one.qubit, bit)
            self._bits[one.key] = bit
            return
        if one.key not in self._bits:
            raise ProgramError(f"cc_prx: there is no measure_ff with the key {one.key} before it")
        with circuit.if_test((self._bits[one.key], 1)):
            circuit.append(RGate(*one.angles), [one.qubit])

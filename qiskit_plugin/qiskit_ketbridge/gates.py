"""The gates of trapped-ion hardware, as Qiskit gates. All phases and angles are in turns.

A turn is 2 pi. The definitions are those of IonQ's native gate set; with ``GPI(f)`` the half turn
about the axis at angle ``2 pi f`` from X towards Y, ``MS`` is ``exp(-i pi a GPI(f0) GPI(f1))``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from qiskit.circuit import Gate, QuantumCircuit
from qiskit.circuit.parameterexpression import ParameterValueType

TURN = 2 * math.pi


class GPIGate(Gate):
    """Half a turn about an axis in the XY plane.

    ``GPI(f) = [[0, exp(-2 pi i f)], [exp(2 pi i f), 0]]``; ``GPI(0)`` is X, ``GPI(0.25)`` is Y.

    Args:
        phase: angle of the axis from X, in turns.
        label: what drawings call it.
    """

    def __init__(self, phase: ParameterValueType, label: str | None = None) -> None:
        super().__init__("gpi", 1, [phase], label=label)

    def _define(self) -> None:
        circuit = QuantumCircuit(1, name=self.name)
        circuit.x(0)
        circuit.rz(2 * TURN * self.params[0], 0)
        self.definition = circuit

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the 2 x 2 matrix."""
        turned = np.exp(1j * TURN * float(self.params[0]))
        return _array([[0, turned.conjugate()], [turned, 0]], dtype, copy)

    def inverse(self, annotated: bool = False) -> GPIGate:
        """Return the inverse: the gate itself."""
        return GPIGate(self.params[0])


class GPI2Gate(Gate):
    """A quarter turn about an axis in the XY plane.

    ``GPI2(f) = [[1, -i exp(-2 pi i f)], [-i exp(2 pi i f), 1]] / sqrt(2)``.

    Args:
        phase: angle of the axis from X, in turns.
        label: what drawings call it.
    """

    def __init__(self, phase: ParameterValueType, label: str | None = None) -> None:
        super().__init__("gpi2", 1, [phase], label=label)

    def _define(self) -> None:
        circuit = QuantumCircuit(1, name=self.name)
        circuit.r(math.pi / 2, TURN * self.params[0], 0)
        self.definition = circuit

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the 2 x 2 matrix."""
        turned = np.exp(1j * TURN * float(self.params[0]))
        matrix = np.array([[1, -1j * turned.conjugate()], [-1j * turned, 1]]) / math.sqrt(2)
        return _array(matrix, dtype, copy)

    def inverse(self, annotated: bool = False) -> GPI2Gate:
        """Return the inverse: the quarter turn about the opposite axis."""
        return GPI2Gate(self.params[0] + 0.5)


class MSGate(Gate):
    """The Moelmer-Soerensen gate ``exp(-i pi angle GPI(phase0) GPI(phase1))``.

    It entangles most at an angle of 0.25; with both phases 0 it is ``RXX(2 pi angle)``.

    Args:
        phase0: phase on the first qubit, in turns.
        phase1: phase on the second qubit, in turns.
        angle: amount of entanglement, in turns.
        label: what drawings call it.
    """

    def __init__(
        self,
        phase0: ParameterValueType,
        phase1: ParameterValueType,
        angle: ParameterValueType = 0.25,
        label: str | None = None,
    ) -> None:
        super().__init__("ms", 2, [phase0, phase1, angle], label=label)

    def _define(self) -> None:
        phases, angle = self.params[:2], self.params[2]
        circuit = QuantumCircuit(2, name=self.name)
        for qubit, phase in enumerate(phases):
            circuit.rz(-TURN * phase, qubit)
        circuit.rxx(TURN * angle, 0, 1)
        for qubit, phase in enumerate(phases):
            circuit.rz(TURN * phase, qubit)
        self.definition = circuit

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the 4 x 4 matrix, the first qubit the least significant."""
        phase0, phase1, angle = map(float, self.params)
        axes = np.kron(GPIGate(phase1).to_matrix(), GPIGate(phase0).to_matrix())
        half = math.pi * angle
        return _array(math.cos(half) * np.eye(4) - 1j * math.sin(half) * axes, dtype, copy)

    def inverse(self, annotated: bool = False) -> MSGate:
        """Return the inverse: the first phase half a turn further."""
        return MSGate(self.params[0] + 0.5, *self.params[1:])


class ZZGate(Gate):
    """The entangling gate ``exp(-i pi angle Z Z)``, which is ``RZZ(2 pi angle)``.

    It entangles most at an angle of 0.25.

    Args:
        angle: amount of entanglement, in turns.
        label: what drawings call it.
    """

    def __init__(self, angle: ParameterValueType = 0.25, label: str | None = None) -> None:
        super().__init__("zz", 2, [angle], label=label)

    def _define(self) -> None:
        circuit = QuantumCircuit(2, name=self.name)
        circuit.rzz(TURN * self.params[0], 0, 1)
        self.definition = circuit

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """Return the 4 x 4 matrix."""
        half = math.pi * float(self.params[0])
        return _array(np.diag(np.exp(-1j * half * np.array([1, -1, -1, 1]))), dtype, copy)

    def inverse(self, annotated: bool = False) -> ZZGate:
        """Return the inverse: the opposite angle."""
        return ZZGate(-self.params[0])


def _array(matrix: Any, dtype: Any, copy: bool | None) -> np.ndarray:
    if copy is False:
        raise ValueError("the matrix of a gate is made anew at each call and needs a copy")
    return np.array(matrix, dtype=dtype or complex)

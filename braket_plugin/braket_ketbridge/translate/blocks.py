"""Braket gates taken apart so that they can be raised to a power and be controlled.

Every Braket gate is a one-qubit matrix, controlled or not, seen in another basis. A power acts on
that matrix, a control adds to its controls, and the change of basis stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from braket.circuits import gates

from .step import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

Matrix = Callable[..., "NDArray[np.complex128]"]
Basis = Callable[..., Sequence[Step]]


def _no_change(*_: float) -> Sequence[Step]:
    return ()


@dataclass(frozen=True, slots=True)
class Block:
    """A gate as a one-qubit matrix in another basis.

    Qubits are positions among the gate's targets; ``matrix`` and ``basis`` are functions of the
    gate's parameters.

    Attributes:
        matrix: the 2 x 2 matrix.
        target: the qubit that the matrix acts on.
        controls: qubits that control it.
        states: for each control the value at which the matrix acts.
        basis: steps before the matrix; their inverse follows it.
    """

    matrix: Matrix
    target: int = 0
    controls: tuple[int, ...] = ()
    states: tuple[int, ...] = ()
    basis: Basis = _no_change


def _matrix_of(gate: type[Any]) -> Matrix:
    return lambda *parameters: gate(*parameters).to_matrix()


def _rx(angle: float) -> NDArray[np.complex128]:
    return gates.Rx(angle).to_matrix()


def _phase_on_zero(angle: float) -> NDArray[np.complex128]:
    return np.diag([np.exp(1j * angle), 1.0])


_X = _matrix_of(gates.X)
_PHASE = _matrix_of(gates.PhaseShift)
_CX = Step("x", (1,), controls=(0,))
_PARITY = (_CX,)
_H0, _H1 = Step("h", (0,)), Step("h", (1,))
_QUARTERS = tuple(Step("rx", (qubit,), math.pi / 2) for qubit in (0, 1))


def _turned(angle: float) -> tuple[Step, ...]:
    """Rotate about Z on qubit 0 and X on qubit 1, together."""
    return (_H1, Step("zz", (0, 1), angle), _H1)


BLOCKS: dict[type[Any], Block] = {
    gates.CNot: Block(_X, 1, (0,), (1,)),
    gates.CY: Block(_matrix_of(gates.Y), 1, (0,), (1,)),
    gates.CZ: Block(_matrix_of(gates.Z), 1, (0,), (1,)),
    gates.CV: Block(_matrix_of(gates.V), 1, (0,), (1,)),
    gates.CCNot: Block(_X, 2, (0, 1), (1, 1)),
    gates.CPhaseShift: Block(_PHASE, 1, (0,), (1,)),
    gates.CPhaseShift00: Block(_phase_on_zero, 1, (0,), (0,)),
    gates.CPhaseShift01: Block(_PHASE, 1, (0,), (0,)),
    gates.CPhaseShift10: Block(_phase_on_zero, 1, (0,), (1,)),
    gates.Swap: Block(_X, 0, (1,), (1,), lambda: _PARITY),
    gates.CSwap: Block(_X, 1, (0, 2), (1, 1), lambda: (Step("x", (2,), controls=(1,)),)),
    gates.ISwap: Block(lambda: _rx(-math.pi), 0, (1,), (1,), lambda: _PARITY),
    gates.XY: Block(lambda angle: _rx(-angle), 0, (1,), (1,), lambda _: _PARITY),
    gates.PSwap: Block(lambda angle: np.exp(1j * angle) * _X(), 0, (1,), (1,), lambda _: _PARITY),
    gates.ECR: Block(_X, 0, basis=lambda: _turned(math.pi / 4)),
    gates.ZZ: Block(_matrix_of(gates.Rz), 1, basis=lambda _: _PARITY),
    gates.XX: Block(_matrix_of(gates.Rz), 1, basis=lambda _: (_H0, _H1, _CX)),
    gates.YY: Block(_matrix_of(gates.Rz), 1, basis=lambda _: (*_QUARTERS, _CX)),
    gates.MS: Block(
        lambda _, __, angle: gates.Rz(angle).to_matrix(),
        1,
        basis=lambda phi0, phi1, _: (
            Step("rz", (0,), -phi0),
            Step("rz", (1,), -phi1),
            *(_H0, _H1, _CX),
        ),
    ),
}
"""Every Braket gate on more than one qubit; a gate on one qubit is its own matrix."""


def block_of(gate: Any) -> Block | None:
    """Take a gate apart; None where it is only known as a matrix on several qubits."""
    block = BLOCKS.get(type(gate))
    if block is None and gate.qubit_count == 1:
        return Block(lambda *_: gate.to_matrix())
    return block


def principal_power(matrix: NDArray[np.complex128], power: float) -> NDArray[np.complex128]:
    """Raise a unitary to a power; a fractional one by the principal branch of each eigenvalue."""
    if float(power).is_integer():
        return np.linalg.matrix_power(matrix, int(power))
    import scipy.linalg

    return scipy.linalg.fractional_matrix_power(matrix, power)

"""Write matrices in IonQ's gates, exactly, with any number of controls."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from braket.circuits import gates

from ketbridge.errors import ProgramError

from .step import Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

TOLERANCE = 1e-12

_NAMED = {
    name: gate().to_matrix()
    for name, gate in {
        "x": gates.X, "y": gates.Y, "z": gates.Z, "h": gates.H, "v": gates.V, "vi": gates.Vi,
    }.items()
}  # fmt: skip


def controlled_matrix(
    matrix: NDArray[np.complex128], target: int, controls: Sequence[int], states: Sequence[int]
) -> list[Step]:
    """Write a 2 x 2 unitary that acts where each control has its state.

    The global phase of the whole is dropped; a phase that depends on the controls is kept.
    """
    flips = _flips(controls, states)
    return [*flips, *_controlled(matrix, target, tuple(controls)), *flips]


def controlled_phase(angle: float, controls: Sequence[int], states: Sequence[int]) -> list[Step]:
    """Write a phase, in radians, on the states in which each control has its state.

    Without controls it is a global phase, and dropped.
    """
    flips = _flips(controls, states)
    return [*flips, *_phase(angle, controls), *flips]


def _flips(controls: Sequence[int], states: Sequence[int]) -> list[Step]:
    return [Step("x", (qubit,)) for qubit, state in zip(controls, states, strict=True) if not state]


def _controlled(
    matrix: NDArray[np.complex128], target: int, controls: tuple[int, ...]
) -> list[Step]:
    for name, known in _NAMED.items():
        if np.abs(matrix - known).max() < TOLERANCE:
            return [Step(name, (target,), None, controls)]
    phase, turns = rotations(matrix)
    steps = [Step(name, (target,), angle, controls) for name, angle in turns]
    return steps + _phase(phase, controls)


def _phase(angle: float, qubits: Sequence[int]) -> list[Step]:
    """Write a phase on the state in which all the qubits are 1."""
    if not qubits or abs(math.remainder(angle, 2 * math.pi)) < TOLERANCE:
        return []
    *controls, target = qubits
    if len(controls) == 1:
        flip = Step("x", (target,), None, (controls[0],))
        return [
            Step("rz", (controls[0],), angle / 2),
            Step("rz", (target,), angle / 2),
            *(flip, Step("rz", (target,), -angle / 2), flip),
        ]
    turn = Step("rz", (target,), angle, tuple(controls))
    return [turn, *_phase(angle / 2, controls)]


def rotations(matrix: NDArray[np.complex128]) -> tuple[float, list[tuple[str, float]]]:
    """Take a 2 x 2 unitary apart into a phase and at most three rotations, the first one first.

    Returns:
        The phase and the rotations' names and angles, in radians. A turn about one axis is one
        rotation, anything else is ``Rz(phi) Ry(theta) Rz(lam)`` without what is no turn.
    """
    phase, (w, x, y, z) = _quaternion(matrix)
    axes = {"rx": x, "ry": y, "rz": z}
    turning = [name for name, part in axes.items() if abs(part) > TOLERANCE]
    if len(turning) < 2:
        return phase, [(name, 2 * math.atan2(axes[name], w)) for name in turning]
    theta, phi, lam = _euler(w, x, y, z)
    turns = [("rz", lam), ("ry", theta), ("rz", phi)]
    return phase, [(name, angle) for name, angle in turns if abs(angle) > TOLERANCE]


def euler(matrix: NDArray[np.complex128]) -> tuple[float, float, float]:
    """Return theta, phi, lam, in radians: the matrix is a phase times Rz(phi) Ry(theta) Rz(lam)."""
    return _euler(*_quaternion(matrix)[1])


def _quaternion(matrix: NDArray[np.complex128]) -> tuple[float, tuple[float, ...]]:
    """Write a 2 x 2 unitary as ``exp(i phase) (w - i (x X + y Y + z Z))`` with w >= 0."""
    phase = cmath.phase(np.linalg.det(matrix)) / 2
    special = matrix * cmath.exp(-1j * phase)
    if special[0, 0].real < 0:
        special, phase = -special, phase + math.pi
    (upper, _), (lower, _) = special.tolist()
    return phase, (upper.real, -lower.imag, lower.real, -upper.imag)


def _euler(w: float, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Turn a rotation's quaternion into its angles about Z, Y and Z (Nielsen and Chuang, 4.2)."""
    theta = 2 * math.atan2(math.hypot(x, y), math.hypot(w, z))
    total, difference = 2 * math.atan2(z, w), 2 * math.atan2(-x, y)
    return theta, (total + difference) / 2, (total - difference) / 2


def unitary(matrix: NDArray[np.complex128], qubits: Sequence[int]) -> list[Step]:
    """Write a unitary on two or more qubits, up to its global phase.

    Args:
        matrix: shape ``(2**n, 2**n)``; the first qubit is the most significant.
        qubits: the n qubits.

    Raises:
        ProgramError: Qiskit, whose synthesis this uses, is not installed.
    """
    try:
        from qiskit.synthesis import qs_decomposition
    except ImportError:
        raise ProgramError(
            "a unitary on several qubits needs Qiskit's synthesis: pip install 'ketbridge[qiskit]'"
        ) from None
    circuit = qs_decomposition(np.asarray(matrix, dtype=complex))
    backwards = list(reversed(qubits))
    steps: list[Step] = []
    for instruction in circuit.data:
        where = [backwards[circuit.find_bit(bit).index] for bit in instruction.qubits]
        steps += _qiskit_gate(instruction.operation, where)
    return steps


def _qiskit_gate(gate: Any, qubits: list[int]) -> list[Step]:
    """Write a gate that Qiskit's synthesis gives: on one qubit, or controlled on one."""
    if len(qubits) == 1:
        return _controlled(gate.to_matrix(), qubits[0], ())
    if gate.name in ("cx", "cz"):
        return [Step(gate.name[1], (qubits[1],), None, (qubits[0],))]
    raise ProgramError(f"Qiskit's synthesis gave a gate {gate.name!r} that cannot be written")


def dense_controlled(
    matrix: NDArray[np.complex128], states: Sequence[int]
) -> NDArray[np.complex128]:
    """Make the matrix that acts where the controls, put before its qubits, have these states."""
    size = len(matrix)
    whole = np.eye(size << len(states), dtype=complex)
    first = size * sum(state << place for place, state in enumerate(reversed(states)))
    whole[first : first + size, first : first + size] = matrix
    return whole

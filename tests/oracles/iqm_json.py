"""An independent reading of IQM circuit JSON: dense linear algebra with numpy, nothing else.

Written from the definitions of the gates, on purpose without looking at how the product builds or
reads them. Angles are in turns. The outcome is a distribution over the measurement keys.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
CZ = np.diag([1, 1, 1, -1]).astype(complex)
SWAP = np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=complex)


def prx(angle_t: float, phase_t: float) -> np.ndarray:
    """Rotate by ``angle_t`` turns about an axis ``phase_t`` turns from X towards Y."""
    half, phase = np.pi * angle_t, 2 * np.pi * phase_t
    axis = np.cos(phase) * X + np.sin(phase) * Y
    return np.cos(half) * np.eye(2) - 1j * np.sin(half) * axis


def distribution(body: bytes | str | dict[str, Any]) -> dict[tuple[tuple[str, int], ...], float]:
    """Return the probability of each outcome, an outcome being sorted pairs of key and bit.

    A measurement projects, so that circuits may go on after it; branches of equal outcomes add up.
    """
    circuit = body if isinstance(body, dict) else json.loads(body)
    names = sorted({name for gate in circuit["instructions"] for name in gate["qubits"]})
    state = np.zeros((2,) * len(names), dtype=complex)
    state[(0,) * len(names)] = 1
    branches: list[tuple[dict[str, int], dict[str, int], np.ndarray]] = [({}, {}, state)]
    for gate in circuit["instructions"]:
        axes = [names.index(name) for name in gate["qubits"]]
        branches = [new for old in branches for new in _step(gate, axes, *old)]
    found: dict[tuple[tuple[str, int], ...], float] = defaultdict(float)
    for outcome, _, vector in branches:
        found[tuple(sorted(outcome.items()))] += float(np.vdot(vector, vector).real)
    return {outcome: weight for outcome, weight in found.items() if weight > 1e-12}


def _step(
    gate: dict[str, Any],
    axes: list[int],
    outcome: dict[str, int],
    feedback: dict[str, int],
    state: np.ndarray,
) -> list[tuple[dict[str, int], dict[str, int], np.ndarray]]:
    name, args = gate["name"], gate.get("args", {})
    if name == "barrier":
        return [(outcome, feedback, state)]
    if name == "measure":
        (axis,) = axes
        split = []
        for bit in (0, 1):
            kept = np.zeros_like(state)
            place = (slice(None),) * axis + (bit,)
            kept[place] = state[place]
            if np.vdot(kept, kept).real > 1e-14:
                known = feedback | {str(args.get("feedback_key")): bit}
                split.append((outcome | {args["key"]: bit}, known, kept))
        return split
    if name == "cc_prx" and not feedback[args["feedback_key"]]:
        return [(outcome, feedback, state)]
    if name in ("prx", "cc_prx"):
        matrix = prx(args["angle_t"], args["phase_t"])
    else:
        matrix = {"cz": CZ, "move": SWAP}[name]
    return [(outcome, feedback, _apply(state, matrix, axes))]


def _apply(state: np.ndarray, matrix: np.ndarray, axes: list[int]) -> np.ndarray:
    size = len(axes)
    tensor = matrix.reshape((2,) * (2 * size))
    moved = np.tensordot(tensor, state, axes=(range(size, 2 * size), axes))
    return np.moveaxis(moved, range(size), axes)

"""An independent reading of IonQ circuit JSON: dense linear algebra with numpy, nothing else.

Written from the definitions of the gates, on purpose without looking at how the product builds or
simulates them. Qubit 0 is bit 0 (least significant) of a state.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

I2 = np.eye(2, dtype=complex)
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)


def _root(matrix: np.ndarray, power: float) -> np.ndarray:
    """Principal power of a matrix with eigenvalues +1 and -1, phase fixed so that +1 stays."""
    plus, minus = (I2 + matrix) / 2, (I2 - matrix) / 2
    return plus + np.exp(1j * np.pi * power) * minus


def _exp(pauli: np.ndarray, angle: float) -> np.ndarray:
    return np.cos(angle / 2) * np.eye(len(pauli)) - 1j * np.sin(angle / 2) * pauli


FIXED = {
    "x": X, "not": X, "cnot": X, "y": Y, "z": Z, "h": (X + Z) / np.sqrt(2),
    "s": _root(Z, 0.5), "si": _root(Z, -0.5), "t": _root(Z, 0.25), "ti": _root(Z, -0.25),
    "v": _root(X, 0.5), "vi": _root(X, -0.5),
    "swap": np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=complex),
}  # fmt: skip
ROTATIONS = {
    "rx": X, "ry": Y, "rz": Z, "xx": np.kron(X, X), "yy": np.kron(Y, Y), "zz": np.kron(Z, Z),
}  # fmt: skip


def _native(gate: dict[str, Any]) -> np.ndarray:
    turn = lambda turns: np.exp(2j * np.pi * turns)  # noqa: E731
    if gate["gate"] == "nop":
        return I2
    if gate["gate"] == "gpi":
        return np.array([[0, turn(-gate["phase"])], [turn(gate["phase"]), 0]])
    if gate["gate"] == "gpi2":
        off = [-1j * turn(-gate["phase"]), -1j * turn(gate["phase"])]
        return np.array([[1, off[0]], [off[1], 1]]) / np.sqrt(2)
    angle = np.pi * gate.get("angle", 0.25)
    if gate["gate"] == "zz":
        return np.diag(np.exp(-1j * angle * np.array([1, -1, -1, 1])))
    if gate["gate"] == "ms":
        p0, p1 = gate["phases"]
        c, s = np.cos(angle), -1j * np.sin(angle)
        return np.array(
            [
                [c, 0, 0, s * turn(-(p0 + p1))],
                [0, c, s * turn(-(p0 - p1)), 0],
                [0, s * turn(p0 - p1), c, 0],
                [s * turn(p0 + p1), 0, 0, c],
            ]
        )
    raise AssertionError(f"not a native gate: {gate}")


def _qis(gate: dict[str, Any]) -> np.ndarray:
    name = gate["gate"]
    if name in ROTATIONS:
        return _exp(ROTATIONS[name], gate["rotation"])
    assert "rotation" not in gate, f"{name} takes no rotation: {gate}"
    return FIXED[name]


def _listed(gate: dict[str, Any], one: str, many: str) -> list[int]:
    assert not (one in gate and many in gate), gate
    return [gate[one]] if one in gate else [int(q) for q in gate.get(many, [])]


def state(circuit: dict[str, Any]) -> np.ndarray:
    """Final state of ``input`` of a single-circuit job, started in all zeros."""
    n = circuit["qubits"]
    native = circuit["gateset"] == "native"
    psi = np.zeros((2,) * n, dtype=complex)  # axis k is qubit n - 1 - k
    psi[(0,) * n] = 1
    for gate in circuit["circuit"]:
        targets = _listed(gate, "target", "targets")
        controls = _listed(gate, "control", "controls")
        assert len({*targets, *controls}) == len(targets) + len(controls), gate
        assert all(0 <= q < n for q in [*targets, *controls]), gate
        matrix = _native(gate) if native else _qis(gate)
        assert matrix.shape[0] == 2 ** len(targets), gate
        axes = [n - 1 - q for q in [*controls, *targets]]
        moved = np.moveaxis(psi, axes, range(len(axes))).reshape(2 ** len(axes), -1).copy()
        # the first target is the most significant of the matrix: symmetric for all but ms
        moved[-len(matrix) :] = matrix @ moved[-len(matrix) :]
        psi = np.moveaxis(moved.reshape((2,) * n), range(len(axes)), axes)
    return psi.reshape(-1)


def probabilities(body: bytes | str | dict[str, Any]) -> np.ndarray:
    """Exact probabilities of the 2**n states of ``input``, index = state, qubit 0 = bit 0."""
    circuit = body if isinstance(body, dict) else json.loads(body)
    return np.abs(state(circuit)) ** 2

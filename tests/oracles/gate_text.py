"""An independent reading of OpenQASM text of plain gates: dense linear algebra with numpy.

It takes one statement a line: one register of qubits, classical registers of versions 2 and 3, a
dozen gates by the names of OpenQASM and of Braket, and measurements at the end.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict

import numpy as np

X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)
CX = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]], dtype=complex)
PHASES = {"s": 1j, "sdg": -1j, "si": -1j, "t": np.exp(0.25j * np.pi), "tdg": np.exp(-0.25j * np.pi)}
PHASES["ti"] = PHASES["tdg"]
FIXED = {"x": X, "y": Y, "z": Z, "h": (X + Z) / np.sqrt(2), "cx": CX, "cnot": CX}
FIXED |= {name: np.diag([1, phase]) for name, phase in PHASES.items()}
AXES = {"rx": X, "ry": Y, "rz": Z}
GATE = re.compile(r"(\w+)(?:\((.*)\))? (.*)")
REGISTER = re.compile(r"(?:creg|bit) ?(?:\[(\d+)\] )?(\w+)(?:\[(\d+)\])?")
QUBITS = re.compile(r"(?:qreg (\w+)\[(\d+)\]|qubit\[(\d+)\] (\w+))")


def distribution(text: str) -> dict[int, float]:
    """Return the probability of each state of the classical bits, the first declared bit 0."""
    state, begins, bits, read = np.ones(()), {}, 0, {}
    for statement in re.sub(r"//[^\n]*", "", text).replace("\n", " ").split(";"):
        line = statement.strip()
        if not line or line.startswith(("OPENQASM", "include")):
            continue
        if found := QUBITS.fullmatch(line):
            size = int(found[2] or found[3])
            state = np.zeros((2,) * size, dtype=complex)
            state[(0,) * size] = 1
        elif found := REGISTER.fullmatch(line):
            begins[found[2]], bits = bits, bits + int(found[1] or found[3] or 1)
        elif "measure" in line:
            one, other = _measured(line)
            read[begins[other[0]] + other[1]] = one[1]
        else:
            assert not read, f"{line} comes after a measurement"
            state = _apply(state, line)
    found_bits: dict[int, float] = defaultdict(float)
    for place, weight in np.ndenumerate(np.abs(state) ** 2):
        if weight > 1e-15:
            found_bits[sum(place[qubit] << bit for bit, qubit in read.items())] += float(weight)
    return dict(found_bits)


def _measured(line: str) -> tuple[tuple[str, int], tuple[str, int]]:
    if "->" in line:
        qubit, bit = line.removeprefix("measure").split("->")
    else:
        bit, qubit = line.split("= measure")
    return _place(qubit), _place(bit)


def _place(text: str) -> tuple[str, int]:
    found = re.fullmatch(r"(\w+)\[(\d+)\]", text.strip())
    assert found is not None, text
    return found[1], int(found[2])


def _apply(state: np.ndarray, line: str) -> np.ndarray:
    found = GATE.fullmatch(line)
    assert found is not None, line
    name, angle, operands = found.groups()
    axes = [_place(one)[1] for one in operands.split(",")]
    if name in AXES:
        half = _number(angle) / 2
        matrix = np.cos(half) * np.eye(2) - 1j * np.sin(half) * AXES[name]
    else:
        matrix = FIXED[name]
    size = len(axes)
    assert matrix.shape[0] == 2**size, line
    tensor = matrix.reshape((2,) * (2 * size))
    moved = np.tensordot(tensor, state, axes=(range(size, 2 * size), axes))
    return np.moveaxis(moved, range(size), axes)


def _number(text: str) -> float:
    """Work out products and quotients of numbers and pi."""

    def value(node: ast.AST) -> float:
        match node:
            case ast.Expression():
                return value(node.body)
            case ast.Constant():
                return float(node.value)
            case ast.Name(id="pi"):
                return float(np.pi)
            case ast.UnaryOp(op=ast.USub()):
                return -value(node.operand)
            case ast.BinOp(op=ast.Mult()):
                return value(node.left) * value(node.right)
            case ast.BinOp(op=ast.Div()):
                return value(node.left) / value(node.right)
        raise AssertionError(f"{text} is no angle")

    return value(ast.parse(text, mode="eval"))

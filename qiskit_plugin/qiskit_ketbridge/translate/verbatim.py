"""Boxes that AWS is to run as they are: ``with circuit.box(label="verbatim")``.

Their gates are those of the machine, on the machine's own qubits, so the whole circuit is written
on those. What stands outside of boxes is compiled by the service as ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import pi
from typing import NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import BoxOp, CircuitInstruction

from ..errors import CircuitError
from .pattern import InexpressibleError, numbers

LABEL = "verbatim"
_TURN = 2 * pi


class Native(NamedTuple):
    """How a gate is written: Braket's name, and what its parameters are multiplied by."""

    name: str
    scale: float = 1.0


_NATIVE: Mapping[str, Native] = {
    **{name: Native(name) for name in ("x", "y", "z", "h", "s", "t", "rx", "ry", "rz", "cz")},
    **{name: Native(name) for name in ("swap", "iswap", "ecr")},
    **{name: Native(name, _TURN) for name in ("gpi", "gpi2", "ms", "zz")},
    "id": Native("i"),
    "sdg": Native("si"),
    "tdg": Native("ti"),
    "sx": Native("v"),
    "sxdg": Native("vi"),
    "cx": Native("cnot"),
    "r": Native("prx"),
}
"""Gates that boxes may hold, by Qiskit's names; Braket has all angles in radians."""


def has_boxes(circuit: QuantumCircuit) -> bool:
    """Say whether a circuit has such boxes; inside of anything else they are plain boxes."""
    return any(is_box(instruction) for instruction in circuit.data)


def is_box(instruction: CircuitInstruction) -> bool:
    """Say whether an instruction is such a box."""
    operation = instruction.operation
    return isinstance(operation, BoxOp) and operation.label == LABEL


def parts(circuit: QuantumCircuit) -> Iterator[QuantumCircuit | CircuitInstruction]:
    """Divide a circuit into its boxes, and circuits of the gates that stand between them."""
    between = circuit.copy_empty_like()
    for instruction in circuit.data:
        if not is_box(instruction):
            between.append(instruction)
            continue
        yield between
        between = circuit.copy_empty_like()
        yield instruction
    yield between


def lines(box: CircuitInstruction, on: Sequence[int], native: Collection[str]) -> list[str]:
    """Write a box.

    Args:
        box: the instruction.
        on: the machine's qubit of each of its qubits.
        native: gates of the machine, by Braket's names; empty where it does not say.

    Raises:
        CircuitError: the box holds something else than these.
    """
    body = box.operation.blocks[0]
    place = dict(zip(body.qubits, on, strict=True))
    written = ["#pragma braket verbatim", "box{"]
    for index, instruction in enumerate(body.data):
        if instruction.name == "barrier":
            continue
        where = f"instruction {index} of a verbatim box, {instruction.name!r},"
        gate = _NATIVE.get(instruction.name)
        if gate is None or (native and gate.name not in native):
            known = ", ".join(native) or ", ".join(one.name for one in _NATIVE.values())
            raise CircuitError(f"{where} is no gate of the machine, which has {known}")
        try:
            angles = [gate.scale * value for value in numbers(instruction.params)]
        except InexpressibleError as error:
            raise CircuitError(f"{where} {error}") from None
        arguments = f"({', '.join(map(repr, angles))})" if angles else ""
        qubits = ", ".join(f"${place[qubit]}" for qubit in instruction.qubits)
        written.append(f"{gate.name}{arguments} {qubits};")
    return [*written, "}"]

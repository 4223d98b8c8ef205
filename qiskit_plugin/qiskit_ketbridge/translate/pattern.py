"""Pieces of JSON for a gate on given qubits, with gaps where its angles go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

from .elements import Element, Slot

GAP = "\0"
"""Stands for an angle; JSON cannot contain it."""
HINT = "transpile(qc, backend) rewrites what Qiskit knows how to"


class InexpressibleError(Exception):
    """An instruction cannot be written; says why, and the caller says where."""


@dataclass(frozen=True)
class Pattern:
    """JSON of one gate on given qubits.

    Attributes:
        text: JSON objects joined by commas, `GAP` where an angle goes.
        qubits: qubits that it acts on.
        slots: which angle goes into each gap, and by what factor.
        angles: makes the angles of the gate's parameters; None where they are the parameters.
    """

    text: str
    qubits: frozenset[int]
    slots: tuple[tuple[int, float], ...] = ()
    angles: Callable[..., Sequence[float]] | None = None

    @cached_property
    def single(self) -> bool:
        """Whether the one parameter is the one angle, as it is."""
        return self.angles is None and self.slots == ((0, 1.0),)

    def values(self, parameters: Sequence[Any]) -> list[float]:
        """Return what goes into the gaps for the given parameters of the gate.

        Raises:
            InexpressibleError: a parameter is no finite real number.
        """
        if not self.slots:
            return []
        values: Sequence[float] = numbers(parameters)
        if self.angles is not None:
            values = self.angles(*values)
        return [values[index] * factor for index, factor in self.slots]


def fill(text: str, angles: Sequence[float]) -> str:
    """Write angles into the gaps of a text, each with as many digits as it takes to read it back.

    pydantic's writer does that six times as fast as ``repr``, which counts at 100 000 gates.
    """
    if not angles:
        return text
    from pydantic_core import to_json

    pieces = text.split(GAP)
    whole = [""] * (len(pieces) + len(angles))
    whole[::2] = pieces
    whole[1::2] = to_json(angles).decode("ascii")[1:-1].split(",")
    return "".join(whole)


def numbers(parameters: Iterable[Any]) -> list[float]:
    """Turn the parameters of a gate into numbers.

    Raises:
        InexpressibleError: one is unbound, complex, NaN, infinite or no number at all.
    """
    values = []
    for parameter in parameters:
        try:
            value = float(parameter)
        except (TypeError, ValueError):
            unbound = getattr(parameter, "parameters", None)
            raise InexpressibleError(
                f"has the unbound parameter {', '.join(sorted(p.name for p in unbound))}: bind it "
                "with qc.assign_parameters(...)"
                if unbound
                else f"has the parameter {parameter!s:.40}, which is no real number"
            ) from None
        if not isfinite(value):
            raise InexpressibleError(f"has the parameter {value}, which is no finite number")
        values.append(value)
    return values


def pattern_of(
    steps: Iterable[Element], qubits: Sequence[int], angles: Callable[..., Any] | None = None
) -> Pattern:
    """Write steps on the gate's own qubits as JSON on the circuit's.

    Args:
        steps: as `lower` makes them; their angles may be slots.
        qubits: which qubit of the circuit each qubit of the gate is.
        angles: makes the angles that the slots refer to of the gate's parameters.
    """
    pieces, slots, used = [], [], set()
    for step in steps:
        targets = [qubits[q] for q in step.targets]
        controls = [qubits[q] for q in step.controls]
        used.update(targets, controls)
        piece = f'{{"gate":"{step.gate}","targets":[{",".join(map(str, targets))}]'
        if controls:
            piece += f',"controls":[{",".join(map(str, controls))}]'
        if isinstance(step.angle, Slot):
            slots.append((step.angle.index, step.angle.factor))
            piece += ',"rotation":' + GAP
        elif step.angle is not None:
            piece += f',"rotation":{step.angle!r}'
        pieces.append(piece + "}")
    text = ",".join(pieces)
    return Pattern(text, frozenset(used), tuple(slots), angles)

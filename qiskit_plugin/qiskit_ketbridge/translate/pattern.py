"""Pieces of JSON for a gate on given qubits, with gaps where its angles go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from .elements import Element, Slot

HINT = "transpile(qc, backend) rewrites what Qiskit knows how to"


class InexpressibleError(Exception):
    """An instruction cannot be written; says why, and the caller says where."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """JSON of one gate on given qubits.

    Attributes:
        text: JSON objects joined by commas, ``%r`` where an angle goes.
        qubits: qubits that it acts on.
        slots: which angle goes where, and by what factor.
        angles: makes the angles of the gate's parameters; None where they are the parameters.
        head: where the one parameter is the one angle and comes last, all text before it.
    """

    text: str
    qubits: frozenset[int]
    slots: tuple[tuple[int, float], ...] = ()
    angles: Callable[..., Sequence[float]] | None = None
    head: str = ""

    def fill(self, parameters: Sequence[Any]) -> str:
        """Return the JSON for the given parameters of the gate.

        Raises:
            InexpressibleError: a parameter is no finite real number.
        """
        values: Sequence[float] = numbers(parameters)
        if self.angles is not None:
            values = self.angles(*values)
        return self.text % tuple([values[index] * factor for index, factor in self.slots])


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
            piece += ',"rotation":%r'
        elif step.angle is not None:
            piece += f',"rotation":{step.angle!r}'
        pieces.append(piece + "}")
    text = ",".join(pieces)
    single = angles is None and slots == [(0, 1.0)] and text.endswith("%r}")
    head = text.removesuffix("%r}") if single else ""
    return Pattern(text, frozenset(used), tuple(slots), angles, head)

"""What every gate is rewritten into before it becomes JSON, and how controls are added to it.

An element keeps global phases (`GPHASE`) and knows a phase gate (`PHASE`), so that any number of
controls can be added to it without losing a phase that has become a relative one. `lower` turns
elements into steps, the gates that IonQ reads; only there a phase that controls nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

PHASE = "phase"
"""diag(1, exp(i angle)) on the target."""
GPHASE = "gphase"
"""exp(i angle); it has no target."""

# Fixed gates that are phases: sent under their own name only without controls.
_PHASES = {"s": 0.5, "si": -0.5, "t": 0.25, "ti": -0.25}
# Rotations about two axes: with controls, what turns the axis to Z on each qubit comes around them.
_PAIRS = {"xx": ("h", "h"), "yy": ("v", "vi"), "zz": ()}
_PI = 3.141592653589793


@dataclass(frozen=True, slots=True)
class Slot:
    """An angle that is not known yet: ``factor`` times the gate's angle number ``index``."""

    index: int
    factor: float = 1.0

    def __mul__(self, factor: float) -> Slot:
        return Slot(self.index, self.factor * factor)


Angle = float | Slot


@dataclass(frozen=True, slots=True)
class Element:
    """A gate with its qubits.

    Attributes:
        gate: name in IonQ's ``qis`` set, `PHASE` or `GPHASE`.
        targets: qubits that it acts on.
        angle: in radians, for gates with an angle.
        controls: qubits that must all be 1.
        bare: whether it needs no further controls, because a later element undoes it when
            everything between the two is off.
    """

    gate: str
    targets: tuple[int, ...]
    angle: Angle | None = None
    controls: tuple[int, ...] = ()
    bare: bool = False

    def moved(self, qubits: Sequence[int]) -> Element:
        """Return the same element on other qubits: qubit ``i`` becomes ``qubits[i]``."""
        return replace(
            self,
            targets=tuple(qubits[q] for q in self.targets),
            controls=tuple(qubits[q] for q in self.controls),
        )

    def bound(self, angles: Sequence[float]) -> Element:
        """Return the same element with the angle of its slot filled in."""
        if not isinstance(self.angle, Slot):
            return self
        return replace(self, angle=self.angle.factor * angles[self.angle.index])


def controlled(
    elements: Iterable[Element], num_controls: int, ctrl_state: int | None = None
) -> list[Element]:
    """Add controls to elements on qubits 0, 1, ...

    Args:
        elements: what is to be controlled.
        num_controls: how many controls; they become qubits 0, 1, ... and the others move up.
        ctrl_state: which states of the controls switch it on, control 0 the least significant;
            None for all ones.
    """
    controls = tuple(range(num_controls))
    state = (1 << num_controls) - 1 if ctrl_state is None else ctrl_state
    flips = [Element("x", (q,), bare=True) for q in controls if not state >> q & 1]
    inner = []
    for element in elements:
        moved = replace(
            element,
            targets=tuple(q + num_controls for q in element.targets),
            controls=tuple(q + num_controls for q in element.controls),
        )
        if not element.bare:
            moved = replace(moved, controls=(*controls, *moved.controls))
        inner.append(moved)
    return [*flips, *inner, *flips]


def lower(elements: Iterable[Element]) -> Iterator[Element]:
    """Turn elements into steps: gates of the ``qis`` set, controls on those that take them.

    The product is that of the elements up to a global phase.
    """
    for element in elements:
        gate, angle, controls = element.gate, element.angle, element.controls
        if gate == GPHASE:
            if controls and angle is not None:
                yield from _phase(controls[-1], controls[:-1], angle)
        elif gate == PHASE and angle is not None:
            yield from _phase(element.targets[0], controls, angle)
        elif gate in _PHASES and controls:
            yield from _phase(element.targets[0], controls, _PHASES[gate] * _PI)
        elif gate in _PAIRS and controls:
            yield from _controlled_pair(element)
        else:
            yield element


def _phase(target: int, controls: tuple[int, ...], angle: Angle) -> Iterator[Element]:
    """Write a phase gate with any number of controls by Z rotations, which have no phase to lose.

    A phase on ``target`` is a Z rotation of it and half that phase on the last control.
    """
    if not controls:
        yield Element("rz", (target,), angle)
        return
    if len(controls) == 1:
        flip = Element("x", (target,), controls=controls)
        yield Element("rz", controls, angle * 0.5)
        yield Element("rz", (target,), angle * 0.5)
        yield flip
        yield Element("rz", (target,), angle * -0.5)
        yield flip
        return
    yield Element("rz", (target,), angle, controls)
    yield from _phase(controls[-1], controls[:-1], angle * 0.5)


def _controlled_pair(element: Element) -> Iterator[Element]:
    first, second = element.targets
    turns = _PAIRS[element.gate]
    flip = Element("x", (second,), controls=(first,))
    for target in element.targets:
        if turns:
            yield Element(turns[0], (target,))
    yield flip
    yield Element("rz", (second,), element.angle, element.controls)
    yield flip
    for target in element.targets:
        if turns:
            yield Element(turns[1], (target,))

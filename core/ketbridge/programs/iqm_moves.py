"""Joining qubits of IQM machines through resonators: where states are moved, and when.

On such a machine a CZ acts on a qubit and a resonator. Two qubits are joined while the state of
one of them is in a resonator that the other has a CZ with: a MOVE takes it there, and a second one
takes it back before anything else happens to its qubit. A resonator holds one state at a time and
is empty at the begin and at the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..errors import ProgramError
from . import iqm_json

_AHEAD = 8
"""How many CZs of a qubit are looked at to choose which of two states is moved."""


class Step(NamedTuple):
    """An instruction as JSON text, with its name and the names of the qubits that it acts on."""

    name: str
    qubits: tuple[str, ...]
    text: str


class Route(NamedTuple):
    """One way to join two qubits: the state of ``moved`` is taken to ``resonator``."""

    moved: str
    resonator: str
    other: str


class Joints:
    """Which qubits of a machine can be joined, directly or through a resonator.

    Args:
        loci: for ``cz`` and ``move`` the tuples of names that they act on; of a move the qubit and
            then the resonator.
    """

    def __init__(self, loci: Mapping[str, Collection[tuple[str, ...]]]) -> None:
        self._pairs = {frozenset(locus) for locus in loci.get("cz", ())}
        self._resonators: dict[str, list[str]] = {}
        for locus in loci.get("move", ()):
            if len(locus) == 2:
                self._resonators.setdefault(locus[0], []).append(locus[1])

    @property
    def move(self) -> bool:
        """Whether the machine moves states at all."""
        return bool(self._resonators)

    def touch(self, one: str, other: str) -> bool:
        """Say whether a CZ acts on these two, of which one may be a resonator."""
        return frozenset((one, other)) in self._pairs

    def routes(self, one: str, other: str) -> list[Route]:
        """List the ways to join two qubits through a resonator."""
        return [
            Route(moved, resonator, still)
            for moved, still in ((one, other), (other, one))
            for resonator in self._resonators.get(moved, ())
            if self.touch(still, resonator)
        ]

    def join(self, one: str, other: str) -> bool:
        """Say whether two qubits can be joined in any way."""
        return self.touch(one, other) or bool(self.routes(one, other))


def with_moves(steps: Sequence[Step], joints: Joints) -> Iterator[str]:
    """Return the instructions of a circuit with the moves that its CZs need.

    A state stays in its resonator as long as its qubit has nothing but CZs. Which of two states is
    moved is what saves moves in the next few CZs.

    Args:
        steps: instructions on qubits; a ``cz`` may be on any two that can be joined.
        joints: of the machine.

    Raises:
        ProgramError: two qubits cannot be joined.
    """
    weaver = _Weaver(steps, joints)
    for place, step in enumerate(steps):
        if step.name == "cz":
            yield from weaver.cz(place, *step.qubits)
        else:
            yield from weaver.back(step.qubits)
            yield step.text
    yield from weaver.back(tuple(weaver.where))


class _Weaver:
    """Where states are while instructions are written.

    Attributes:
        where: the resonator that holds the state of a qubit, by the qubit.
    """

    def __init__(self, steps: Sequence[Step], joints: Joints) -> None:
        self.where: dict[str, str] = {}
        self._joints = joints
        self._steps = steps
        self._places: dict[str, list[int]] = {}
        for place, step in enumerate(steps):
            for qubit in step.qubits:
                self._places.setdefault(qubit, []).append(place)
        self._passed = dict.fromkeys(self._places, 0)

    def back(self, qubits: Collection[str]) -> Iterator[str]:
        """Take states back to their qubits."""
        for qubit in qubits:
            resonator = self.where.pop(qubit, None)
            if resonator is not None:
                yield iqm_json.MOVE % (qubit, resonator)

    def cz(self, place: int, one: str, other: str) -> Iterator[str]:
        """Join two qubits by a CZ."""
        for moved, still in ((one, other), (other, one)):
            resonator = self.where.get(moved)
            if resonator is not None and self._joints.touch(still, resonator):
                yield from self.back((still,))
                yield iqm_json.CZ % (still, resonator)
                return
        yield from self.back((one, other))
        if self._joints.touch(one, other):
            yield iqm_json.CZ % (one, other)
            return
        route = self._best(place, one, other)
        holder = next((q for q, at in self.where.items() if at == route.resonator), None)
        yield from self.back(() if holder is None else (holder,))
        yield iqm_json.MOVE % (route.moved, route.resonator)
        self.where[route.moved] = route.resonator
        yield iqm_json.CZ % (route.other, route.resonator)

    def _best(self, place: int, one: str, other: str) -> Route:
        """Choose the route whose state can stay longest; among equals one to an empty resonator."""
        routes = self._joints.routes(one, other)
        if not routes:
            raise ProgramError(
                f"the machine has no cz that joins {one} and {other}, directly or through a "
                "resonator"
            )
        full = set(self.where.values())
        return max(routes, key=lambda at: (self._stay(place, at), at.resonator not in full))

    def _stay(self, place: int, route: Route) -> int:
        """Count the next CZs that a state can stay in a resonator for."""
        places = self._places[route.moved]
        first = self._passed[route.moved]
        while places[first] < place:
            first += 1
        self._passed[route.moved] = first
        for count, at in enumerate(places[first : first + _AHEAD]):
            step = self._steps[at]
            if step.name != "cz":
                return count
            still = next(qubit for qubit in step.qubits if qubit != route.moved)
            if not self._joints.touch(still, route.resonator):
                return count
        return _AHEAD

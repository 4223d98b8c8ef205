"""An independent calculation of boson sampling: permanents of the unitary with numpy alone.

Written from the definition, without looking at how the product or Perceval does it. A state is a
tuple of photon numbers by mode; the unitary's entry ``[out, in]`` is the amplitude from a mode to
another.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

State = tuple[int, ...]


def permanent(matrix: np.ndarray) -> complex:
    """Return the permanent of a square matrix by Ryser's formula."""
    size = len(matrix)
    if size == 0:
        return 1.0
    total = 0.0 + 0.0j
    for subset in range(1, 1 << size):
        columns = [column for column in range(size) if subset >> column & 1]
        total += (-1) ** (size - len(columns)) * np.prod(matrix[:, columns].sum(axis=1))
    return total


def states(modes: int, photons: int) -> Iterator[State]:
    """Go through all ways to put photons into modes."""
    if modes == 1:
        yield (photons,)
        return
    for first in range(photons + 1):
        for rest in states(modes - 1, photons - first):
            yield (first, *rest)


def distribution(
    unitary: np.ndarray,
    given: Sequence[int],
    *,
    thresholds: Sequence[int] = (),
    heralds: dict[int, int] | None = None,
    keep: Callable[[State], bool] = lambda _: True,
) -> dict[State, float]:
    """Return the probability of each detection among those that are kept.

    Args:
        unitary: of the interferometer.
        given: photons that go into each mode.
        thresholds: modes whose detectors tell only whether there is a photon.
        heralds: photons that must come out of a mode; these modes are left out of the states.
        keep: whether a detection passes, by the modes that are not heralded.
    """
    sources = [mode for mode, count in enumerate(given) for _ in range(count)]
    weight = math.prod(math.factorial(count) for count in given)
    heralds = heralds or {}
    found: dict[State, float] = {}
    for state in states(len(given), len(sources)):
        rows = [mode for mode, count in enumerate(state) for _ in range(count)]
        amplitude = permanent(unitary[np.ix_(rows, sources)])
        scale = weight * math.prod(math.factorial(count) for count in state)
        seen = tuple(min(n, 1) if mode in thresholds else n for mode, n in enumerate(state))
        if any(seen[mode] != count for mode, count in heralds.items()):
            continue
        rest = tuple(n for mode, n in enumerate(seen) if mode not in heralds)
        if keep(rest):
            found[rest] = found.get(rest, 0.0) + abs(amplitude) ** 2 / scale
    total = sum(found.values())
    return {state: value / total for state, value in found.items() if value > 0}

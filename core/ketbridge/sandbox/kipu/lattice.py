"""Square lattices of qubits, row by row."""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[int, int]

GARNET = ((1, 2), (0, 5), (0, 5), (0, 5), (1, 3))
EMERALD = ((4, 2), (2, 5), (1, 7), (0, 8), (0, 9), (1, 8), (1, 7), (2, 5), (3, 3))
CEPHEUS = ((0, 9),) * 12
"""First column and number of qubits of each row."""


def pairs(rows: Sequence[tuple[int, int]]) -> tuple[Pair, ...]:
    """Return the neighbours in a lattice whose qubits are counted from 0, row by row."""
    places = [(row, first + step) for row, (first, size) in enumerate(rows) for step in range(size)]
    number = {place: index for index, place in enumerate(places)}
    return tuple(
        (index, number[other])
        for (row, column), index in number.items()
        for other in ((row, column + 1), (row + 1, column))
        if other in number
    )

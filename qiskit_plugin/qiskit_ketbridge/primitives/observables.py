"""Which bases to measure for a set of observables, and expectation values from the outcomes.

An observable is a real combination of terms, as in ``qiskit.primitives.ObservablesArray``: strings
of ``I X Y Z`` and of the projectors ``0 1 + - r l``, the rightmost character for qubit 0. A term is
measured in the basis of its Paulis and projectors; terms that agree on every qubit that they share
are measured together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ketbridge import Measurements

# Of each character: the basis it is measured in, and the outcome it demands (None: its parity).
_CHARACTERS: dict[str, tuple[str, int | None]] = {
    "I": ("I", None),
    "X": ("X", None),
    "Y": ("Y", None),
    "Z": ("Z", None),
    "0": ("Z", 0),
    "1": ("Z", 1),
    "+": ("X", 0),
    "-": ("X", 1),
    "r": ("Y", 0),
    "l": ("Y", 1),
}


def basis_of(term: str) -> str:
    """Return the basis that a term is measured in, one of ``I X Y Z`` for each qubit."""
    return "".join(_CHARACTERS[character][0] for character in term)


@dataclass(frozen=True, slots=True)
class Grouping:
    """The bases to measure, and for each term the basis that covers it.

    Attributes:
        bases: strings of ``I X Y Z``, the rightmost character for qubit 0; a qubit marked ``I``
            need not be measured.
        group_of: index into ``bases`` for each term that is not constant.
    """

    bases: tuple[str, ...]
    group_of: Mapping[str, int]

    def needed(self, terms: Iterable[str]) -> list[int]:
        """Return the indices of the bases that these terms need, ascending."""
        return sorted({self.group_of[term] for term in terms if term in self.group_of})


def group(terms: Iterable[str]) -> Grouping:
    """Group terms that commute qubit by qubit, the heaviest first into the first basis that fits.

    Terms of identities alone need no measurement and belong to no group.
    """
    bases: dict[str, tuple[int, int]] = {}
    for basis in {basis_of(term) for term in terms}:
        x = sum(1 << k for k, letter in enumerate(reversed(basis)) if letter in "XY")
        z = sum(1 << k for k, letter in enumerate(reversed(basis)) if letter in "ZY")
        if x | z:
            bases[basis] = (x, z)
    groups: list[tuple[int, int]] = []
    home: dict[str, int] = {}
    for basis in sorted(bases, key=lambda b: (b.count("I"), b)):
        x, z = bases[basis]
        for number, (group_x, group_z) in enumerate(groups):
            shared = (x | z) & (group_x | group_z)
            if not shared & ((x ^ group_x) | (z ^ group_z)):
                groups[number] = (group_x | x, group_z | z)
                home[basis] = number
                break
        else:
            home[basis] = len(groups)
            groups.append((x, z))
    width = len(next(iter(bases), ""))
    names = tuple(_letters(x, z, width) for x, z in groups)
    return Grouping(names, {t: home[basis_of(t)] for t in terms if basis_of(t) in home})


def _letters(x: int, z: int, width: int) -> str:
    return "".join("IXZY"[(x >> k & 1) + 2 * (z >> k & 1)] for k in reversed(range(width)))


def measured_qubits(basis: str) -> list[int]:
    """Return the qubits that a basis measures, ascending; bit ``j`` of a state is the j-th."""
    return [k for k, letter in enumerate(reversed(basis)) if letter != "I"]


def term_values(term: str, basis: str, states: np.ndarray) -> np.ndarray:
    """Return the value of a term in each measured state.

    Args:
        term: the term.
        basis: the basis that was measured; it covers the term.
        states: packed big-endian outcomes of `measured_qubits`, shape ``(k, bytes)``, uint8.

    Returns:
        Shape ``(k,)``, float64: +1 or -1 for Paulis, 0 or 1 for projectors, and their products.
    """
    size = states.shape[1]
    odd = np.zeros(len(states), dtype=np.uint8)
    allowed = np.ones(len(states), dtype=bool)
    for bit, qubit in enumerate(measured_qubits(basis)):
        character = term[len(term) - 1 - qubit]
        if character == "I":
            continue
        outcome = (states[:, size - 1 - bit // 8] >> np.uint8(bit % 8)) & np.uint8(1)
        demanded = _CHARACTERS[character][1]
        if demanded is None:
            odd ^= outcome
        else:
            allowed &= outcome == demanded
    return (1.0 - 2.0 * odd) * allowed


def estimate(
    observable: Mapping[str, float], grouping: Grouping, outcomes: Mapping[int, Measurements]
) -> tuple[float, float]:
    """Estimate an expectation value and its standard error.

    Terms of one group come from the same shots, so their covariance counts; groups are
    independent.

    Args:
        observable: real coefficient of each term.
        grouping: made for these terms and perhaps others.
        outcomes: counts for each group that the terms need, over `measured_qubits` of its basis.

    Returns:
        The estimate and the standard error of the estimate.
    """
    value = variance = 0.0
    parts: dict[int, list[tuple[str, float]]] = {}
    for term, coefficient in observable.items():
        if term in grouping.group_of:
            parts.setdefault(grouping.group_of[term], []).append((term, coefficient))
        else:
            value += coefficient
    for number, terms in parts.items():
        mean, spread = _mean_and_variance(terms, grouping.bases[number], outcomes[number])
        value += mean
        variance += spread
    return value, float(np.sqrt(variance))


def _mean_and_variance(
    terms: Sequence[tuple[str, float]], basis: str, measured: Measurements
) -> tuple[float, float]:
    """Return the mean over the shots and the variance of that mean."""
    if measured.frequencies is None or not measured.shots:
        raise ValueError("expectation values are estimated from counts")
    values = np.zeros(len(measured.states))
    for term, coefficient in terms:
        values += coefficient * term_values(term, basis, measured.states)
    mean = float(values @ measured.frequencies) / measured.shots
    spread = float(((values - mean) ** 2) @ measured.frequencies) / measured.shots
    return mean, spread / max(measured.shots - 1, 1)

"""Measurements: what was measured for one circuit, in one bit order.

Bit order, stated here once: a state is an integer whose bit ``i`` is the value of classical bit
``i``. Written as text, classical bit 0 is the rightmost character; in an array of bits, column
``i`` is classical bit ``i``. A plugin turns it round where its SDK wants it so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .programs import Readout


@dataclass(frozen=True, eq=False)
class Measurements:
    """What was measured for one circuit.

    The arrays hold states as big-endian packed bytes: shape ``(rows, ceil(num_bits / 8))``, dtype
    uint8, the most significant byte first, as in ``qiskit.primitives.BitArray``.

    Attributes:
        num_bits: number of bits of a state.
        states: distinct outcomes, packed, in ascending order.
        frequencies: how often each outcome came, int64, summing to ``shots``; None where only
            probabilities are known.
        weights: probability of each outcome, float64; None where only counts are known.
        memory: the outcome of each shot in order, packed, ``shots`` rows; None where the service
            does not give single shots.
        shots: number of shots; None where only probabilities are known.
    """

    num_bits: int
    states: NDArray[np.uint8]
    frequencies: NDArray[np.int64] | None = None
    weights: NDArray[np.float64] | None = None
    memory: NDArray[np.uint8] | None = None
    shots: int | None = None

    # -- made from what a service answers ---------------------------------------------------------

    @classmethod
    def from_counts(cls, counts: Mapping[int, int], num_bits: int) -> Measurements:
        """Make measurements of a histogram ``{state: count}``.

        Raises:
            ValueError: a state does not fit into ``num_bits`` or a count is negative.
        """
        keys = sorted(counts)
        frequencies = np.array([counts[key] for key in keys], dtype=np.int64)
        if (frequencies < 0).any():
            raise ValueError("a histogram has a negative count")
        shots = int(frequencies.sum())
        return cls(num_bits, _pack(keys, num_bits), frequencies, shots=shots)

    @classmethod
    def from_probabilities(cls, probabilities: Mapping[int, float], num_bits: int) -> Measurements:
        """Make measurements of a distribution ``{state: probability}``.

        The probabilities may miss 1 by what a service rounds away and are scaled to sum to 1.

        Raises:
            ValueError: a state does not fit, a probability is negative or no number, or the sum
                is further than 1e-3 from 1.
        """
        keys = sorted(probabilities)
        weights = np.array([probabilities[key] for key in keys], dtype=np.float64)
        total = float(weights.sum())
        if not np.isfinite(total) or (weights < -1e-9).any() or abs(total - 1.0) > 1e-3:
            raise ValueError(f"probabilities that sum to {total:.6g} are no distribution")
        weights = np.clip(weights, 0.0, None)
        return cls(num_bits, _pack(keys, num_bits), weights=weights / weights.sum())

    @classmethod
    def from_shots(cls, outcomes: Sequence[int], num_bits: int) -> Measurements:
        """Make measurements of the outcome of each shot, in order.

        Raises:
            ValueError: an outcome does not fit into ``num_bits``.
        """
        return cls.from_memory(_pack(outcomes, num_bits), num_bits)

    @classmethod
    def from_memory(cls, memory: NDArray[np.uint8], num_bits: int) -> Measurements:
        """Make measurements of packed shots, shape ``(shots, ceil(num_bits / 8))``."""
        states, frequencies = _distinct(memory)
        return cls(num_bits, states, frequencies, memory=memory, shots=len(memory))

    # -- changed ----------------------------------------------------------------------------------

    def sampled(self, shots: int, seed: int | str) -> Measurements:
        """Draw shots from the probabilities; the same seed gives the same shots for ever.

        Args:
            shots: how many to draw.
            seed: a number, or a text such as the job's id.

        Returns:
            Measurements with ``frequencies`` and ``memory``; the probabilities are kept.

        Raises:
            ValueError: there are no probabilities to draw from.
        """
        if self.weights is None:
            raise ValueError("there are no probabilities to draw shots from")
        edges = np.cumsum(self.weights)
        rows = np.searchsorted(edges, _uniform(seed, shots) * edges[-1], side="right")
        frequencies = np.bincount(rows, minlength=len(self.weights)).astype(np.int64)
        return Measurements(
            self.num_bits, self.states, frequencies, self.weights, self.states[rows], shots
        )

    def shuffled(self, seed: int | str) -> Measurements:
        """Give single shots to a histogram: its outcomes in a random order set by the seed."""
        if self.memory is not None:
            return self
        if self.frequencies is None:
            raise ValueError("there are no counts to make single shots of")
        rows = np.repeat(np.arange(len(self.states)), self.frequencies)
        rows = rows[np.argsort(_uniform(seed, len(rows)), kind="stable")]
        return Measurements(
            self.num_bits,
            self.states,
            self.frequencies,
            self.weights,
            self.states[rows],
            self.shots,
        )

    def read(self, readout: Readout) -> Measurements:
        """Turn states of qubits into states of the circuit's classical bits."""
        return self.select(readout.sources)

    def select(self, sources: Sequence[int | None]) -> Measurements:
        """Make bit ``j`` of each state the old bit ``sources[j]``, or 0 for None.

        States that become equal are merged.

        Raises:
            ValueError: a source is not a bit of these measurements.
        """
        if list(sources) == list(range(self.num_bits)):
            return self
        beyond = [s for s in sources if s is not None and not 0 <= s < self.num_bits]
        if beyond:
            raise ValueError(f"there is no bit {beyond[0]} among {self.num_bits}")
        width = len(sources)
        states = _select(self.states, sources)
        frequencies = weights = None
        merged = states
        if self.frequencies is not None:
            merged, frequencies = _distinct(states, self.frequencies)
        if self.weights is not None:
            merged, weights = _distinct(states, self.weights)
        memory = None if self.memory is None else _select(self.memory, sources)
        return Measurements(width, merged, frequencies, weights, memory, self.shots)

    # -- read -------------------------------------------------------------------------------------

    @property
    def counts(self) -> dict[str, int] | None:
        """Counts by bit string, classical bit 0 rightmost; None without counts."""
        if self.frequencies is None:
            return None
        seen = self.frequencies > 0
        return dict(
            zip(self._text(self.states[seen]), self.frequencies[seen].tolist(), strict=True)
        )

    @property
    def probabilities(self) -> dict[str, float] | None:
        """Probabilities by bit string, classical bit 0 rightmost; None without probabilities."""
        if self.weights is None:
            return None
        return dict(zip(self._text(self.states), self.weights.tolist(), strict=True))

    @property
    def bits(self) -> NDArray[np.uint8] | None:
        """Single shots, shape ``(shots, num_bits)``, column ``i`` is bit ``i``; None without."""
        return None if self.memory is None else _unpack(self.memory, self.num_bits)

    def _text(self, states: NDArray[np.uint8]) -> list[str]:
        width = self.num_bits
        return [
            format(int.from_bytes(row.tobytes()), f"0{width}b") if width else "" for row in states
        ]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Measurements):
            return NotImplemented
        arrays = ("states", "frequencies", "weights", "memory")
        return (self.num_bits, self.shots) == (other.num_bits, other.shots) and all(
            _same(getattr(self, name), getattr(other, name)) for name in arrays
        )

    __hash__ = None  # type: ignore[assignment]


def _same(one: NDArray[Any] | None, two: NDArray[Any] | None) -> bool:
    return one is two or (one is not None and two is not None and np.array_equal(one, two))


def _uniform(seed: int | str, size: int) -> NDArray[np.float64]:
    """Draw numbers in [0, 1), the same for the same seed on every machine and numpy release.

    They are made of the raw 64-bit stream of PCG64, which numpy keeps stable; the methods of
    ``numpy.random.Generator`` may change their streams.
    """
    digest = hashlib.sha256(str(seed).encode()).digest()
    raw = np.random.PCG64(int.from_bytes(digest[:16], "big")).random_raw(size)
    return np.ldexp((raw >> np.uint64(11)).astype(np.float64), -53)


def _num_bytes(num_bits: int) -> int:
    return (num_bits + 7) // 8


def _pack(states: Iterable[int], num_bits: int) -> NDArray[np.uint8]:
    """Write integers as big-endian bytes, one row each."""
    size = _num_bytes(num_bits)
    if num_bits <= 63:
        numbers = np.array(states if isinstance(states, list) else list(states))
        if len(numbers) and (numbers.min() < 0 or numbers.max() >> num_bits):
            raise ValueError(f"a state does not fit into {num_bits} bits")
        wide = numbers.astype(">u8").view(np.uint8).reshape(len(numbers), 8)
        return np.ascontiguousarray(wide[:, 8 - size :])
    values = list(states)
    if any(not 0 <= value < 1 << num_bits for value in values):
        raise ValueError(f"a state does not fit into {num_bits} bits")
    joined = b"".join(value.to_bytes(size, "big") for value in values)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(values), size)


def _unpack(packed: NDArray[np.uint8], num_bits: int) -> NDArray[np.uint8]:
    """Spread packed rows into one column a bit, column ``i`` bit ``i``."""
    if num_bits == 0:
        return np.zeros((len(packed), 0), dtype=np.uint8)
    return np.unpackbits(packed, axis=1)[:, ::-1][:, :num_bits]


def _select(packed: NDArray[np.uint8], sources: Sequence[int | None]) -> NDArray[np.uint8]:
    """Gather bits of packed rows into new packed rows."""
    size = _num_bytes(len(sources))
    old_size = packed.shape[1]
    result = np.zeros((len(packed), size), dtype=np.uint8)
    for new, old in enumerate(sources):
        if old is not None:
            bit = (packed[:, old_size - 1 - old // 8] >> np.uint8(old % 8)) & np.uint8(1)
            result[:, size - 1 - new // 8] |= bit << np.uint8(new % 8)
    return result


def _distinct(
    packed: NDArray[np.uint8], amounts: NDArray[Any] | None = None
) -> tuple[NDArray[np.uint8], Any]:
    """Merge equal rows, in ascending order, and add up their amounts; without any, count them."""
    rows, size = packed.shape
    if size == 0:
        total = np.array([rows]) if amounts is None else amounts.sum(keepdims=True)
        return packed[:1], total[: min(rows, 1)]
    if size <= 8:
        wide = np.zeros((rows, 8), dtype=np.uint8)
        wide[:, 8 - size :] = packed
        keys: NDArray[Any] = wide.view(">u8").reshape(rows).astype(np.uint64)
    else:
        keys = np.ascontiguousarray(packed).view(np.dtype((np.void, size))).reshape(rows)
    if amounts is None:
        distinct, counts = np.unique(keys, return_counts=True)
        return _rows(distinct, size), counts.astype(np.int64)
    distinct, inverse = np.unique(keys, return_inverse=True)
    totals = np.zeros(len(distinct), dtype=amounts.dtype)
    np.add.at(totals, inverse.reshape(-1), amounts)
    return _rows(distinct, size), totals


def _rows(keys: NDArray[Any], size: int) -> NDArray[np.uint8]:
    """Turn the keys of `_distinct` back into packed rows."""
    if size <= 8:
        keys = keys.astype(">u8")
    rows = keys.view(np.uint8).reshape(len(keys), keys.dtype.itemsize)
    return np.ascontiguousarray(rows[:, -size:])

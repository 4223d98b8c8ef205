"""When which data of a result was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import total_ordering
from typing import TYPE_CHECKING, Any, overload

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Part:
    """The data of one PUB that a span holds.

    Attributes:
        shape: shape of the PUB's data, the shots last.
        elements: slice of the data flattened in C order; of all but the shots where these have a
            slice of their own.
        shots: slice of the shots.
        twirling: axis of the randomizations, 0 or -2; they become shots.
        pub_shots: how many shots of these the PUB keeps.
    """

    shape: tuple[int, ...]
    elements: slice
    shots: slice | None = None
    twirling: int | None = None
    pub_shots: int | None = None

    @property
    def size(self) -> int:
        """Number of data that were measured in the span."""
        if self.shots is None:
            return len(range(math.prod(self.shape))[self.elements])
        rows = len(range(math.prod(self.shape[:-1]))[self.elements])
        return rows * len(range(self.shape[-1])[self.shots])

    def mask(self) -> NDArray[np.bool_]:
        """Return which data of the PUB were measured in the span, in the shape of its result."""
        mask = np.zeros(self.shape, dtype=np.bool_)
        if self.shots is None:
            mask.reshape(-1)[self.elements] = True
            return mask
        mask.reshape(math.prod(self.shape[:-1]), self.shape[-1])[self.elements, self.shots] = True
        if self.twirling is None:
            return mask
        moved = np.moveaxis(mask, self.twirling, -2)
        joined = moved.reshape(*moved.shape[:-2], math.prod(moved.shape[-2:]))
        return joined[..., : self.pub_shots]


@total_ordering
@dataclass(frozen=True)
class ExecutionSpan:
    """A stretch of time and the data that were measured in it; in order of time.

    Attributes:
        start, stop: when it began and ended.
        parts: the data of each PUB, by its index.
    """

    start: datetime
    stop: datetime
    parts: Mapping[int, Part]

    def __lt__(self, other: ExecutionSpan) -> bool:
        return (self.start, self.stop) < (other.start, other.stop)

    @property
    def duration(self) -> float:
        """Its length, in seconds."""
        return (self.stop - self.start).total_seconds()

    @property
    def pub_idxs(self) -> list[int]:
        """Indices of the PUBs of which it has data."""
        return sorted(self.parts)

    @property
    def size(self) -> int:
        """Number of data measured in it, for a sampler of shots."""
        return sum(part.size for part in self.parts.values())

    def mask(self, pub_idx: int) -> NDArray[np.bool_]:
        """Return which data of a PUB were measured in it, in the shape of the PUB's result.

        Raises:
            KeyError: it has no data of that PUB.
        """
        return self.parts[pub_idx].mask()

    def contains_pub(self, pub_idx: int | Iterable[int]) -> bool:
        """Return whether it has data of one of these PUBs."""
        return not _indices(pub_idx).isdisjoint(self.parts)

    def filter_by_pub(self, pub_idx: int | Iterable[int]) -> ExecutionSpan:
        """Return the span with the data of these PUBs only."""
        wanted = _indices(pub_idx)
        kept = {index: part for index, part in self.parts.items() if index in wanted}
        return ExecutionSpan(self.start, self.stop, kept)


class ExecutionSpans:
    """The spans of a job, like a list."""

    def __init__(self, spans: Iterable[ExecutionSpan]) -> None:
        self._spans = list(spans)

    def __len__(self) -> int:
        return len(self._spans)

    @overload
    def __getitem__(self, idxs: int) -> ExecutionSpan: ...
    @overload
    def __getitem__(self, idxs: slice | list[int]) -> ExecutionSpans: ...
    def __getitem__(self, idxs: int | slice | list[int]) -> ExecutionSpan | ExecutionSpans:
        if isinstance(idxs, int):
            return self._spans[idxs]
        if isinstance(idxs, slice):
            return ExecutionSpans(self._spans[idxs])
        return ExecutionSpans(self._spans[index] for index in idxs)

    def __iter__(self) -> Iterator[ExecutionSpan]:
        return iter(self._spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ExecutionSpans) and self._spans == other._spans

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ExecutionSpans({self._spans!r})"

    @property
    def start(self) -> datetime:
        """When the first began."""
        return min(span.start for span in self)

    @property
    def stop(self) -> datetime:
        """When the last ended."""
        return max(span.stop for span in self)

    @property
    def duration(self) -> float:
        """Time from the start to the stop, in seconds."""
        return (self.stop - self.start).total_seconds()

    @property
    def pub_idxs(self) -> list[int]:
        """Indices of the PUBs of which they have data."""
        return sorted({index for span in self for index in span.pub_idxs})

    def filter_by_pub(self, pub_idx: int | Iterable[int]) -> ExecutionSpans:
        """Return the spans with the data of these PUBs only."""
        wanted = _indices(pub_idx)
        return ExecutionSpans(span.filter_by_pub(wanted) for span in self)

    def sort(self, inplace: bool = True) -> ExecutionSpans:
        """Put them in order of time, here or in a copy, and return them."""
        ordered = sorted(self._spans)
        if not inplace:
            return ExecutionSpans(ordered)
        self._spans = ordered
        return self


def _indices(pub_idx: int | Iterable[int]) -> set[int]:
    return {pub_idx} if isinstance(pub_idx, int) else set(pub_idx)


# -- from the service's form ----------------------------------------------------------------------


def read_span(kind: str, value: Mapping[str, Any]) -> ExecutionSpan:
    """Read a span of one of `KINDS`.

    Raises:
        ValueError: it is not of that form.
    """
    try:
        parts = {int(index): KINDS[kind](*row) for index, row in value["data_slices"].items()}
        return ExecutionSpan(value["start"], value["stop"], parts)
    except (KeyError, TypeError) as error:
        raise ValueError(f"a span of time is no {kind}: {error!r}") from None


def _flat(shape: list[int], begin: int, end: int) -> Part:
    return Part(tuple(shape), slice(begin, end))


def _double(shape: list[int], begin: int, end: int, first: int, last: int) -> Part:
    return Part(tuple(shape), slice(begin, end), slice(first, last))


def _twirled(
    shape: list[int], at_front: bool, begin: int, end: int, first: int, last: int,
    pub_shots: int | None = None,
) -> Part:  # fmt: skip
    axis = 0 if at_front else -2
    return Part(tuple(shape), slice(begin, end), slice(first, last), axis, pub_shots)


KINDS = {
    "ExecutionSpan": _flat,
    "DoubleSliceSpan": _double,
    "TwirledSliceSpan": _twirled,
    "TwirledSliceSpanV2": _twirled,
}

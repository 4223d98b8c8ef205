"""Going through a list that a service gives page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..errors import ProtocolError

if TYPE_CHECKING:
    from ..transport.operation import Flow
    from .base import Cloud

T = TypeVar("T")
C = TypeVar("C", bound=Hashable)


CLOCK_MARGIN = timedelta(hours=2)
"""How far this computer's clock and a service's may be apart."""


class ListOrder:
    """Whether a list has been newest first so far, and how far back it has come."""

    def __init__(self) -> None:
        self._last: datetime | None = None
        self._falls = 0
        self._newest_first = True

    def see(self, moments: Iterable[datetime | None]) -> None:
        """Take in when the entries of a further page were made."""
        for at in moments:
            if at is None or (self._last is not None and at > self._last):
                self._newest_first = False
                return
            self._falls += self._last is not None and at < self._last
            self._last = at

    def passed(self, moment: datetime) -> bool:
        """Whether the list is newest first and all that follows is older than a moment."""
        proven = self._newest_first and self._falls > 0
        return proven and self._last is not None and self._last < moment


def advance(cursor: C, seen: set[C]) -> C:
    """Return the cursor of the next page.

    Raises:
        ProtocolError: it came before, so that the list would never end.
    """
    if cursor in seen:
        raise ProtocolError("the list repeats a cursor and would never end")
    seen.add(cursor)
    return cursor


class Pages(Generic[T]):
    """The entries of a list, fetched page by page as they are asked for.

    ``for`` and ``async for`` go through it, each time from the beginning.
    """

    def __init__(self, cloud: Cloud, page: Callable[[Any], Flow[tuple[Sequence[T], Any]]]) -> None:
        """Prepare to go through a list; nothing is fetched yet.

        Args:
            cloud: carries out the requests.
            page: flow that fetches the page of a cursor (None for the first) and returns its
                entries and the cursor of the next page, None at the end.
        """
        self._cloud = cloud
        self._page = page

    def __iter__(self) -> Iterator[T]:
        cursor, seen = None, set[Any]()
        while True:
            entries, cursor = self._cloud.run(self._page(cursor))
            yield from entries
            if cursor is None:
                return
            advance(cursor, seen)

    async def __aiter__(self) -> AsyncIterator[T]:
        cursor, seen = None, set[Any]()
        while True:
            entries, cursor = await self._cloud.arun(self._page(cursor))
            for entry in entries:
                yield entry
            if cursor is None:
                return
            advance(cursor, seen)

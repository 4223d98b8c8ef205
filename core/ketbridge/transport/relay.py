"""Requests that another library has put together and signed, sent over connections of ours.

What signs requests for a store knows its regions, addresses and checksums. Its own HTTP, though,
times every read by itself, so that one byte now and then keeps it, its thread and its socket for
ever. Here every step of a connection ends with the budget of the call, certificates are verified
and proxies found as everywhere else, and redirects are left to the library.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .origin import Origin
from .redact import logger, quiet_target, silent_library
from .wire import Settings, watch_forks

if TYPE_CHECKING:
    import httpcore

    from .network import BoundBackend, Budget

_OURS = frozenset({"host", "expect", "transfer-encoding", "connection"})
"""Fields of the head that belong to the connection, which is ours."""


class Relay:
    """Connections to any origin. Threads may share it; making it does no I/O."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the connections.

        Args:
            settings: timeouts, certificates and how many connections may be open.
        """
        self._settings = settings
        self._lock = threading.Lock()
        self._lines: _Lines | None = None
        watch_forks(self)

    def after_fork(self) -> None:
        """Drop the parent's connections: closing its own copy of a socket sends nothing."""
        lines, self._lines = self._lines, None
        self._lock = threading.Lock()
        for pool in [] if lines is None else lines.pools.values():
            for connection in pool.connections:
                connection.close()

    def send(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]],
        body: Iterable[bytes],
        budget: Budget,
    ) -> RelayedAnswer:
        """Send a request and return its answer, whose body is still to be read.

        Args:
            method: HTTP method.
            url: the whole URL; https, or http on this computer.
            headers: header fields; ``Host`` is made of the URL.
            body: the body in pieces; of one that is not empty, ``headers`` has the length.
            budget: the time that the call has.

        Raises:
            AddressError: the URL is not usable.
            TransportError: there was no answer.
        """
        place, _, query = url.partition("?")
        origin = Origin.parse("/".join(place.split("/", 3)[:3]))
        target = (urlsplit(place).path or "/") + (f"?{query}" if query else "")
        fields = [("Host", origin.netloc)]
        fields += [field for field in headers if field[0].lower() not in _OURS]
        began, lines, said = time.monotonic(), self._enter(), "no answer"
        try:
            wire = _native(method, origin, target, fields, body, self._settings, budget)
            with silent_library():
                response = _ask(lines.pool(origin), wire, budget)
            said = str(response.status)
        except BaseException as error:
            said = type(error).__name__
            lines.leave()
            raise
        finally:
            took_ms = 1000 * (time.monotonic() - began)
            logger.debug(
                "%s %s%s -> %s in %.0f ms", method, origin, quiet_target(target), said, took_ms
            )
        return RelayedAnswer(response, lines, budget)

    def close(self) -> None:
        """Close the connections and wake whoever waits for one; a later call opens new ones."""
        with self._lock:
            lines, self._lines = self._lines, None
        if lines is not None:
            lines.close()

    def _enter(self) -> _Lines:
        with self._lock:
            if self._lines is None:
                self._lines = _Lines(self._settings)
            self._lines.enter()
            return self._lines


class RelayedAnswer:
    """An answer whose body is read piece by piece.

    Attributes:
        status: HTTP status.
        headers: header fields in order.
    """

    def __init__(self, response: httpcore.Response, lines: _Lines, budget: Budget) -> None:
        self.status: int = response.status
        self.headers = [
            (name.decode("ascii"), value.decode("latin-1")) for name, value in response.headers
        ]
        self._response = response
        self._lines: _Lines | None = lines
        self._budget = budget
        self._pieces: Iterator[bytes] = iter(response.stream)  # type: ignore[arg-type]

    def read(self) -> bytes:
        """Return the next piece of the body, as it came; nothing at its end.

        Raises:
            TransportError: it broke off, or the time is over.
        """
        from .breakdowns import FAILURES, transport_error
        from .network import budget

        token = budget.set(self._budget)
        try:
            with silent_library():
                return next((piece for piece in self._pieces if piece), b"")
        except FAILURES as error:
            raise transport_error(error, status=self.status) from None
        finally:
            budget.reset(token)

    def close(self) -> None:
        """Give the connection back; one with an unread body is closed."""
        lines, self._lines = self._lines, None
        if lines is not None:
            try:
                with silent_library():
                    self._response.close()
            finally:
                lines.leave()


class _Lines:
    """Connections that are closed together, by whoever leaves last."""

    def __init__(self, settings: Settings) -> None:
        from .network import BoundBackend

        self.settings = settings
        self.pools: dict[Origin, httpcore.ConnectionPool] = {}
        self._backend: BoundBackend = BoundBackend()
        self._lock = threading.Lock()
        self._active = 0
        self._closed = False

    def pool(self, origin: Origin) -> httpcore.ConnectionPool:
        """Return the connections to an origin."""
        from .pools import make_pool

        with self._lock:
            if origin not in self.pools:
                self.pools[origin] = make_pool(origin, self.settings, self._backend, self)
            return self.pools[origin]

    def enter(self) -> None:
        """Begin to use them."""
        with self._lock:
            self._active += 1

    def leave(self) -> None:
        """End using them."""
        with self._lock:
            self._active -= 1
            self._close_idle()

    def close(self) -> None:
        """Interrupt those in use and close all once nobody uses them."""
        with self._lock:
            self._closed = True
            if self._active:
                self._backend.interrupt()
            self._close_idle()

    def _close_idle(self) -> None:
        if self._closed and not self._active:
            for pool in self.pools.values():
                pool.close()
            self.pools.clear()


def _native(
    method: str,
    origin: Origin,
    target: str,
    fields: list[tuple[str, str]],
    body: Iterable[bytes],
    settings: Settings,
    own: Budget,
) -> httpcore.Request:
    """Return a request as the HTTP library wants it, with the limits of its single steps."""
    import httpcore

    url = httpcore.URL(
        scheme=origin.scheme.encode(),
        host=origin.host.encode(),
        port=origin.port,
        target=target.encode("ascii"),
    )
    left_s = own.cut(None)
    limits = {
        "connect": own.cut(settings.connect_timeout_s),
        "read": settings.io_timeout_s,
        "write": settings.io_timeout_s,
        "pool": None if math.isinf(left_s) else left_s,
    }
    headers = [(name.encode("ascii"), value.encode("utf-8")) for name, value in fields]
    return httpcore.Request(
        method, url, headers=headers, content=body, extensions={"timeout": limits}
    )


def _ask(pool: httpcore.ConnectionPool, wire: httpcore.Request, own: Budget) -> httpcore.Response:
    """Send one request and read the head of its answer."""
    from .breakdowns import FAILURES, transport_error
    from .network import budget

    token = budget.set(own)
    try:
        return pool.handle_request(wire)
    except FAILURES as error:
        raise transport_error(error, status=None) from None
    finally:
        budget.reset(token)

"""Connections whose every step ends with the deadline of the call.

An HTTP library's read timeout starts anew with every byte, so that a server that drips one byte
at a time is never timed out. Here each step of a connection gets no more than what is left of the
call that it belongs to, which the step finds in a context variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import socket
import ssl
import threading
import weakref
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

import httpcore

_SLICE = 65_536


@dataclass(frozen=True, slots=True)
class Budget:
    """Time that a call has left."""

    clock: Callable[[], float]
    deadline: float

    def cut(self, timeout: float | None) -> float:
        """Return a timeout that does not reach beyond the deadline, never zero."""
        left = max(self.deadline - self.clock(), 0.001)
        return left if timeout is None else min(timeout, left)


budget: contextvars.ContextVar[Budget] = contextvars.ContextVar("ketbridge_budget")


class BoundStream(httpcore.NetworkStream):
    """A connection of a thread, bound by the deadline of the call that uses it."""

    def __init__(
        self, inner: httpcore.NetworkStream, siblings: weakref.WeakSet[BoundStream]
    ) -> None:
        self._inner = inner
        self._siblings = siblings
        siblings.add(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, budget.get().cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, in slices, so that a slow reader meets the deadline."""
        view, own = memoryview(buffer), budget.get()
        for start in range(0, len(view), _SLICE):
            self._inner.write(bytes(view[start : start + _SLICE]), own.cut(timeout))

    def close(self) -> None:
        """Close the socket."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> BoundStream:
        """Go on encrypted."""
        own = budget.get().cut(timeout)
        return BoundStream(self._inner.start_tls(ssl_context, server_hostname, own), self._siblings)

    def interrupt(self) -> None:
        """Wake the thread that waits for this connection; the socket stays that thread's."""
        with contextlib.suppress(OSError):
            self.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the socket."""
        return self._inner.get_extra_info(info)


class BoundBackend(httpcore.NetworkBackend):
    """Opens connections within the deadline, over all addresses of a host together."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self._streams: weakref.WeakSet[BoundStream] = weakref.WeakSet()

    def interrupt(self) -> None:
        """Wake every thread that waits for a connection."""
        for stream in list(self._streams):
            stream.interrupt()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> BoundStream:
        """Connect to the first address of a host that answers."""
        own = budget.get()
        connect_by = Budget(own.clock, own.clock() + own.cut(timeout))
        failure: Exception = httpcore.ConnectError("the host has no address")
        for *_, address in _addresses(host, port, connect_by.cut(None)):
            try:
                stream = self._inner.connect_tcp(
                    str(address[0]), port, connect_by.cut(None), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundStream(stream, self._streams)
        raise failure


def _addresses(host: str, port: int, timeout: float) -> list[Any]:
    """Resolve a host in a thread, because the system's resolver takes no timeout."""
    found: Future[list[Any]] = Future()

    def resolve() -> None:
        try:
            found.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            found.set_exception(error)

    threading.Thread(target=resolve, name="ketbridge-resolver", daemon=True).start()
    try:
        return found.result(timeout)
    except FutureTimeout as error:
        raise httpcore.ConnectTimeout(f"{host} was not resolved in time") from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


class AsyncBoundStream(httpcore.AsyncNetworkStream):
    """A connection of an event loop, bound by the deadline of the call that uses it."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return await self._inner.read(max_bytes, budget.get().cut(timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all, in slices, so that a slow reader meets the deadline."""
        view, own = memoryview(buffer), budget.get()
        for start in range(0, len(view), _SLICE):
            await self._inner.write(bytes(view[start : start + _SLICE]), own.cut(timeout))

    async def aclose(self) -> None:
        """Close the socket."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> AsyncBoundStream:
        """Go on encrypted."""
        own = budget.get().cut(timeout)
        return AsyncBoundStream(await self._inner.start_tls(ssl_context, server_hostname, own))

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the socket."""
        return self._inner.get_extra_info(info)


class AsyncBoundBackend(httpcore.AsyncNetworkBackend):
    """Opens connections of an event loop within the deadline."""

    def __init__(self) -> None:
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncBoundStream:
        """Connect to the first address of a host that answers."""
        own = budget.get().cut(timeout)
        return AsyncBoundStream(
            await self._inner.connect_tcp(host, port, own, local_address, socket_options)
        )

"""Connections whose every step ends with the deadline of the call; the one user of httpcore.

An HTTP library's read timeout starts anew with every byte, so that a server that drips one byte
at a time is never timed out. Here each step of a connection gets no more than what is left of the
call that it belongs to, which the step finds in a context variable.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import socket
import ssl
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import httpcore

from ..errors import (
    ConnectionFailed,
    ConnectionLost,
    ProtocolError,
    TlsError,
    TransportError,
    TruncatedResponse,
)
from .origin import Origin, is_loopback
from .request import Request
from .wire import Settings

FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""What the HTTP library raises when a request fails."""

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
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception = httpcore.ConnectError("the host has no address")
        for *_, address in found:
            try:
                stream = self._inner.connect_tcp(
                    str(address[0]), port, connect_by.cut(None), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return BoundStream(stream, self._streams)
        raise failure


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


def make_pool(origin: Origin, settings: Settings, backend: BoundBackend) -> httpcore.ConnectionPool:
    """Make the connections of a synchronous client."""
    proxied, arguments = _pool_arguments(origin, settings)
    pool = httpcore.HTTPProxy if proxied else httpcore.ConnectionPool
    return pool(network_backend=backend, **arguments)


def make_async_pool(origin: Origin, settings: Settings) -> httpcore.AsyncConnectionPool:
    """Make the connections of an asynchronous client."""
    proxied, arguments = _pool_arguments(origin, settings)
    pool = httpcore.AsyncHTTPProxy if proxied else httpcore.AsyncConnectionPool
    return pool(network_backend=AsyncBoundBackend(), **arguments)


def _pool_arguments(origin: Origin, settings: Settings) -> tuple[bool, dict[str, Any]]:
    arguments: dict[str, Any] = {
        "max_connections": settings.max_connections,
        "max_keepalive_connections": settings.max_connections,
        "keepalive_expiry": settings.keep_alive_s,
    }
    if origin.scheme == "https":
        arguments["ssl_context"] = tls_context(settings)
    proxy = _proxy_url(origin)
    if proxy is None:
        return False, arguments
    arguments["proxy_url"] = httpcore.URL(
        scheme=proxy.scheme.encode(), host=proxy.host.encode(), port=proxy.port, target=b"/"
    )
    arguments["proxy_auth"] = proxy.auth
    return True, arguments


def native(
    request: Request, origin: Origin, settings: Settings, deadline: float
) -> httpcore.Request:
    """Return a request as the HTTP library wants it, with the limits of its single steps."""
    left = max(deadline - settings.clock(), 0.001)
    connect = min(settings.connect_timeout_s, left)
    io = min(settings.io_timeout_s, left)
    url = httpcore.URL(
        scheme=origin.scheme.encode(),
        host=origin.host.encode(),
        port=origin.port,
        target=request.target.encode(),
    )
    limits = {"connect": connect, "read": io, "write": io, "pool": left}
    return httpcore.Request(
        request.method,
        url,
        headers=request.headers,
        content=request.body,
        extensions={"timeout": limits},
    )


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return what connections are verified with: always the chain and the host name.

    ``ca_file`` or, as OpenSSL itself has it, ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` name other
    authorities; nothing turns verification off.
    """
    if settings.ca_file is not None:
        return ssl.create_default_context(cafile=str(settings.ca_file))
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context()
    return ssl.create_default_context(cafile=certifi.where())


@dataclass(frozen=True, slots=True)
class _Proxy:
    scheme: str
    host: str
    port: int
    auth: tuple[str, str] | None


def _proxy_url(origin: Origin) -> _Proxy | None:
    """Return the proxy that the environment names for a host, never one for this computer."""
    named = getproxies()
    url = named.get(origin.scheme) or named.get("all")
    if not url or is_loopback(origin.host) or proxy_bypass(origin.host):
        return None
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConnectionFailed("the proxy of the environment is not of the form http://host:port")
    auth = None
    if parts.username is not None:
        auth = (unquote(parts.username), unquote(parts.password or ""))
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return _Proxy(parts.scheme, parts.hostname, port, auth)


def transport_error(error: Exception, *, status: int | None) -> TransportError:
    """Say what an error of the HTTP library means.

    Args:
        error: what it raised.
        status: of the answer, once its head has arrived.
    """
    result: TransportError
    if isinstance(error, httpcore.ConnectError | httpcore.ConnectTimeout):
        result = _connect_error(error)
    elif isinstance(error, httpcore.PoolTimeout):
        result = ConnectionFailed("no connection became free in time")
    elif isinstance(error, httpcore.ProxyError):
        result = ConnectionFailed(f"the proxy refused: {error}")
    elif isinstance(error, httpcore.LocalProtocolError | httpcore.UnsupportedProtocol):
        result = ProtocolError("the request cannot be written as HTTP")
    elif isinstance(error, httpcore.TimeoutException):
        result = ConnectionLost("the service was silent for too long")
    elif status is not None:
        result = TruncatedResponse("the answer ended before its declared end")
    else:
        result = ConnectionLost(f"the connection broke: {_os_reason(error)}")
    result.status = status
    return result


def _connect_error(error: Exception) -> ConnectionFailed:
    cause = _root(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TlsError(f"the certificate was not accepted: {cause.verify_message}")
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return TlsError(f"no secure connection: {cause.reason}")
    if isinstance(error, httpcore.ConnectTimeout):
        return ConnectionFailed("connecting took too long")
    return ConnectionFailed(f"cannot connect: {_os_reason(error)}")


def _root(error: BaseException) -> BaseException:
    """Return the first error of a chain; the connection pool turns causes into contexts."""
    while (below := error.__cause__ or error.__context__) is not None:
        error = below
    return error


def _os_reason(error: Exception) -> str:
    root = _root(error)
    if isinstance(root, socket.gaierror):
        return root.strerror or "the host has no address"
    if isinstance(root, OSError) and root.errno:
        return os.strerror(root.errno)
    return str(error) or type(error).__name__

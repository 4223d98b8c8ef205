"""Pools of connections to one origin, directly or through a proxy, always verified.

The pools are those of httpcore, the engine of httpx: what httpx adds to it (redirects, cookies,
credentials from the environment, decoding without a bound) is what a client of paid machines has
to keep out.
"""

from __future__ import annotations

import os
import ssl
import weakref
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import certifi
import httpcore

from ..errors import ConnectionFailed
from .network import AsyncBoundBackend, BoundBackend
from .origin import Origin, is_loopback
from .request import Request
from .wire import Settings


def make_pool(
    origin: Origin, settings: Settings, backend: BoundBackend, owner: object
) -> httpcore.ConnectionPool:
    """Make the connections of a synchronous client.

    Args:
        origin: where they lead.
        settings: of the client.
        backend: opens them.
        owner: who uses them; they are closed once nothing refers to it any more.
    """
    proxied, arguments = _pool_arguments(origin, settings)
    kind = httpcore.HTTPProxy if proxied else httpcore.ConnectionPool
    pool = kind(network_backend=backend, **arguments)
    weakref.finalize(owner, pool.close).atexit = False
    return pool


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

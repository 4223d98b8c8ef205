"""What the errors of the HTTP library say of a request: was it sent, and why did it fail."""

from __future__ import annotations

import os
import socket
import ssl

import httpcore

from ..errors import (
    ConnectionFailed,
    ConnectionLost,
    ProtocolError,
    TlsError,
    TransportError,
    TruncatedResponse,
)

FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""What the HTTP library raises when a request fails."""


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

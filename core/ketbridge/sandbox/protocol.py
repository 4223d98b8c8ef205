"""uvicorn's HTTP protocol with one addition: an application can get hold of the connection.

The fault knobs need it to send bytes that are no HTTP answer and to reset the connection.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class SandboxProtocol(H11Protocol):
    """H11Protocol that puts its transport into the ASGI scope, as ``state["transport"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Remember the transport for all requests of this connection."""
        self.access_log = False  # its lines would show presigned URLs
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def transport_of(scope: Any) -> asyncio.Transport:
    """Return the connection that a request came over."""
    transport: asyncio.Transport = scope["state"]["transport"]
    return transport


def reset(transport: asyncio.Transport) -> None:
    """Close a connection so that the other side sees a TCP reset instead of an orderly end."""
    raw = transport.get_extra_info("socket")
    if raw is not None and not transport.is_closing():
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()

"""uvicorn's HTTP protocol and server with one addition each.

An application can get hold of the connection, which the fault knobs need to send bytes that are no
HTTP answer and to reset it. And the server stops at once, whatever requests still hang.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn import Server
from uvicorn.protocols.http.h11_impl import H11Protocol


class SandboxServer(Server):
    """Server that drops its connections when it is to stop.

    From Python 3.12 on a server that is closed waits for the end of every connection.
    """

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Drop all connections, then stop."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await super().shutdown(sockets)


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

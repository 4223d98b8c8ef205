"""One request as it goes on the wire, and the head of its answer; shared by both drivers."""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from typing import BinaryIO

from ..errors import ConnectionFailed
from .auth import Credential
from .body import BodyReader
from .operation import Operation, Reply
from .origin import Origin
from .redact import logger, quiet_target, request_id
from .wire import Settings


@dataclass(frozen=True, slots=True)
class Request:
    """A request of one operation; printing it shows no header."""

    method: str
    target: str
    headers: list[tuple[bytes, bytes]] = field(repr=False)
    body: bytes = field(repr=False)
    cap: int
    sink: BinaryIO | None = field(default=None, repr=False)
    began: float = field(default_factory=time.monotonic, repr=False)

    def begin_body(self, status: int, headers: dict[str, str]) -> BodyReader:
        """Return what takes the body of the answer."""
        if self.sink is not None:
            self.sink.seek(0, io.SEEK_SET)
            self.sink.truncate()
        return BodyReader(status, headers, self.cap, self.sink)

    def log(self, origin: Origin, reply: Reply | None, error: Exception | None) -> None:
        """Log one line: method, host, path, status, duration and request id, nothing else."""
        logger.debug(
            "%s %s%s -> %s in %.0f ms, request %s",
            self.method,
            origin,
            quiet_target(self.target),
            type(error).__name__ if reply is None else reply.status,
            1000 * (time.monotonic() - self.began),
            "-" if reply is None else request_id(reply.headers) or "-",
        )


def build(
    operation: Operation[object],
    origin: Origin,
    credential: Credential,
    settings: Settings,
    sink: BinaryIO | None = None,
) -> Request:
    """Put together the request of an operation.

    Raises:
        ProtocolError: a path that the service supplied leads elsewhere.
        AddressError: the operation's own path is not usable.
    """
    headers = [
        (b"Host", origin.netloc.encode()),
        (b"User-Agent", settings.user_agent.encode()),
        (b"Accept-Encoding", b"gzip"),
        *((name.encode(), value.encode()) for name, value in settings.headers),
        *((name.encode(), value.encode()) for name, value in operation.headers),
    ]
    if not any(name.lower() == "accept" for name, _ in operation.headers):
        headers.append((b"Accept", b"application/json"))
    if operation.authenticate:
        headers += credential.fields()
    if operation.body is not None:
        headers.append((b"Content-Type", operation.content_type.encode()))
    if operation.body is not None or operation.method in ("POST", "PUT", "PATCH"):
        headers.append((b"Content-Length", b"%d" % len(operation.body or b"")))
    cap = settings.max_bytes if operation.max_bytes is None else operation.max_bytes
    target = origin.target(operation)
    return Request(operation.method, target, headers, operation.body or b"", cap, sink)


def closed() -> ConnectionFailed:
    """Return the error of a call to a client that is closed."""
    return ConnectionFailed("this client is closed")


def header_map(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return header fields by lower-case name, repeated ones joined by commas."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("ascii").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers

"""A server on a real socket that answers each request as its script says, byte by byte.

A script is a list of actions; the n-th request that arrives, over whatever connection, gets the
n-th action, and the last action answers all that follow. An action is given the open socket and
the request, and may send anything, at any speed, or nothing.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Action = Callable[["socket.socket", "Received"], None]


@dataclass(frozen=True)
class Received:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection: int


class RawServer:
    """Serves a script on 127.0.0.1 until it is closed.

    Attributes:
        requests: what arrived whole, in order.
        connections: how many connections were accepted.
    """

    def __init__(
        self, *script: Action, tls: ssl.SSLContext | None = None, greeting: bytes = b""
    ) -> None:
        self.script = list(script)
        self.requests: list[Received] = []
        self.connections = 0
        self._tls = tls
        self._greeting = greeting
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self._listener.getsockname()[1]
        self.url = (
            f"{'https' if tls else 'http'}://{'localhost' if tls else '127.0.0.1'}:{self.port}"
        )
        self._start(self._accept)

    def __enter__(self) -> RawServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every socket and wait for every thread."""
        with self._lock:
            waiting, self._open = self._open, set()
        hang_up(self._listener)
        for sock in waiting:
            hang_up(sock)
        for thread in self._threads:
            thread.join(10)

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(sock)
                self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        try:
            sock.sendall(self._greeting)
            if self._tls is not None:
                bare, sock = sock, self._tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open = (self._open - {bare}) | {sock}
            for received in _requests(sock, number):
                with self._lock:
                    action = self.script[min(len(self.requests), len(self.script) - 1)]
                    self.requests.append(received)
                action(sock, received)
        except (OSError, ValueError):
            pass  # the client, or this script, hung up, or it was no HTTP
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()


def _requests(sock: socket.socket, number: int) -> Iterator[Received]:
    stream = sock.makefile("rb")
    try:
        while line := stream.readline():
            method, target, _ = line.decode("latin-1").split(" ", 2)
            headers = {}
            while field := stream.readline().strip():
                name, _, value = field.decode("latin-1").partition(":")
                headers[name.lower()] = value.strip()
            body = stream.read(int(headers.get("content-length", 0)))
            yield Received(method, target, headers, body, number)
    finally:
        stream.close()


def hang_up(sock: socket.socket) -> None:
    """Close for both sides, whatever is still unread."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()


# -- actions ------------------------------------------------------------------------------------


def reply(
    status: int = 200, body: bytes | object = b"", headers: dict[str, str] | None = None
) -> Action:
    """Answer properly; what is not bytes goes out as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"Content-Length": str(len(data)), **(headers or {})}
    head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items())

    def act(sock: socket.socket, received: Received) -> None:
        sock.sendall(head.encode("latin-1") + b"\r\n" + data)

    return act


def raw(data: bytes, *, then_close: bool = True) -> Action:
    """Send these bytes and close."""

    def act(sock: socket.socket, received: Received) -> None:
        sock.sendall(data)
        if then_close:
            hang_up(sock)

    return act


def reset(sock: socket.socket, received: Received) -> None:
    """Break the connection with a reset, without an answer."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.shutdown(socket.SHUT_RD)
    sock.close()
    raise OSError("reset")


def hang(sock: socket.socket, received: Received) -> None:
    """Say nothing until the client gives up."""
    while sock.recv(4096):
        pass


def drip(data: bytes, every_s: float = 0.3) -> Action:
    """Send one byte at a time."""

    def act(sock: socket.socket, received: Received) -> None:
        for at in range(len(data)):
            sock.sendall(data[at : at + 1])
            time.sleep(every_s)

    return act


def after(wait: threading.Event, action: Action) -> Action:
    """Do something only when an event has happened."""

    def act(sock: socket.socket, received: Received) -> None:
        wait.wait(30)
        action(sock, received)

    return act


def gzipped(data: bytes) -> bytes:
    """Compress, the same on every run."""
    return gzip.compress(data, mtime=0)

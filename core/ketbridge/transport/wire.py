"""Settings of a client, and what a process has to do after a fork."""

from __future__ import annotations

import asyncio
import os
import random
import time
import weakref
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from .. import __version__

MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Settings:
    """How a client behaves; every default is for a service on the internet.

    Attributes:
        timeout_s: total time of one operation, retries and waits included, where the call itself
            names none.
        connect_timeout_s: longest time for one connection, the TLS handshake included.
        io_timeout_s: longest silence while sending or receiving.
        attempts: most sendings of one operation.
        max_bytes: cap of a decompressed answer, where the operation names none.
        max_connections: connections that are open at once.
        keep_alive_s: how long an idle connection is kept.
        ca_file: certificate authorities to trust instead of the usual ones.
        user_agent: what the client calls itself.
        headers: further header fields of every request; never a credential.
        on_wait: called with the seconds and the reason before a wait that a rate limit or the
            service asks for; None for a line in a terminal or a notebook, and nothing elsewhere.
        sleep, asleep, clock, wall_clock, rng: sources of time and chance. ``clock`` is monotonic;
            ``wall_clock`` only reads dates in ``Retry-After``.
    """

    timeout_s: float = 120.0
    connect_timeout_s: float = 10.0
    io_timeout_s: float = 30.0
    attempts: int = 4
    max_bytes: int = 64 * MEGABYTE
    max_connections: int = 32
    keep_alive_s: float = 30.0
    ca_file: Path | None = None
    user_agent: str = f"ketbridge/{__version__}"
    headers: tuple[tuple[str, str], ...] = ()
    on_wait: Callable[[float, str], None] | None = None
    sleep: Callable[[float], None] = time.sleep
    asleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time
    rng: random.Random = field(default_factory=random.Random)


class ForkAware(Protocol):
    """Holds locks or sockets that a forked child must not share with its parent."""

    def after_fork(self) -> None:
        """Start afresh; runs in the child, where no other thread exists."""


_fork_aware: weakref.WeakSet[ForkAware] = weakref.WeakSet()


def watch_forks(item: ForkAware) -> None:
    """Have ``item.after_fork`` called in every forked child."""
    _fork_aware.add(item)


def _in_child() -> None:
    for item in list(_fork_aware):
        item.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)

"""Time that passes only when somebody sleeps, and that remembers the sleeps."""

from __future__ import annotations

import random
import threading
from typing import Any

from ketbridge.transport import Settings


class Clockwork:
    """A clock for the transport.

    Attributes:
        now: the time, in seconds.
        sleeps: every sleep so far, in seconds.
        waits: what ``on_wait`` was told.
    """

    def __init__(self, seed: int = 1) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []
        self.waits: list[tuple[float, str]] = []
        self._seed = seed
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)

    def settings(self, **changes: Any) -> Settings:
        """Settings that run on this clock."""
        return Settings(**{**self.account_settings(), **changes})

    def account_settings(self) -> dict[str, Any]:
        """The same as settings of an account."""
        return {
            "sleep": self.sleep,
            "asleep": self.asleep,
            "clock": lambda: self.now,
            "wall_clock": lambda: 1_700_000_000.0 + self.now,
            "rng": random.Random(self._seed),
            "on_wait": lambda seconds, why: self.waits.append((seconds, why)),
        }

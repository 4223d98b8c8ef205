"""What keeps a client from overrunning a service: documented rates and a quota of retries."""

from __future__ import annotations

import contextlib
import threading
from collections import deque

from .operation import RateLimit
from .wire import watch_forks


class RateKeeper:
    """Keeps documented rates by a sliding window; shared by all calls of a client."""

    def __init__(self) -> None:
        self._starts: dict[str, deque[float]] = {}
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        """Forget a lock that another thread of the parent may have held."""
        self._lock = threading.Lock()

    def claim(self, limit: RateLimit, now: float) -> float:
        """Claim one call at ``now``.

        Returns:
            0 when it may start now, which is then counted; otherwise the seconds to wait before
            asking again.
        """
        with self._lock:
            starts = self._starts.setdefault(limit.name, deque(maxlen=limit.calls))
            if len(starts) == limit.calls and now < starts[0] + limit.period_s:
                return starts[0] + limit.period_s - now
            starts.append(now)
            return 0.0

    def release(self, limit: RateLimit, claimed: float) -> None:
        """Take back a claim that was made at ``claimed``, because nothing was sent."""
        with self._lock, contextlib.suppress(ValueError):
            self._starts[limit.name].remove(claimed)


class RetryQuota:
    """Retries that a host may still be given, shared by all calls to it.

    When a host fails for everybody, the bucket runs dry and each call then fails at its first
    attempt instead of multiplying the load by the number of attempts.
    """

    CAPACITY = 100.0
    COST = 5.0
    REFUND = 1.0

    def __init__(self) -> None:
        self._left = self.CAPACITY
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        """Forget a lock that another thread of the parent may have held."""
        self._lock = threading.Lock()

    def spend(self) -> bool:
        """Pay for one retry; False when there is nothing left."""
        with self._lock:
            if self._left < self.COST:
                return False
            self._left -= self.COST
            return True

    def succeeded(self, retries_paid: int) -> None:
        """Give back what a successful call had paid, and a little for one that paid nothing."""
        with self._lock:
            gain = self.COST * retries_paid if retries_paid else self.REFUND
            self._left = min(self.CAPACITY, self._left + gain)

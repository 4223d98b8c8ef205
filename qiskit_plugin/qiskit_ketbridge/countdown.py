"""How much of a time that covers several waits is left."""

from __future__ import annotations

import time
from collections.abc import Callable


def countdown(timeout_s: float | None) -> Callable[[], float | None]:
    """Return what tells how much of a time is left from now on, in seconds.

    Args:
        timeout_s: the time; None where there is no limit, of which None is always left.
    """
    if timeout_s is None:
        return lambda: None
    end = time.monotonic() + timeout_s
    return lambda: max(0.0, end - time.monotonic())

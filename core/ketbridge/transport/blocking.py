"""Blocking work in a thread of its own, so that no event loop and no deadline waits for it."""

from __future__ import annotations

import asyncio
import contextvars
import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import Any

from ..errors import DeadlineExceeded


@dataclass(frozen=True, slots=True)
class Done:
    """What came of blocking work: its value, or the error that it raised."""

    value: Any = None
    error: Exception | None = None


def perform(run: Callable[[float], Any], left_s: float) -> Done:
    """Do blocking work and wait for it, at most ``left_s`` seconds.

    Work that is not done by then is left to itself: it is given the same limit, and ends soon.
    """
    future = _begin(run, left_s)
    try:
        return future.result(None if math.isinf(left_s) else left_s)
    except FutureTimeout:
        return _too_late()


async def aperform(run: Callable[[float], Any], left_s: float) -> Done:
    """Do blocking work while the event loop goes on; see `perform`."""
    future = asyncio.wrap_future(_begin(run, left_s))
    try:
        return await asyncio.wait_for(future, None if math.isinf(left_s) else left_s)
    except TimeoutError:
        return _too_late()


def _begin(run: Callable[[float], Any], left_s: float) -> Future[Done]:
    future: Future[Done] = Future()
    context = contextvars.copy_context()

    def work() -> None:
        done: Done
        try:
            done = Done(context.run(run, left_s))
        except Exception as error:  # noqa: BLE001 - it is raised where the work was asked for
            done = Done(error=error)
        if future.set_running_or_notify_cancel():
            future.set_result(done)

    threading.Thread(target=work, name="ketbridge-blocking", daemon=True).start()
    return future


def _too_late() -> Done:
    return Done(error=DeadlineExceeded("the work was not done when the time of the call was over"))

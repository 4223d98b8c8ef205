"""Several flows of one call at the same time, in threads or as tasks."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from typing import Any

from .blocking import Done
from .policy import Steps

MOST = 8
"""How many are under way at a time: enough to hide the way to a service, few enough for it."""


def drive_all(drive: Callable[[Steps[Any]], Any], flows: Sequence[Steps[Any]]) -> list[Done]:
    """Carry out flows in threads and wait for all of them.

    What ends the wait early, such as Ctrl-C, lets no further one begin; those under way end by
    themselves.
    """
    if len(flows) <= 1:
        return [_done(drive, flow) for flow in flows]
    found: list[Done] = [Done()] * len(flows)
    left = iter(range(len(flows)))
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                at = next(left, None)
            if at is None:
                return
            found[at] = _done(drive, flows[at])

    threads = [
        threading.Thread(
            target=contextvars.copy_context().run, args=(work,), name="ketbridge-flow", daemon=True
        )
        for _ in range(min(MOST, len(flows)))
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    finally:
        with lock:
            _exhaust(left)
    return found


async def adrive_all(
    drive: Callable[[Steps[Any]], Coroutine[Any, Any, Any]], flows: Sequence[Steps[Any]]
) -> list[Done]:
    """Carry out flows as tasks of the running loop; a cancellation cancels all of them."""
    places = asyncio.Semaphore(MOST)

    async def one(flow: Steps[Any]) -> Done:
        async with places:
            try:
                return Done(await drive(flow))
            except Exception as error:  # noqa: BLE001 - it is raised where the flows were asked for
                return Done(error=error)

    return list(await asyncio.gather(*map(one, flows)))


def _done(drive: Callable[[Steps[Any]], Any], flow: Steps[Any]) -> Done:
    try:
        return Done(drive(flow))
    except Exception as error:  # noqa: BLE001 - it is raised where the flows were asked for
        return Done(error=error)


def _exhaust(left: Iterator[int]) -> None:
    for _ in left:
        pass

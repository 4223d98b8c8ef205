"""Worker processes: simulations are sent in batches to any ``concurrent.futures.Executor``.

A batch holds what has gathered while all workers were busy, so that many small circuits cost few
messages and one circuit alone does not wait. The default executor is a loky pool: it starts its
processes without running the user's main script again, so a script needs no
``if __name__ == "__main__"`` guard.
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Any

MAX_BATCH = 32
GROWTH_BYTES = 2 * 10**9
"""How much the memory of a process may grow before another takes its place."""

Work = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """Work on its way to a worker; a tuple that begins with a function is a task of Dask's own."""

    function: Callable[..., Any]
    args: tuple[Any, ...]


class WorkError(Exception):
    """A job fails with this code and message of its service."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


class Workers:
    """Runs functions in an executor, several in one message.

    Args:
        executor: where to run; None for a pool of processes that ends with `close`.
        parallel: number of batches in flight; None for the number of cores, at most 4.
    """

    def __init__(self, executor: Executor | None = None, parallel: int | None = None) -> None:
        self._parallel = parallel or max(1, min(4, os.cpu_count() or 1))
        self._owned = executor is None
        self._executor = executor or _process_pool(self._parallel)
        self._waiting: deque[tuple[Parcel, asyncio.Future[Any]]] = deque()
        self._busy = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def warm(self, function: Callable[[], object]) -> None:
        """Let every worker load what it will need, without waiting for it."""
        for _ in range(self._parallel):
            self._executor.submit(function)

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Run one function in a worker and return its result.

        Raises:
            WorkError: the function raised it; any other error of the function comes as it is.
        """
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.append((Parcel(function, args), future))
        self._loop.call_soon(self._dispatch)
        return await future

    def _dispatch(self) -> None:
        while self._busy < self._parallel and self._waiting:
            share = -(-len(self._waiting) // self._parallel)
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, share))]
            batch = [entry for entry in batch if not entry[1].done()]
            if batch:
                self._send(batch)

    def _send(self, batch: list[tuple[Parcel, asyncio.Future[Any]]]) -> None:
        assert self._loop is not None
        loop = self._loop
        futures = [future for _, future in batch]
        try:
            sent = self._executor.submit(run_batch, [parcel for parcel, _ in batch])
        except RuntimeError as error:  # the pool was shut down or broke
            _settle(futures, [error] * len(futures))
            return
        self._busy += 1
        sent.add_done_callback(lambda done: _on_loop(loop, self._finish, futures, done))

    def _finish(self, futures: list[asyncio.Future[Any]], done: Future[list[Any]]) -> None:
        self._busy -= 1
        error = done.exception()
        _settle(futures, [error] * len(futures) if error else done.result())
        self._dispatch()

    def close(self) -> None:
        """End the pool if it is ours; an executor that was given is left alone."""
        if self._owned:
            self._executor.shutdown(wait=True, kill_workers=True)  # type: ignore[call-arg]


def run_batch(batch: Sequence[Parcel]) -> list[Any]:
    """Run functions one after the other; an error takes the place of its result."""
    outcomes: list[Any] = []
    for parcel in batch:
        try:
            outcomes.append(parcel.function(*parcel.args))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # noqa: BLE001 - it is the job's outcome
            # A panic in compiled code is no Exception, and a future cannot hold a StopIteration.
            plain = isinstance(error, Exception) and not isinstance(error, StopIteration)
            outcomes.append(error if plain else RuntimeError(f"{type(error).__name__}: {error}"))
    return outcomes


def _on_loop(
    loop: asyncio.AbstractEventLoop,
    finish: Callable[..., None],
    futures: list[asyncio.Future[Any]],
    done: Future[list[Any]],
) -> None:
    if not loop.is_closed() and not done.cancelled():
        loop.call_soon_threadsafe(finish, futures, done)


def _settle(futures: list[asyncio.Future[Any]], outcomes: Sequence[Any]) -> None:
    for future, outcome in zip(futures, outcomes, strict=True):
        if future.done():
            continue
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _process_pool(size: int) -> Executor:
    from loky import ProcessPoolExecutor

    # What simulators load in their first jobs is no leak, for which loky would restart a worker and
    # warn; where warnings are errors, that ends the pool.
    env = {"LOKY_MAX_MEMORY_LEAK_SIZE": str(GROWTH_BYTES)}
    pool: Executor = ProcessPoolExecutor(max_workers=size, env=env)
    return pool

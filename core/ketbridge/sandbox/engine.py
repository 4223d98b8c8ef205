"""The queue: jobs of every service wait, run in workers, take time, and can be cancelled.

All of it happens on the sandbox's event loop, so nothing here needs a lock. A service keeps its own
record of a job and puts a `Ticket` into it; the engine moves the ticket through its stages.
"""

from __future__ import annotations

import asyncio
import enum
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .workers import Work, WorkError, Workers


class Stage(enum.Enum):
    """Where a job is."""

    SUBMITTED = "submitted"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        """Whether no other stage can follow."""
        return self in (Stage.DONE, Stage.FAILED, Stage.CANCELLED)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a machine lets a job wait and run, in seconds; simulating may take longer.

    Attributes:
        queue_s: wait before it starts, even when nothing is ahead.
        run_s: least run time.
        slots: jobs that run side by side.
    """

    queue_s: float = 0.0
    run_s: float = 0.0
    slots: int = 64


@dataclass(eq=False)
class Ticket:
    """A job's way through the queue of one machine.

    Attributes:
        machine: name of the machine.
        work: what to compute, one entry a circuit.
        stage: where it is.
        submitted, started, ended: times in UTC, None while not reached.
        outcomes: what the work returned, in order, once it is done.
        failure: the service's code and message, once it failed.
        expected_ms: the wait and the run time that were expected at submission, in milliseconds.
        prepare: finds out what to compute when its turn has come, where that is not known before.
        deliver: brings away what the work returned, before the job counts as done.
    """

    machine: str
    work: Sequence[Work] = ()
    stage: Stage = Stage.SUBMITTED
    submitted: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: datetime | None = None
    ended: datetime | None = None
    outcomes: Sequence[Any] = ()
    failure: tuple[str, str] | None = None
    expected_ms: tuple[int, int] = (0, 0)
    task: asyncio.Task[None] | None = None
    prepare: Callable[[], Awaitable[Sequence[Work]]] | None = None
    deliver: Callable[[Sequence[Any]], Awaitable[None]] | None = None

    def fail(self, code: str, message: str) -> None:
        """End it with a failure code of its service."""
        if not self.stage.final:
            self.failure = (code, message)
        self.end(Stage.FAILED)

    def end(self, stage: Stage) -> None:
        """Put it into a final stage, once."""
        if not self.stage.final:
            self.stage = stage
            self.ended = datetime.now(UTC)

    @property
    def run_time_s(self) -> float | None:
        """Time from start to end, in seconds, once both are known."""
        if self.started is None or self.ended is None:
            return None
        return (self.ended - self.started).total_seconds()


class Engine:
    """Runs tickets: each machine in the order of submission, on shared workers.

    Args:
        workers: where the work is computed.

    Attributes:
        timing: how long each machine takes; a machine that is not named takes no extra time.
    """

    def __init__(self, workers: Workers) -> None:
        self.workers = workers
        self.timing: dict[str, Timing] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._tickets: set[Ticket] = set()

    def submit(self, ticket: Ticket) -> None:
        """Put a ticket into its machine's queue."""
        wait_s, run_s = self.expected_wait_s(ticket.machine), self.time_of(ticket.machine).run_s
        ticket.expected_ms = (round(wait_s * 1000), round(run_s * 1000))
        self._tickets.add(ticket)
        ticket.task = asyncio.get_running_loop().create_task(self._carry(ticket))
        ticket.task.add_done_callback(lambda task: self._left(ticket, task))

    def _left(self, ticket: Ticket, task: asyncio.Task[None]) -> None:
        """See that a ticket whose task has ended, however it ended, is in a final stage."""
        self._tickets.discard(ticket)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            ticket.fail("InternalError", f"{type(error).__name__}: {error}")
        ticket.end(Stage.CANCELLED)

    def cancel(self, ticket: Ticket) -> bool:
        """Cancel a ticket that has not ended; return whether it is cancelled now."""
        ticket.end(Stage.CANCELLED)
        if ticket.task is not None:
            ticket.task.cancel()
        return ticket.stage is Stage.CANCELLED

    def time_of(self, machine: str) -> Timing:
        """Return how long a machine takes."""
        return self.timing.get(machine, Timing())

    def waiting_on(self, machine: str) -> int:
        """Return how many jobs of a machine have not ended."""
        return sum(ticket.machine == machine for ticket in self._tickets)

    def expected_wait_s(self, machine: str) -> float:
        """Return how long a job submitted now would wait, in seconds."""
        timing = self.time_of(machine)
        return timing.queue_s + timing.run_s * (self.waiting_on(machine) // timing.slots)

    async def _carry(self, ticket: Ticket) -> None:
        timing = self.time_of(ticket.machine)
        slots = self._slots.setdefault(ticket.machine, asyncio.Semaphore(timing.slots))
        ticket.stage = Stage.READY
        await asyncio.sleep(timing.queue_s)
        async with slots:
            ticket.stage = Stage.RUNNING
            ticket.started = datetime.now(UTC)
            try:
                ticket.outcomes = await self._compute(ticket, timing.run_s)
            except WorkError as error:
                ticket.fail(error.code, error.message)
            except Exception as error:  # noqa: BLE001 - any error of a simulation fails its job
                ticket.fail("InternalError", f"{type(error).__name__}: {error}")
            else:
                ticket.end(Stage.DONE)

    async def _compute(self, ticket: Ticket, run_s: float) -> Sequence[Any]:
        begin = asyncio.get_running_loop().time()
        if ticket.prepare is not None:
            ticket.work = await ticket.prepare()
        outcomes = await asyncio.gather(*(self.workers.run(f, *args) for f, args in ticket.work))
        left = begin + run_s - asyncio.get_running_loop().time()
        if left > 0:
            await asyncio.sleep(left)
        if ticket.deliver is not None:
            await ticket.deliver(outcomes)
        return outcomes

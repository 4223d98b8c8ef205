"""Taking, cancelling and closing: what changes a job or a session."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from ..engine import Engine, Stage, Ticket
from ..service import HttpError
from .access import Caller
from .account import Account
from .fleet import Fleet
from .intake import check_payload, estimate_s
from .programs import run
from .programs.task import Task
from .records import RAN_TOO_LONG, Record
from .sessions import Session, Sessions
from .store import Store

RATE_PERIOD_S = 60.0
OVER_LIMIT = 1403


class Desk:
    """Makes a job of what was sent.

    Args:
        engine: runs the jobs.
        fleet: the machines.
        store: keeps the jobs.
        sessions: those that jobs may belong to.
        account: knows how much may still be used.
        noisy: tells whether a machine's errors are simulated.
        jobs_per_minute: how many jobs a user may submit in a minute; None for any number.
    """

    def __init__(
        self,
        engine: Engine,
        fleet: Fleet,
        store: Store,
        sessions: Sessions,
        account: Account,
        *,
        noisy: Callable[[str], bool],
        jobs_per_minute: int | None,
    ) -> None:
        self._engine = engine
        self._fleet = fleet
        self._store = store
        self._sessions = sessions
        self._account = account
        self._noisy = noisy
        self._rate = jobs_per_minute
        self._submitted: dict[str, deque[float]] = defaultdict(deque)

    def take(self, payload: dict[str, Any], caller: Caller, new: bool) -> Record:
        """Take a job.

        Raises:
            HttpError: it is not well-formed (400), its program or session does not exist (404), the
                instance has used up its time (409), or the user submits too often (429).
        """
        self._count(caller.user)
        device = check_payload(payload, self._fleet, new)
        if self._account.exhausted(self._store.all()):
            raise HttpError(409, "The instance has used all of its time.", code=OVER_LIMIT)
        params = payload["params"]
        task = Task(payload["program_id"], params, device.snapshot, self._noisy(device.name))
        record = Record(
            payload={name: value for name, value in payload.items() if name != "params"},
            params=params,
            backend=device.name,
            user=caller.user,
            ticket=Ticket(device.name, [(run, (task,))]),
            estimate_s=estimate_s(payload["program_id"], params, device),
            shot_s=device.shot_s,
            tags=list(payload.get("tags") or ()),
        )
        if record.session is not None:
            self._sessions.find(record.session).take(record)
        self._store.add(record)
        self._engine.timing.setdefault(device.name, device.timing)
        self._engine.submit(record.ticket)
        self._limit(record)
        return record

    def cancel(self, record: Record) -> None:
        """Cancel a job.

        Raises:
            HttpError: it has ended (409).
        """
        if not record.pending:
            raise HttpError(409, f"The job is {record.status} and cannot be cancelled.")
        self._engine.cancel(record.ticket)

    def delete(self, record: Record) -> None:
        """Delete a job and its result.

        Raises:
            HttpError: it has not ended (400).
        """
        if record.pending:
            raise HttpError(400, f"The job is {record.status}; cancel it before it is deleted.")
        self._store.remove(record)

    def close(self, session: Session) -> None:
        """End a session: jobs that wait will not run, those that run go on."""
        session.close("Session closed by the user.")
        for record in session.jobs:
            if record.ticket.stage in (Stage.SUBMITTED, Stage.READY):
                self._engine.cancel(record.ticket)

    def _count(self, user: str) -> None:
        if self._rate is None:
            return
        now, times = time.monotonic(), self._submitted[user]
        while times and now - times[0] >= RATE_PERIOD_S:
            times.popleft()
        if len(times) >= self._rate:
            raise HttpError(429, f"At most {self._rate} jobs a minute can be submitted.")
        times.append(now)

    def _limit(self, record: Record) -> None:
        """End a job that runs longer than the seconds it was given."""
        seconds = record.payload.get("cost")
        if not seconds or record.ticket.task is None:
            return

        def end() -> None:
            if record.pending and record.ticket.started is not None:
                record.ticket.fail(RAN_TOO_LONG, "The job ran longer than its maximal time.")
                self._engine.cancel(record.ticket)

        timing = self._engine.time_of(record.backend)
        loop = record.ticket.task.get_loop()
        handle = loop.call_later(timing.queue_s + seconds, end)
        record.ticket.task.add_done_callback(lambda _: handle.cancel())

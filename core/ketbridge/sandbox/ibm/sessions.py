"""Sessions and batches: their states, their times to live, which jobs they take."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..service import HttpError
from .records import Record
from .wire import iso

MODES = ("batch", "dedicated")
MAX_TTL_S = 28800
INTERACTIVE_TTL_S = {"dedicated": 60, "batch": 1}
"""How long a session stays active without a job, in seconds."""
CLOSED = 1217


@dataclass(eq=False)
class Session:
    """One session (``dedicated``) or batch.

    Attributes:
        mode: ``dedicated`` or ``batch``.
        backend: name of its machine; None until its first job, if none was named.
        user: who opened it.
        limits: its times to live, in seconds.
        jobs: its jobs, oldest first.
        accepting: whether it takes jobs, unless it is closed.
        closed: when it ended.
        reason: why it ended.
    """

    mode: str
    backend: str | None
    user: str
    limits: Mapping[str, int]
    id: str = field(default_factory=lambda: f"d{secrets.token_hex(10)[:19]}")
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    jobs: list[Record] = field(default_factory=list)
    accepting: bool = True
    closed: datetime | None = None
    reason: str = ""

    @property
    def state(self) -> str:
        """Its state now; times that have run out close it."""
        self._expire()
        if self.closed is not None:
            return "closed"
        if not self.started_jobs:
            return "open"
        return "active" if self._idle_s() < self.limits["interactive_ttl"] else "inactive"

    @property
    def taking(self) -> bool:
        """Whether it takes jobs."""
        return self.state != "closed" and self.accepting

    @property
    def started_jobs(self) -> list[Record]:
        """Its jobs that have begun."""
        return [job for job in self.jobs if job.ticket.started is not None]

    @property
    def activated(self) -> datetime | None:
        """When its first job began."""
        return min((job.ticket.started for job in self.jobs if job.ticket.started), default=None)

    @property
    def elapsed_s(self) -> float:
        """How long it has been active, in seconds."""
        if self.activated is None:
            return 0.0
        return max(0.0, ((self.closed or datetime.now(UTC)) - self.activated).total_seconds())

    def take(self, record: Record) -> None:
        """Add a job.

        Raises:
            HttpError: it is closed, takes no more jobs, or is for another machine (400).
        """
        if not self.taking:
            raise HttpError(400, "The session is closed or accepts no more jobs.", code=CLOSED)
        if self.backend not in (None, record.backend):
            raise HttpError(400, f"The session is for {self.backend}.")
        self.backend = record.backend
        self.jobs.append(record)

    def stop_taking(self) -> None:
        """Take no more jobs; it closes when those that it has are done."""
        self.accepting = False
        self._expire()

    def close(self, reason: str) -> None:
        """End it, once."""
        if self.closed is None:
            self.closed, self.reason, self.accepting = datetime.now(UTC), reason, False

    def shown(self) -> dict[str, Any]:
        """Show it as the service does."""
        state = self.state
        found: dict[str, Any] = {
            "id": self.id,
            "backend_name": self.backend,
            "mode": self.mode,
            "state": state,
            "state_reason": self.reason,
            "accepting_jobs": self.taking,
            "user_id": self.user,
            **self.limits,
            "elapsed_time": self.elapsed_s,
            "timestamps": [{"status": "open", "timestamp": iso(self.created)}],
        }
        times = {
            "started_at": self.activated,
            "activated_at": self.activated,
            "closed_at": self.closed,
            "last_job_started": _last(job.ticket.started for job in self.jobs),
            "last_job_completed": _last(job.ticket.ended for job in self.jobs),
        }
        found |= {name: iso(time) for name, time in times.items() if time is not None}
        for status, time in (("active", self.activated), ("closed", self.closed)):
            if time is not None:
                found["timestamps"].append({"status": status, "timestamp": iso(time)})
        return found

    def _idle_s(self) -> float:
        if any(job.pending for job in self.jobs):
            return 0.0
        last = _last(job.ticket.ended for job in self.jobs)
        return 0.0 if last is None else (datetime.now(UTC) - last).total_seconds()

    def _expire(self) -> None:
        if self.closed is not None:
            return
        if not self.accepting and not any(job.pending for job in self.jobs):
            self.close("Session closed by the user.")
        elif self._age_s() >= self.limits["max_ttl"]:
            self.close("Session ran for its maximal time.")

    def _age_s(self) -> float:
        return (datetime.now(UTC) - (self.activated or self.created)).total_seconds()

    @property
    def expires(self) -> datetime:
        """When its longest time is over."""
        return (self.activated or self.created) + timedelta(seconds=self.limits["max_ttl"])


def _last(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)


class Sessions:
    """All sessions of the service."""

    def __init__(self, backends: Callable[[], Iterable[str]]) -> None:
        self._backends = backends
        self._sessions: dict[str, Session] = {}

    def open(self, payload: Mapping[str, Any], user: str) -> Session:
        """Open a session or batch.

        Raises:
            HttpError: the mode, the machine or a time is not usable (400).
        """
        mode = payload.get("mode")
        if mode not in MODES:
            raise HttpError(400, f'"mode" must be one of {", ".join(MODES)}.')
        backend = payload.get("backend") or payload.get("backend_name")
        if backend is not None and backend not in self._backends():
            raise HttpError(400, f"There is no backend {str(backend)[:64]!r}.")
        session = Session(mode, backend, user, _limits(payload, mode))
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> Session:
        """Return a session.

        Raises:
            HttpError: there is none of that id (404).
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise HttpError(404, f"Session {session_id[:64]} was not found.")
        return session

    def all(self) -> list[Session]:
        """List all sessions, oldest first."""
        return list(self._sessions.values())


def _limits(payload: Mapping[str, Any], mode: str) -> dict[str, int]:
    longest = _seconds(payload, "max_ttl", MAX_TTL_S)
    active = _seconds(payload, "active_ttl", longest)
    interactive = _seconds(payload, "interactive_ttl", min(INTERACTIVE_TTL_S[mode], active))
    if not interactive <= active <= longest:
        raise HttpError(400, "interactive_ttl must be at most active_ttl, and that max_ttl.")
    return {"max_ttl": longest, "active_ttl": active, "interactive_ttl": interactive}


def _seconds(payload: Mapping[str, Any], name: str, default: int) -> int:
    value = payload.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise HttpError(400, f'"{name}" must be a whole number of seconds, at least 1.')
    return value

"""Sessions: a stretch of time in which one user's jobs go first on a machine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class SessionLimits:
    """What ends a session by itself; None where nothing of ours does.

    Attributes:
        max_jobs: number of jobs.
        max_time_s: time from its start, in seconds.
        max_cost: money, in ``cost_unit``.
        cost_unit: unit of the money.
    """

    max_jobs: int | None = None
    max_time_s: float | None = None
    max_cost: float | None = None
    cost_unit: str = "usd"


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """What a service says of a session.

    Attributes:
        id: the service's id.
        status: the service's own word.
        active: whether it takes jobs.
        backend: the machine.
        limits: what ends it by itself, as the service keeps it.
        created, started, ended: times with a zone.
        detail: the service's typed answer, for what only this service has.
    """

    id: str
    status: str
    active: bool
    backend: str | None = None
    limits: SessionLimits = SessionLimits()
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    detail: Any = None

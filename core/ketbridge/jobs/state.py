"""What a service says of a job, in the same words for every cloud."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any


class JobStatus(enum.Enum):
    """State of a job, the same words for every cloud."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Whether no other state can follow."""
        return self in (JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class JobState:
    """What the service says of a job at one moment.

    Attributes:
        status: the state in our words.
        raw: the state in the service's words.
        failure_code: the service's code of a failure.
        failure_reason: the service's own words on a failure.
        queue_position: jobs ahead, where the service says so.
        expected_wait_s: predicted time until it starts, in seconds.
        expected_run_s: predicted run time, in seconds.
        run_s: measured run time, in seconds.
        created, started, ended: times with a zone.
        detail: the service's typed answer, for what only this service has.
    """

    status: JobStatus
    raw: str
    failure_code: str | None = None
    failure_reason: str = ""
    queue_position: int | None = None
    expected_wait_s: float | None = None
    expected_run_s: float | None = None
    run_s: float | None = None
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    detail: Any = None


@dataclass(frozen=True, slots=True)
class JobInfo:
    """One line of a list of jobs."""

    id: str
    backend: str
    state: JobState
    name: str = ""
    shots: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """An amount of money or of time that a service charges.

    Attributes:
        value: the amount.
        unit: the service's own unit, for example ``usd``.
        estimated: whether the service calls it an estimate.
    """

    value: float
    unit: str
    estimated: bool

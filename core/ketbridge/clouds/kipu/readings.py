"""The service's answers in the words of Ketbridge: pure functions, tables at the top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...jobs.state import JobInfo, JobState, JobStatus
from ..sessions import SessionInfo, SessionLimits
from ..wire import instant
from . import tags
from .models import Job, Session, SessionStatus
from .models import JobStatus as Word

STATUS = {
    Word.PENDING: JobStatus.QUEUED,
    Word.RUNNING: JobStatus.RUNNING,
    Word.CANCELLING: JobStatus.RUNNING,
    Word.COMPLETED: JobStatus.DONE,
    Word.FAILED: JobStatus.FAILED,
    Word.ABORTED: JobStatus.FAILED,
    Word.CANCELLED: JobStatus.CANCELLED,
}
"""The service's UNKNOWN is a state that passes, like any unlisted word."""

TAKES_JOBS = (SessionStatus.OPEN, SessionStatus.ACTIVE, SessionStatus.INACTIVE)

_REASONS = ("reason", "message", "error", "failureReason", "errorMessage", "detail", "results")
_CODES = ("reason_code", "code", "error_code", "errorCode")


def state(job: Job, failure: tuple[str | None, str] | None = None) -> JobState:
    """Read the state of a job.

    Args:
        job: the job.
        failure: code and reason of a failure, which a job does not have itself.
    """
    word = job.status or Word.UNKNOWN_STATE
    code, reason = failure or (None, "")
    if word is Word.ABORTED:
        reason = reason or "the service aborted it"
    return JobState(
        STATUS.get(word, JobStatus.UNKNOWN),
        str(word),
        failure_code=code,
        failure_reason=reason,
        run_s=None if job.runtime is None else job.runtime / 1000,
        created=instant(job.created_at),
        started=instant(job.started_at),
        ended=instant(job.ended_at),
        detail=job,
    )


def failure(data: Any) -> tuple[str | None, str]:
    """Read code and reason from the result of a failed job, whose members are not documented."""
    if not isinstance(data, Mapping):
        return None, str(data or "")[:500]
    nested = data.get("error")
    inner = nested if isinstance(nested, Mapping) else data
    code = next((inner[name] for name in _CODES if inner.get(name) is not None), None)
    reason = next((inner[name] for name in _REASONS if isinstance(inner.get(name), str)), "")
    return None if code is None else str(code), reason


def job_info(job: Job) -> JobInfo:
    """Read one line of a list of jobs."""
    return JobInfo(
        job.id,
        job.backend_id or "",
        state(job),
        job.name or "",
        job.shots,
        tags.users(job.tags),
    )


def session(answer: Session) -> SessionInfo:
    """Read a session; its limit is the time from its start, or else its making, to its end."""
    begun = instant(answer.started_at) or instant(answer.created_at)
    expires = instant(answer.expires_at)
    life_s = None if begun is None or expires is None else (expires - begun).total_seconds()
    word = answer.status or SessionStatus.UNKNOWN_STATUS
    return SessionInfo(
        answer.id,
        str(word),
        word in TAKES_JOBS,
        answer.backend_id,
        SessionLimits(max_time_s=life_s),
        instant(answer.created_at),
        instant(answer.started_at),
        instant(answer.closed_at),
        answer,
    )

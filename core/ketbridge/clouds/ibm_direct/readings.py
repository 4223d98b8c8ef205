"""The service's answers in the words of Ketbridge: pure functions, tables at the top."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...jobs.state import Cost, JobInfo, JobState, JobStatus
from ..wire import instant
from .models import JobResponse
from .models import JobStatus as Word

STATUS = {
    Word.RUNNING: JobStatus.RUNNING,
    Word.COMPLETED: JobStatus.DONE,
    Word.CANCELLED: JobStatus.CANCELLED,
    Word.FAILED: JobStatus.FAILED,
}
_ENDED_BADLY = (JobStatus.FAILED, JobStatus.CANCELLED)


def state(job: JobResponse) -> JobState:
    """Read the state of a job; one that waits is running, because the service has no other word.

    Its detail has no URLs: a state may be pickled, and whoever has them can read and write.
    """
    known = STATUS.get(job.status, JobStatus.UNKNOWN)
    bad = known in _ENDED_BADLY
    words = (job.reason_message, job.reason_solution)
    return JobState(
        known,
        str(job.status),
        failure_code=str(job.reason_code) if bad and job.reason_code is not None else None,
        failure_reason=" ".join(word for word in words if word) if bad else "",
        run_s=None if used_ns(job) is None else (used_ns(job) or 0) * 1e-9,
        created=instant(job.created_time),
        ended=instant(job.end_time),
        detail=job.model_copy(update={"storage": None}),
    )


def job_info(job: JobResponse) -> JobInfo:
    """Read one line of the list of jobs."""
    return JobInfo(job.id, job.backend, state(job))


def cost(job: JobResponse) -> Cost:
    """Read what a job costs, in nanoseconds of the machine: what it used, else its limit."""
    used = used_ns(job)
    if used is None:
        return Cost((job.timeout_secs or 0) * 1e9, "nanoseconds", True)
    return Cost(float(used), "nanoseconds", estimated=not state(job).status.final)


def used_ns(job: JobResponse) -> int | None:
    """Return how long a job ran on the machine, in nanoseconds; None where nothing is said."""
    return None if job.usage is None else job.usage.quantum_nanoseconds


def matches(job: JobResponse, filters: Mapping[str, Any]) -> bool:
    """Whether a job passes the filters of `IbmDirectCloud.jobs_flow`."""
    found = state(job)
    created = found.created
    after, before = filters.get("created_after"), filters.get("created_before")
    pending = filters.get("pending")
    return (
        filters.get("backend") in (None, job.backend)
        and filters.get("program") in (None, job.program_id)
        and (pending is None or pending is not found.status.final)
        and (after is None or (created is not None and created > after))
        and (before is None or (created is not None and created < before))
    )

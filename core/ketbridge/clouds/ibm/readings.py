"""The service's answers in the words of Ketbridge: pure functions, tables at the top."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from ...jobs.state import Cost, JobInfo, JobState, JobStatus
from ..base import BackendInfo
from ..ibm_shared.primitives import FORMATS
from ..sessions import SessionInfo, SessionLimits
from ..wire import instant
from . import tags
from .models import (
    BackendStatusResponse,
    Device,
    DeviceStatusName,
    JobMetrics,
    JobResponse,
    Link,
    Session,
    SessionState,
)
from .models import JobStatus as Word

STATUS = {
    Word.QUEUED: JobStatus.QUEUED,
    Word.RUNNING: JobStatus.RUNNING,
    Word.COMPLETED: JobStatus.DONE,
    Word.CANCELLED: JobStatus.CANCELLED,
    Word.RAN_TOO_LONG: JobStatus.CANCELLED,
    Word.FAILED: JobStatus.FAILED,
}
_ENDED_BADLY = (JobStatus.FAILED, JobStatus.CANCELLED)


def status(word: Word) -> JobStatus:
    """Read a state; an unlisted word is a cancellation if it begins like one, else UNKNOWN."""
    if word.startswith("Cancelled"):
        return JobStatus.CANCELLED
    return STATUS.get(word, JobStatus.UNKNOWN)


def state(
    job: JobResponse, metrics: JobMetrics | None = None, now: datetime | None = None
) -> JobState:
    """Read the state of a job.

    Args:
        job: the job.
        metrics: its metrics, for times and the place in the queue.
        now: the time from which the predicted start is counted.
    """
    known = status(job.status)
    times = metrics.timestamps if metrics else None
    usage = (metrics.usage if metrics else None) or job.usage
    bad = known in _ENDED_BADLY
    code = job.state.reason_code
    return JobState(
        known,
        str(job.status),
        failure_code=None if code is None or not bad else str(code),
        failure_reason=_reason(job) if bad else "",
        queue_position=metrics.position_in_queue if metrics else None,
        expected_wait_s=_until(metrics.estimated_start_time if metrics else None, now),
        expected_run_s=job.estimated_running_time_seconds,
        run_s=(usage.run_s or usage.charged_s) if usage else None,
        created=instant(job.created),
        started=instant(times.running if times else None),
        ended=instant(times.finished if times else None),
        detail=job,
    )


def _reason(job: JobResponse) -> str:
    """Return why a job has no result: the service's reason and advice, else its status' own."""
    words = [text for text in (job.state.reason, job.state.reason_solution) if text]
    if not words and " - " in job.status:
        return job.status.partition(" - ")[2]
    return " ".join(words)


def _until(text: str | None, now: datetime | None) -> float | None:
    moment = instant(text)
    return None if moment is None or now is None else max(0.0, (moment - now).total_seconds())


def job_info(job: JobResponse) -> JobInfo:
    """Read one line of a list of jobs."""
    return JobInfo(job.id, job.backend or "", state(job), tags=tags.users(job.tags))


def backend_info(device: Device) -> BackendInfo:
    """Read one line of the list of machines; its gates are in its configuration."""
    wait = device.wait_time_seconds
    return BackendInfo(
        device.name,
        "ibm",
        device.qubits or 0,
        str(device.status.name),
        online=device.status.name is DeviceStatusName.ONLINE,
        simulator=device.is_simulator,
        formats=FORMATS,
        queue_time_s=None if wait is None else float(wait.average),
        queue_order=None if wait is None else float(wait.average),
        queue_length=device.queue_length,
        detail=device,
    )


def online(answer: BackendStatusResponse) -> bool:
    """Whether a machine takes jobs and works on them."""
    return answer.state is not False and answer.status in (None, "active", "online")


def session(answer: Session) -> SessionInfo:
    """Read a session or batch."""
    life, takes = answer.max_ttl, answer.accepting_jobs
    closed = answer.state is SessionState.CLOSED
    return SessionInfo(
        answer.id,
        str(answer.state or SessionState.OPEN),
        not closed if takes is None else takes and not closed,
        answer.backend_name,
        SessionLimits(max_time_s=None if life is None else float(life)),
        instant(answer.started_at),
        instant(answer.activated_at),
        instant(answer.closed_at),
        answer,
    )


def cost(job: JobResponse, metrics: JobMetrics) -> Cost:
    """Read what a job costs, in seconds of the machine.

    What was charged, else the service's estimate of the run time, else the limit of the job.
    """
    for usage in (metrics.usage, job.usage):
        charged_s = usage.charged_s if usage else None
        if charged_s is not None:
            return Cost(charged_s, "seconds", estimated=not status(job.status).final)
    expected_s = job.estimated_running_time_seconds
    return Cost(expected_s if expected_s is not None else float(job.cost or 0), "seconds", True)


def cursor(link: Link | None, name: str) -> str | None:
    """Return the cursor that is a parameter of the address of a further page."""
    if link is None or not link.href:
        return None
    href = link.href if isinstance(link.href, str) else link.href[0]
    return next(iter(parse_qs(urlsplit(href).query).get(name, ())), None)

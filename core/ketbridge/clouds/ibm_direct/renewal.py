"""Submitting a job again whose presigned URLs ran out before it was read.

The id of the new job is made of the old one's, so that whoever notices first renews it and
everybody else finds it: the service refuses a second job of one id.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from ...errors import NotFound, RequestRefused
from ...storage import LONGEST_LOAN_S
from ...transport.operation import Flow
from ..wire import instant
from . import operations
from .models import JobResponse, JobStatus
from .readings import used_ns
from .storing import Folders, Kept

MOST = 3
"""How many times one job is renewed."""
QUEUE_S = 24 * 3600.0
"""How long a job may wait before its presigned URLs run out."""
MARGIN_S = 3600.0
"""How much longer than wait and run the presigned URLs live."""
SKEW_S = 15 * 60.0
"""How far clocks may be apart; a store refuses more."""
_CONFLICT = 409


def expiry(queue_s: float, limit_s: float) -> datetime:
    """Return when presigned URLs that are signed now are to run out, by this computer's clock.

    A store reads the time of signing in the same clock, so that a wrong one makes them no shorter.

    Args:
        queue_s: how long the job may wait, in seconds.
        limit_s: longest time on the machine, in seconds.
    """
    life_s = min(queue_s + limit_s + MARGIN_S, LONGEST_LOAN_S)
    return datetime.now(UTC) + timedelta(seconds=life_s)


def successor(job_id: str) -> str | None:
    """Return the id under which a job is renewed; None for an id that is none of ours."""
    try:
        return str(uuid.uuid5(uuid.UUID(job_id), "renewed"))
    except ValueError:
        return None


def may_have_expired(job: JobResponse) -> bool:
    """Whether a job failed and the service says that it has not run for a nanosecond."""
    return job.status is JobStatus.FAILED and used_ns(job) == 0


def has_expired(job: JobResponse, kept: Kept) -> bool:
    """Whether such a job ended after its URLs had run out, so that this is why it failed.

    The service's clock may be behind the one by which they ran out.
    """
    ended = instant(job.end_time)
    return ended is not None and ended + timedelta(seconds=SKEW_S) >= kept.expires


def chain(job_id: str, folders: Folders) -> Flow[list[JobResponse]]:
    """Fetch a job and what it was renewed as, oldest first.

    Raises:
        NotFound: there is no such job.
    """
    found = [(yield from _job(job_id, folders))]
    while may_have_expired(found[-1]) and len(found) <= MOST:
        following = successor(found[-1].id)
        if following is None:
            break
        try:
            found.append((yield from _job(following, folders)))
        except NotFound:
            break
    return found


def cancel(job_id: str, folders: Folders) -> Flow[None]:
    """Cancel a job, or what it was renewed as; one that is cancelled already needs no more.

    Raises:
        RequestRefused: it has ended otherwise (409).
    """
    try:
        yield operations.cancel_job(job_id)
    except RequestRefused as error:
        if error.status != _CONFLICT:
            raise
        last = (yield from chain(job_id, folders))[-1]
        if last.status is JobStatus.CANCELLED:
            return
        if last.id == job_id:
            raise
        yield operations.cancel_job(last.id)


def _job(job_id: str, folders: Folders) -> Flow[JobResponse]:
    """Fetch a job; one that was deleted to make room is kept in the bucket."""
    try:
        return (yield operations.get_job(job_id))  # type: ignore[no-any-return]
    except NotFound:
        kept = yield from folders.kept_job(job_id)
        if kept is None:
            raise
        return kept

"""What became of a submission that broke off: found, or surely absent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import AmbiguousSubmissionError, LedgerError
from ..jobs.handle import Job
from ..transport.operation import Flow, Pause

if TYPE_CHECKING:
    from ..jobs.submission import Submission
    from .base import Cloud

SURELY_SENT = timedelta(hours=1)
"""Age from which on no byte of a submission is on its way any more."""


def settle(cloud: Cloud, submission_id: str) -> Job | None:
    """Find out what became of a submission, and note it; see `Cloud.settle`.

    Raises:
        LedgerError, AmbiguousSubmissionError, TransportError: as `Cloud.settle` says.
    """
    entry = cloud.ledger.entry(submission_id)
    if entry is None:
        raise LedgerError(f"there is no submission {submission_id} in {cloud.ledger.path}")
    submission, job_id = entry.submission, entry.submission.job_id
    if entry.open:
        if cloud.ledger.is_sending(submission_id):
            raise AmbiguousSubmissionError(
                f"submission {submission_id} is still being sent: settle it when that has ended",
                submission_id=submission_id,
            )
        job_id = cloud.run(_found(cloud, submission))
        if job_id is None:
            cloud.ledger.close_entry(submission_id, "the service does not have it")
        else:
            cloud.ledger.accept(submission_id, job_id)
    return None if job_id is None else Job(cloud, job_id, submission.request)


def _found(cloud: Cloud, submission: Submission) -> Flow[str | None]:
    """Ask for the job of a submission that nobody is sending any more.

    A process that died a moment ago may have left a request on its way, and services list a new
    job with a delay. So the absence of a fresh submission counts only after `Cloud.settle_s`.

    Returns:
        The job's id, None where the service surely did not take it.
    """
    found = yield from cloud.find_flow(submission)
    age = datetime.now(UTC) - submission.created
    if found is None and age < SURELY_SENT and cloud.settle_s:
        yield Pause(cloud.settle_s, f"{cloud.name} may list the job of a submission late")
        found = yield from cloud.find_flow(submission)
    return found

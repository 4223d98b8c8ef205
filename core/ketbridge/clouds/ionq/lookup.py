"""Finding out whether the service took a submission, by its id in the jobs' metadata."""

from __future__ import annotations

from ...errors import AmbiguousSubmissionError
from ...jobs.submission import Submission
from ...transport.operation import Flow
from ..paging import CLOCK_MARGIN, ListOrder, advance
from ..wire import instant
from . import metadata, operations
from .models import BaseJob, JobCreationResponse

PAGE = 25
MAX_PAGES = 40


def find(submission: Submission, max_pages: int = MAX_PAGES) -> Flow[JobCreationResponse | None]:
    """Look for the job of a submission among the jobs of its backend.

    The contract does not state the order of the list. Where it has turned out to be newest first,
    the search ends at jobs that are older than the submission; otherwise at the end of the list.

    Returns:
        What the service would have answered, or None where it surely has no such job.

    Raises:
        AmbiguousSubmissionError: the list is too long to be read to its end.
    """
    order = ListOrder()
    seen: set[str] = set()
    cursor: str | None = None
    for _ in range(max_pages):
        page = yield operations.get_jobs(target=submission.request.backend, limit=PAGE, next=cursor)
        for job in page.jobs:
            if _is_of(job, submission):
                return JobCreationResponse(id=job.id, status=job.status, session_id=job.session_id)
        order.see(instant(job.submitted_at) for job in page.jobs)
        if page.next is None or order.passed(submission.created - CLOCK_MARGIN):
            return None
        cursor = advance(page.next, seen)
    raise AmbiguousSubmissionError(
        f"the newest {max_pages * PAGE} jobs do not show whether the submission was taken",
        submission_id=submission.id,
        operation="GetJobs",
    )


def _is_of(job: BaseJob, submission: Submission) -> bool:
    return not job.parent_job_id and metadata.submission_of(job.metadata) == submission.id

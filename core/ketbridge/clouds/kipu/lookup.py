"""Finding out whether the service took a submission, by its tag."""

from __future__ import annotations

from ...errors import AmbiguousSubmissionError
from ...jobs.submission import Submission
from ...transport.operation import Flow
from .. import submission_tag
from ..paging import CLOCK_MARGIN, ListOrder
from ..wire import instant
from . import operations
from .models import Job

PAGE = 100
MAX_PAGES = 40


def find(submission: Submission, max_pages: int = MAX_PAGES) -> Flow[Job | None]:
    """Look for the job that has a submission's tag.

    The service does not filter by tags, and its contract states neither the order of the list nor
    what it can be sorted by. Where it has turned out to be newest first, the search ends at jobs
    that are older than the submission; otherwise at the end of the list.

    Returns:
        The job, or None where the service surely has no such job.

    Raises:
        AmbiguousSubmissionError: the list is too long to be read to its end.
    """
    tag = submission_tag.of(submission)
    order = ListOrder()
    for number in range(max_pages):
        page = yield operations.search_jobs(page=number, size=PAGE)
        jobs: tuple[Job, ...] = page.content or ()
        for job in jobs:
            if tag in (job.tags or ()):
                return job
        order.see(instant(job.created_at) for job in jobs)
        last = number + 1 >= page.total_pages if page.total_pages is not None else not jobs
        if last or order.passed(submission.created - CLOCK_MARGIN):
            return None
    raise AmbiguousSubmissionError(
        f"the first {max_pages * PAGE} jobs of the list do not show whether the submission was "
        "taken",
        submission_id=submission.id,
        operation="searchJobs",
    )

"""Finding out whether the service took a submission, by its tag."""

from __future__ import annotations

from ...errors import AmbiguousSubmissionError
from ...jobs.submission import Submission
from ...transport.operation import Flow
from . import operations, tags
from .models import CreateJobResponse

PAGE = 200
MAX_PAGES = 20


def find(submission: Submission) -> Flow[CreateJobResponse | None]:
    """Look for the job that has a submission's tag.

    Returns:
        What the service would have answered, or None where it surely has no such job.

    Raises:
        AmbiguousSubmissionError: the list has no end, so the service does not filter by tags.
    """
    tag = tags.of(submission)
    offset = 0
    for _ in range(MAX_PAGES):
        page = yield operations.list_jobs(tags=[tag], limit=PAGE, offset=offset)
        jobs = page.jobs or ()
        found = next((job for job in jobs if tag in (job.tags or ())), None)
        if found is not None:
            return CreateJobResponse(
                id=found.id, backend=found.backend, session_id=found.session_id
            )
        offset += len(jobs)
        if len(jobs) < min(PAGE, page.limit) or offset == page.count:
            return None
    raise AmbiguousSubmissionError(
        f"the newest {offset} jobs do not show whether the submission was taken",
        submission_id=submission.id,
        operation="list_jobs",
    )

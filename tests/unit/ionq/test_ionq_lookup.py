"""Finding a submission among the jobs, whatever the order of the list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ketbridge.clouds.ionq import lookup, metadata
from ketbridge.clouds.ionq.models import BaseJob, GetJobsResponse, JobStatus
from ketbridge.errors import AmbiguousSubmissionError, ProtocolError
from ketbridge.jobs.submission import Request, Submission
from ketbridge.transport.operation import Operation

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SUBMISSION = Submission(Request("simulator", (), 1), "ionq", created=NOW)


def job(hours: float, submission: str | None = None, **more: Any) -> BaseJob:
    return BaseJob(
        id=f"job-{hours}",
        status=JobStatus.READY,
        submitted_at=(NOW + timedelta(hours=hours)).isoformat(),
        metadata=None if submission is None else {metadata.SUBMISSION: submission},
        **more,
    )


def look(*pages: list[BaseJob], cursors: list[str | None] | None = None, **limits: int) -> Any:
    """Answer the search with pages; returns what it found and how many pages it took."""
    nexts = cursors or [*(f"c{index}" for index in range(1, len(pages))), None]
    flow = lookup.find(SUBMISSION, **limits)
    asked: list[Operation[Any]] = [next(flow)]
    try:
        for page, cursor in zip(pages, nexts, strict=True):
            asked.append(flow.send(GetJobsResponse(jobs=tuple(page), next=cursor)))
    except StopIteration as end:
        return end.value, asked
    raise AssertionError("the search went on")


def test_the_search_is_among_the_jobs_of_the_backend() -> None:
    _, asked = look([])

    assert [(one.name, one.query) for one in asked] == [
        ("GetJobs", (("target", "simulator"), ("limit", "25")))
    ]


def test_a_job_with_the_id_of_the_submission_is_found_and_ends_the_search() -> None:
    flow = lookup.find(SUBMISSION)
    next(flow)
    page = GetJobsResponse(jobs=(job(0, "other"), job(1, SUBMISSION.id)), next="more")
    with pytest.raises(StopIteration) as end:
        flow.send(page)

    assert (end.value.value.id, end.value.value.status) == ("job-1", JobStatus.READY)


def test_a_list_that_is_newest_first_is_read_back_to_the_submission_only() -> None:
    flow = lookup.find(SUBMISSION)
    next(flow)
    flow.send(GetJobsResponse(jobs=(job(1), job(0)), next="c1"))
    with pytest.raises(StopIteration) as end:
        flow.send(GetJobsResponse(jobs=(job(-1), job(-3)), next="c2"))

    assert end.value.value is None


@pytest.mark.parametrize(
    "pages",
    [
        [[job(-5), job(-4)], [job(-3)], [job(0.1, SUBMISSION.id)]],
        [[job(-5)], [job(-5)], [job(0.1, SUBMISSION.id)]],
        [[job(3), job(-9), job(2)], [job(-9)], [job(0.1, SUBMISSION.id)]],
    ],
    ids=["oldest first", "one a page", "no order"],
)
def test_a_list_in_another_order_is_read_to_its_end(pages: list[list[BaseJob]]) -> None:
    found, asked = look(*pages)

    assert found.id == "job-0.1" and len(asked) == 3


def test_a_submission_is_absent_once_the_list_has_ended() -> None:
    assert look([job(-5), job(-4)], [job(5)])[0] is None


def test_the_circuits_of_a_job_are_not_taken_for_it() -> None:
    child = job(0, SUBMISSION.id, parent_job_id="parent")

    assert look([child])[0] is None


def test_a_job_without_a_readable_time_does_not_end_the_search() -> None:
    odd = BaseJob(id="odd", status=JobStatus.READY, submitted_at="yesterday")

    assert look([odd, job(-8), job(-9)], [job(0, SUBMISSION.id)])[0].id == "job-0"


def test_a_list_that_repeats_a_cursor_is_an_error() -> None:
    with pytest.raises(ProtocolError, match="repeats a cursor"):
        look([job(1)], [job(2)], [job(3)], cursors=["a", "a", "a"])


def test_a_list_too_long_to_be_read_leaves_the_submission_ambiguous() -> None:
    with pytest.raises(AmbiguousSubmissionError) as caught:
        look([job(1)], [job(2)], cursors=["a", "b"], max_pages=2)

    assert caught.value.submission_id == SUBMISSION.id

"""The service's words in ours, and the look-up of a submission, without a network."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from ketbridge.clouds.ibm import lookup, models, readings, tags
from ketbridge.errors import AmbiguousSubmissionError
from ketbridge.jobs.state import Cost, JobStatus
from ketbridge.jobs.submission import Request, Submission
from ketbridge.transport.operation import Flow

SUBMISSION = Submission(Request("ibm_fez", (), 1), "ibm")


def job(**changes: Any) -> models.JobResponse:
    given = {
        "id": "j",
        "status": "Completed",
        "state": {"status": "Completed"},
        "program": {"id": "sampler"},
        "created": "2026-02-01T12:00:00Z",
        "cost": 600,
    }
    return models.JobResponse.model_validate_json(json.dumps(given | changes))


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Queued", JobStatus.QUEUED),
        ("Running", JobStatus.RUNNING),
        ("Completed", JobStatus.DONE),
        ("Cancelled", JobStatus.CANCELLED),
        ("Cancelled - Ran too long", JobStatus.CANCELLED),
        ("Cancelled - By the moon", JobStatus.CANCELLED),
        ("Failed", JobStatus.FAILED),
        ("Simmering", JobStatus.UNKNOWN),
    ],
)
def test_every_word_of_a_state_has_a_meaning(word: str, status: JobStatus) -> None:
    assert readings.state(job(status=word)).status is status


def test_a_reason_is_given_only_for_what_ended_badly() -> None:
    why = {"status": "Failed", "reason": "r", "reason_code": 1517}
    bad, good = (readings.state(job(status=word, state=why)) for word in ("Failed", "Completed"))

    assert (bad.failure_code, bad.failure_reason) == ("1517", "r")
    assert (good.failure_code, good.failure_reason) == (None, "")


@pytest.mark.parametrize(
    ("metrics", "changes", "cost"),
    [
        ({"usage": {"qpu_charge_time_seconds": 20}}, {}, Cost(20, "seconds", False)),
        ({"usage": {"seconds": 3, "quantum_seconds": 2}}, {}, Cost(3, "seconds", False)),
        ({}, {"usage": {"seconds": 4}}, Cost(4, "seconds", False)),
        (
            {},
            {"status": "Queued", "estimated_running_time_seconds": 2.5},
            Cost(2.5, "seconds", True),
        ),
        ({}, {"status": "Queued"}, Cost(600, "seconds", True)),
    ],
)
def test_a_cost_is_what_was_charged_else_what_is_expected_else_the_limit(
    metrics: dict[str, Any], changes: dict[str, Any], cost: Cost
) -> None:
    read = models.JobMetrics.model_validate_json(json.dumps(metrics))

    assert readings.cost(job(**changes), read) == cost


@pytest.mark.parametrize(
    ("href", "cursor"),
    [
        ("https://h/api/v1/workloads?limit=2&next=a%2Bb%3D", "a+b="),
        (("/v1/workloads?next=x",), "x"),
        ("/v1/workloads", None),
        ("", None),
        (None, None),
    ],
)
def test_a_cursor_is_cut_out_of_the_address(href: Any, cursor: str | None) -> None:
    assert readings.cursor(models.Link(href=href), "next") == cursor
    assert readings.cursor(None, "next") is None


# Looking a submission up ------------------------------------------------------------------------


def answer(flow: Flow[Any], *pages: models.JobsResponse) -> Any:
    """Give a flow its replies, the last one as often as it asks."""
    replies = list(pages)
    next(flow)
    try:
        while True:
            flow.send(replies.pop(0) if len(replies) > 1 else replies[0])
    except StopIteration as end:
        return end.value


def page(*listed: models.JobResponse, **changes: Any) -> models.JobsResponse:
    return models.JobsResponse(**({"jobs": listed, "offset": 0, "limit": 200} | changes))


OURS = job(id="ours", tags=["a", tags.of(SUBMISSION)])
OTHER = job(tags=[tags.of(Submission(Request("b", (), 1), "ibm", str(uuid.uuid4())))])


def test_only_a_job_with_the_submissions_own_tag_is_it() -> None:
    assert answer(lookup.find(SUBMISSION), page(OTHER, OURS, count=2)).id == "ours"
    assert answer(lookup.find(SUBMISSION), page(OTHER, count=1)) is None
    assert answer(lookup.find(SUBMISSION), page(count=0)) is None


def test_a_list_that_is_not_filtered_is_read_to_its_end() -> None:
    full = page(*[OTHER] * 200, count=201)

    assert answer(lookup.find(SUBMISSION), full, page(OURS, offset=200, count=201)).id == "ours"
    assert answer(lookup.find(SUBMISSION), full, page(OTHER, offset=200, count=201)) is None


def test_a_list_without_an_end_leaves_it_unclear() -> None:
    with pytest.raises(AmbiguousSubmissionError, match="do not show"):
        answer(lookup.find(SUBMISSION), page(*[OTHER] * 200))

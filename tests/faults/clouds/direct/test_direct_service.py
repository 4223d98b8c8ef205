"""IBM Direct Access: whatever its service does, one call is one job, or an error that says why."""

from __future__ import annotations

import pytest

from ketbridge.clouds.ibm_direct import storing
from ketbridge.errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    ConnectionFailed,
    JobLost,
    JobTimeout,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
)
from ketbridge.jobs.state import JobStatus
from ketbridge.sandbox import Fault

CUT = {
    "reset": Fault.reset_after(),
    "silence": Fault.silence(),
    "500": Fault.error_after(500),
    "502": Fault.error_after(502),
    "504": Fault.error_after(504),
}
"""Faults after which the job exists, and nothing or an outage is the answer."""

BODIES = {
    "malformed": Fault.body(),
    "html": Fault.html(),
    "empty": Fault.empty(),
    "null": Fault.body(b"null"),
    "list": Fault.body(b"[]"),
    "not utf-8": Fault.body(b'{"id": "\xff"}'),
    "nested": Fault.deep_json(),
}
"""Answers of 200 that are none of the service's."""

NOT_TAKEN = {
    "reset": Fault.reset_before(),
    "500": Fault.status(500),
    "502": Fault.status(502),
    "503": Fault.status(503),
    "408": Fault.status(408),
    "silence": Fault.silence(taken=False),
}

PASSING = {
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "silence": Fault.silence(),
    **{str(code): Fault.status(code) for code in (429, 500, 502, 503, 504)},
}

CUT_BODIES = {
    "short": Fault.short_body(),
    "cut chunks": Fault.cut_chunks(),
    "cut gzip": Fault.cut_gzip(),
}

BOTH = pytest.mark.parametrize("kind", ["sync", "async"])
QUESTIONS = pytest.mark.parametrize("call", ["status", "result", "cancel"])


# -- submitting ---------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("fault", CUT.values(), ids=CUT)
def test_a_job_that_was_taken_is_accepted_by_the_409_of_the_next_sending(bench, fault):
    bench.server.faults.add(fault, on="job.create", times=1)
    job = bench.submit()
    assert bench.ids() == [job.id]
    assert (bench.requests("job.create"), bench.requests("job.read")) == (2, 0)
    assert 0 < bench.slept_s <= 0.5
    assert bench.cloud.ledger.pending() == []


@pytest.mark.parametrize("fault", (CUT | BODIES).values(), ids=CUT | BODIES)
def test_a_doubt_that_stays_is_settled_by_asking_for_the_id(bench, fault):
    bench.server.faults.add(fault, on="job.create")
    job = bench.submit()
    assert bench.ids() == [job.id]
    assert bench.requests("job.create") == (1 if fault.name == "body" else 4)
    assert bench.requests("job.read") == 1
    assert bench.slept_s <= 0.5 + 1 + 2
    assert bench.cloud.ledger.pending() == []


@pytest.mark.parametrize("fault", (CUT | BODIES).values(), ids=CUT | BODIES)
def test_a_job_that_cannot_be_asked_for_is_ambiguous_and_settled_later(bench, fault):
    bench.server.faults.add(fault, on="job.create")
    bench.server.faults.add(Fault.status(500), on="job.read")
    with pytest.raises(AmbiguousSubmissionError, match="may or may not") as caught:
        bench.submit()
    assert len(bench.jobs()) == 1
    assert bench.slept_s <= 2 * (0.5 + 1 + 2)
    (entry,) = bench.cloud.ledger.pending()
    assert entry.submission.id == caught.value.submission_id
    (job,) = bench.settle()
    assert bench.ids() == [job.id]


@pytest.mark.parametrize(
    "fault", [Fault.error_after(502), Fault.reset_after()], ids=["502", "reset"]
)
def test_one_404_does_not_make_a_job_absent(bench, fault):
    """Neither when the submission is looked up, nor when it is settled."""
    bench.server.faults.add(fault, on="job.create")
    bench.server.faults.add(Fault.not_found(), on="job.read", times=1)
    first = bench.submit()
    bench.server.faults.add(Fault.status(500), on="job.read")
    with pytest.raises(AmbiguousSubmissionError):
        bench.submit()
    (entry,) = bench.cloud.ledger.pending()
    bench.server.faults.clear()
    bench.server.faults.add(Fault.not_found(), on="job.read", times=1)
    second = bench.cloud.settle(entry.submission.id)
    assert bench.ids() == [first.id, second.id]


@pytest.mark.parametrize(
    "then",
    [
        [Fault.rate_limited(3600)],
        [Fault.rate_limited(), Fault.status(400)],
        [Fault.rate_limited(2), Fault.rate_limited(3600)],
    ],
    ids=["full for an hour", "full, then refused", "full, then for an hour"],
)
def test_a_job_that_was_taken_is_not_lost_when_the_machine_is_full_afterwards(bench, then):
    for fault in (Fault.reset_after(), *then):
        bench.server.faults.add(fault, on="job.create", times=1)
    job = bench.submit()
    assert bench.ids() == [job.id]
    assert bench.requests("s3.DeleteObject") == 0
    assert bench.cloud.ledger.pending() == []


@pytest.mark.parametrize("fault", NOT_TAKEN.values(), ids=NOT_TAKEN)
@pytest.mark.parametrize("times", [1, 3])
def test_a_job_that_was_not_taken_is_sent_again(bench, fault, times):
    bench.server.faults.add(fault, on="job.create", times=times)
    job = bench.submit()
    assert bench.ids() == [job.id]
    assert bench.requests("job.create") == times + 1
    assert 0 < bench.slept_s <= 1 + 2 + 4


@pytest.mark.parametrize("fault", CUT_BODIES.values(), ids=CUT_BODIES)
def test_an_empty_answer_cannot_be_cut(bench, fault):
    bench.server.faults.add(fault, on="job.create")
    job = bench.submit()
    assert bench.ids() == [job.id]
    assert bench.slept_s <= 0.5 + 1 + 2


@pytest.mark.parametrize(
    ("fault", "error", "sendings"),
    [
        (Fault.status(400), RequestRefused, 1),
        (Fault.unauthorized(), AuthenticationFailed, 2),
        (Fault.status(403), PermissionDenied, 1),
        (Fault.status(413), RequestRefused, 1),
        (Fault.status(422), RequestRefused, 1),
        (Fault.status(423), RequestRefused, 1),
        (Fault.rate_limited(3600), RateLimited, 1),
        (Fault.status(503, 3600), ServiceUnavailable, 1),
    ],
    ids=["400", "401", "403", "413", "422", "423", "429 for an hour", "503 for an hour"],
)
def test_a_submission_that_is_refused_makes_no_job_and_leaves_nothing(
    bench, fault, error, sendings
):
    bench.server.faults.add(fault, on="job.create")
    with pytest.raises(error) as caught:
        bench.submit()
    assert (bench.requests("job.create"), bench.jobs(), bench.slept_s) == (sendings, [], 0)
    assert caught.value.retry_after_s == fault.values.get("retry_after")
    assert bench.requests("s3.DeleteObject") == len(storing.ALL)
    assert bench.settle() == []


@BOTH
@pytest.mark.parametrize(("asked", "slept"), [("2", [2.0]), ("0", [0.0]), ("60", [60.0])])
def test_what_the_service_asks_to_wait_for_a_place_is_waited_exactly(bench, asked, slept):
    bench.server.faults.add(Fault.rate_limited(asked), on="job.create", times=1)
    bench.submit()
    assert (bench.clock.sleeps, len(bench.jobs())) == (slept, 1)


@pytest.mark.parametrize("asked", [None, "-10", "1e30", "soon", "Mon, 99 Foo 2020"])
def test_without_a_time_a_place_is_waited_for_with_jitter(bench, asked):
    bench.server.faults.add(Fault.rate_limited(asked), on="job.create", times=3)
    bench.submit()
    assert len(bench.jobs()) == 1
    assert len(bench.clock.sleeps) == 3
    assert 0.5 + 1 + 2 <= bench.slept_s <= 1 + 2 + 4


def test_a_place_that_never_comes_is_waited_for_as_long_as_the_account_says(bench):
    bench.server.faults.add(Fault.rate_limited(), on="job.create")
    with pytest.raises(RateLimited, match="delete_finished"):
        bench.submit()
    assert (bench.jobs(), bench.requests("s3.DeleteObject")) == ([], len(storing.ALL))
    assert 600 - 30 <= bench.slept_s <= 600


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://nowhere.invalid"])
def test_a_service_that_cannot_be_reached_has_no_job(bench, url):
    bench.cloud.close()
    bench.cloud = bench.open(url=url)
    with pytest.raises(ConnectionFailed):
        bench.submit()
    assert len(bench.clock.sleeps) == 3
    assert bench.slept_s <= 0.5 + 1 + 2
    assert (bench.jobs(), bench.cloud.ledger.pending()) == ([], [])
    assert bench.requests("s3.DeleteObject") == len(storing.ALL)


# -- asking -------------------------------------------------------------------------------------


@BOTH
@QUESTIONS
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_is_survived(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call), times=2)
    ask()
    assert bench.requests(bench.operation(call)) == 3
    assert 0 < bench.slept_s <= 1 + 2 + 4
    assert bench.jobs() == []


@QUESTIONS
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_stays_ends_after_four_attempts(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    with pytest.raises(TransportError) as caught:
        ask()
    assert bench.requests(bench.operation(call)) == 4
    assert bench.slept_s <= 1 + 2 + 4
    assert "ibm-direct" in str(caught.value)


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        *(("status", fault) for fault in CUT_BODIES.values()),
        ("result", CUT_BODIES["short"]),
        ("result", CUT_BODIES["cut chunks"]),
    ],
)
def test_an_answer_that_is_cut_is_asked_for_again(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call), times=2)
    ask()
    assert bench.requests(bench.operation(call)) == 3
    assert 0 < bench.slept_s <= 0.5 + 1


@pytest.mark.parametrize("call", ["status", "cancel"])
@pytest.mark.parametrize("fault", BODIES.values(), ids=BODIES)
def test_an_answer_that_cannot_be_read_says_what_came(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    with pytest.raises(ProtocolError, match="200") as caught:
        ask()
    assert caught.value.status == 200
    assert len(str(caught.value)) < 900
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (1, 0)


@pytest.mark.parametrize("fault", [*BODIES.values(), CUT_BODIES["cut gzip"]])
def test_an_object_that_is_no_result_names_the_job(bench, fault):
    ask = bench.prepared("result")
    bench.server.faults.add(fault, on="s3.GetObject")
    with pytest.raises(ProtocolError, match="ibm-direct/"):
        ask()
    assert (bench.requests("s3.GetObject"), bench.slept_s) == (1, 0)


@pytest.mark.parametrize("call", ["status", "cancel"])
@pytest.mark.parametrize("fault", [Fault.huge(70), Fault.bomb(70)], ids=["huge", "bomb"])
def test_a_body_above_the_cap_is_refused(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    with pytest.raises(ResponseTooLarge):
        ask()
    assert bench.requests(bench.operation(call)) == 1


@BOTH
def test_a_cancel_whose_answer_was_lost_is_done(bench):
    job = bench.queued()
    bench.server.faults.add(Fault.reset_after(), on="job.cancel", times=1)
    bench.ask(job, "cancel")
    assert bench.ask(job, "status").status is JobStatus.CANCELLED
    assert bench.requests("job.cancel") == 2


@BOTH
def test_a_token_that_is_refused_in_mid_poll_is_renewed_once(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.unauthorized(), on="job.read", times=1)
    assert bench.ask(job, "result")[0].shots == 200
    assert (bench.requests("job.read"), bench.slept_s) == (2, 0)


@pytest.mark.parametrize("call", ["status", "cancel"])
def test_a_credential_that_stays_refused_ends_the_call_and_names_the_job(bench, call):
    ask = bench.prepared(call)
    bench.server.faults.add(Fault.unauthorized(), on=bench.operation(call))
    with pytest.raises(AuthenticationFailed, match="ibm-direct/"):
        ask()
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (2, 0)


@pytest.mark.parametrize("call", ["status", "cancel"])
def test_a_wait_of_an_hour_is_left_to_the_caller(bench, call):
    ask = bench.prepared(call)
    bench.server.faults.add(Fault.rate_limited(3600), on=bench.operation(call))
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retry_after_s == 3600
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (1, 0)


# -- waiting ------------------------------------------------------------------------------------


@BOTH
def test_a_wait_outlives_more_faults_than_a_call(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.status(503), on="job.read", times=9)
    assert bench.ask(job, "result")[0].shots == 200
    assert bench.requests("job.read") == 10
    assert bench.slept_s < 60


def test_a_state_that_is_never_known_ends_at_the_deadline(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.unknown_status("Pondering"), on="job.read")
    with pytest.warns(UserWarning, match="Pondering"), pytest.raises(JobTimeout, match="Pondering"):
        bench.ask(job, "result")
    assert 59 < bench.slept_s <= 60


def test_a_404_for_a_moment_is_waited_out(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.not_found(), on="job.read", times=3)
    assert bench.ask(job, "result")[0].shots == 200
    assert bench.slept_s < 10


def test_a_result_that_comes_late_is_waited_for(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.not_found(), on="s3.GetObject", times=3)
    assert bench.ask(job, "result")[0].shots == 200
    assert 0 < bench.slept_s < 10


@pytest.mark.parametrize("operation", ["job.read", "s3.GetObject"])
def test_a_404_that_stays_is_a_lost_job(bench, operation):
    job = bench.finished()
    bench.server.faults.add(Fault.not_found(), on=operation)
    with pytest.raises(JobLost, match=job.id):
        bench.ask(job, "result")
    assert 10 <= bench.slept_s < 20

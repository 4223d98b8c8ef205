"""Whatever happens to a question about a job: the answer is right, or it is an error."""

from __future__ import annotations

import random
import time
import warnings
from dataclasses import replace

import pytest
from support.cloud_cases import DIRECT, IBM, KIPU, rows
from support.rawserver import RawServer, reply

from ketbridge.clouds.wire import UnknownWordWarning
from ketbridge.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    JobFailed,
    JobLost,
    JobTimeout,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
    TruncatedResponse,
)
from ketbridge.jobs.state import JobStatus
from ketbridge.sandbox import Fault

QUESTIONS = pytest.mark.parametrize("call", ["status", "result", "cancel"])

PASSING = {
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "silence": Fault.silence(),
    "short": Fault.short_body(),
    "cut chunks": Fault.cut_chunks(),
    "cut gzip": Fault.cut_gzip(),
    **{str(code): Fault.status(code) for code in (408, 429, 500, 502, 503, 504)},
}
"""Faults that may pass."""

UNREADABLE = {
    "malformed": Fault.body(),
    "html": Fault.html(),
    "empty": Fault.empty(),
    "null": Fault.body(b"null"),
    "list": Fault.body(b"[]"),
    "not utf-8": Fault.body(b'{"id": "\xff"}'),
    "nested": Fault.deep_json(),
    "nan": Fault.body(b'{"0": NaN}'),
    "text": Fault.body(b'"done"'),
}

ELSEWHERE = {
    "other host": "{other}/v0.4/jobs",
    "no scheme": "//{host}/jobs",
    "https": "https://{host}/jobs",
}


@QUESTIONS
@rows("fault", PASSING, few=["reset after", "503"])
def test_a_fault_that_passes_is_survived(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call), times=2)
    ask()
    assert bench.requests(bench.operation(call)) == 3
    checked = call in bench.case.checked and fault is PASSING["reset after"]
    assert bench.requests() == 3 + (call == "result") + checked
    assert 0 < bench.slept_s <= 1 + 2 + 4
    assert bench.jobs() == []


@QUESTIONS
@rows("fault", PASSING, few=["reset before", "500"])
def test_a_fault_that_stays_ends_after_four_attempts(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    with pytest.raises(TransportError) as caught:
        ask()
    assert bench.requests(bench.operation(call)) == 4
    assert bench.slept_s <= 1 + 2 + 4
    assert bench.cloud.name in str(caught.value)


@QUESTIONS
@rows("fault", UNREADABLE, few=UNREADABLE)
def test_an_answer_that_cannot_be_read_says_what_came(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    if fault is UNREADABLE["empty"] and call in bench.case.silent:
        ask()  # as the right answer is
        return
    with pytest.raises(ProtocolError, match="200") as caught:
        ask()
    assert caught.value.status == 200
    assert len(str(caught.value)) < 900
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (1, 0)


@QUESTIONS
def test_a_credential_that_is_refused_ends_the_call_and_names_the_job(bench, call):
    ask = bench.prepared(call)
    bench.server.faults.add(Fault.unauthorized(), on=bench.operation(call))
    with pytest.raises(AuthenticationFailed, match=f"{bench.cloud.account.at}/"):
        ask()
    sent = bench.case.sendings_of_401
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (sent, 0)


@QUESTIONS
def test_a_wait_of_an_hour_is_left_to_the_caller(bench, call):
    ask = bench.prepared(call)
    bench.server.faults.add(Fault.rate_limited(3600), on=bench.operation(call))
    with pytest.raises(RateLimited) as caught:
        ask()
    assert caught.value.retry_after_s == 3600
    assert (bench.requests(bench.operation(call)), bench.slept_s) == (1, 0)


@QUESTIONS
@rows("path", ELSEWHERE, few=["other host"])
def test_a_redirect_is_not_followed(bench, call, path):
    ask = bench.prepared(call)
    with RawServer(reply(200, {"id": "stolen"})) as other:
        place = path.format(other=other.url, host=f"127.0.0.1:{other.port}")
        bench.server.faults.add(Fault.redirect(place), on=bench.operation(call))
        with pytest.raises(ProtocolError, match="redirect"):
            ask()
        assert (other.connections, bench.requests(bench.operation(call))) == (0, 1)


@pytest.mark.parametrize(
    ("call", "url"),
    [
        ("status", "http://127.0.0.1:1"),
        ("status", "https://nowhere.invalid"),
        ("result", "http://127.0.0.1:1"),
        ("cancel", "http://127.0.0.1:1"),
    ],
)
def test_a_service_that_cannot_be_reached_is_a_failed_connection(bench, call, url):
    job_id = bench.finished().id
    bench.cloud = bench.open(url=url)
    job = bench.cloud.job(job_id)
    expected = JobTimeout if call == "result" else ConnectionFailed
    with pytest.raises(expected, match=job_id):
        bench.ask(job, call)
    assert bench.requests() == 0
    assert bench.slept_s <= (60 if call == "result" else 0.5 + 1 + 2)


@rows("fault", {"huge": Fault.huge(70), "bomb": Fault.bomb(70)}, few=["bomb"])
@pytest.mark.parametrize("call", ["status", "cancel"])
def test_a_body_above_the_cap_is_refused(bench, call, fault):
    ask = bench.prepared(call)
    bench.server.faults.add(fault, on=bench.operation(call))
    with pytest.raises(ResponseTooLarge):
        ask()
    assert (bench.requests(), bench.slept_s) == (1, 0)


def test_when_the_quota_is_drained_calls_fail_at_once(bench):
    ask = bench.prepared("status")
    bench.server.faults.add(Fault.status(503), on=bench.case.status)
    drained = 0
    while drained < 20:
        bench.count_from_here()
        with pytest.raises(ServiceUnavailable):
            ask()
        drained += 1
        if bench.slept_s == 0:
            break
    assert (bench.requests(), drained) == (1, 8)
    bench.server.faults.clear()
    assert ask().status is JobStatus.DONE


@pytest.mark.parametrize("kind", ["sync"])
@pytest.mark.parametrize("case", [IBM, DIRECT], ids=["ibm", "ibm-direct"])
def test_a_job_that_is_done_cannot_be_cancelled_and_one_that_is_cancelled_can(bench):
    """The service says 409 to both, so that it is asked how things stand."""
    with pytest.raises(RequestRefused, match="409"):
        bench.ask(bench.finished(), "cancel")
    waiting = bench.queued()
    bench.ask(waiting, "cancel")
    bench.ask(waiting, "cancel")
    assert bench.requests(bench.case.cancel) == 2


# Waiting ----------------------------------------------------------------------------------------


def test_a_wait_outlives_more_faults_than_a_call(bench):
    ask = bench.prepared("result")
    bench.server.faults.add(Fault.status(503), on=bench.case.status, times=9)
    assert ask()[0].shots == 100
    assert bench.requests(bench.case.status) == 10
    assert bench.slept_s < 60


def test_a_state_that_is_not_known_warns_once_and_is_waited_through(bench):
    job = bench.finished()
    pondering = Fault.edit(**bench.told("pondering"))
    bench.server.faults.add(pondering, on=bench.case.status, times=3)
    with pytest.warns(UserWarning, match="pondering") as seen:
        assert bench.ask(job, "result")[0].shots == 100
    assert len(seen) == 1
    assert bench.requests(bench.case.status) == 4


def test_a_state_that_is_never_known_ends_at_the_deadline(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.edit(**bench.told("pondering")), on=bench.case.status)
    with pytest.warns(UserWarning, match="pondering"), pytest.raises(JobTimeout, match="pondering"):
        bench.ask(job, "result")
    assert 59 < bench.slept_s <= 60


def test_new_members_and_missing_optional_ones_change_nothing(bench):
    job = bench.finished()
    changes = dict.fromkeys(bench.case.optional) | {"novel": {"deep": [1]}}
    bench.server.faults.add(Fault.edit(**changes), on=bench.case.status)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnknownWordWarning)
        assert bench.ask(job, "result")[0].shots == 100


@pytest.mark.parametrize("operation", ["status", "result"])
def test_a_404_for_a_moment_is_waited_out(bench, operation):
    job = bench.finished()
    bench.server.faults.add(Fault.not_found(), on=bench.operation(operation), times=3)
    assert bench.ask(job, "result")[0].shots == 100
    assert bench.slept_s < 10


@pytest.mark.parametrize("operation", ["status", "result"])
def test_a_404_that_stays_is_a_lost_job(bench, operation):
    job = bench.finished()
    bench.server.faults.add(Fault.not_found(), on=bench.operation(operation))
    with pytest.raises(JobLost, match=job.id):
        bench.ask(job, "result")
    assert 10 <= bench.slept_s < 20


def test_a_job_that_has_ended_does_not_go_back(bench):
    job = bench.finished()
    bench.ask(job, "status")
    bench.server.faults.add(Fault.edit(**bench.told(bench.case.queued)), on=bench.case.status)
    assert bench.ask(job, "status").status is JobStatus.DONE
    assert bench.ask(job, "result")[0].shots == 100
    assert bench.requests(bench.case.status) == 1


def test_a_jumping_wall_clock_changes_no_wait(bench):
    chance = random.Random(5)
    bench.cloud = bench.open(
        settings={
            **bench.account().settings,
            "wall_clock": lambda: 1.7e9 + chance.choice([-3600, 0, 3600]),
        }
    )
    job = bench.finished()
    bench.server.faults.add(Fault.rate_limited(5), on=bench.case.status, times=3)
    assert bench.ask(job, "status").status is JobStatus.DONE
    assert bench.clock.sleeps == [5, 5, 5]


def test_a_truncated_result_is_never_taken_for_a_whole_one(bench):
    ask = bench.prepared("result")
    bench.server.faults.add(Fault.cut_gzip(), on=bench.case.result)
    with pytest.raises(TruncatedResponse):
        ask()


# What only one service does ---------------------------------------------------------------------


@pytest.mark.parametrize(("case", "kind"), [(IBM, "sync")], ids=["ibm"])
@pytest.mark.parametrize("times", [3, None])
def test_a_result_that_is_not_there_yet_is_waited_for(bench, times):
    """IBM says 204 where others say 404."""
    job = bench.finished()
    bench.server.faults.add(Fault.body(b"", code=204), on=bench.case.result, times=times)
    if times is None:
        with pytest.raises(JobLost, match=job.id):
            bench.ask(job, "result")
        assert 10 <= bench.slept_s < 20
    else:
        assert bench.ask(job, "result")[0].shots == 100
        assert bench.slept_s < 10


@pytest.mark.parametrize(("case", "kind"), [(IBM, "sync")], ids=["ibm"])
def test_a_result_that_can_be_read_once_is_never_asked_for_again(bench):
    """The first answer is kept before it is read; one that was cut is lost, and that is said."""
    job_id = bench.submit(options={"private": True}).id
    _end(bench, job_id)
    first = bench.ask(bench.cloud.job(job_id), "result")
    bench.count_from_here()
    assert bench.ask(bench.cloud.job(job_id), "result")[0].shots == first[0].shots
    assert bench.requests(bench.case.result) == 0
    lost_id = bench.submit(options={"private": True}).id
    _end(bench, lost_id)
    bench.server.faults.add(Fault.short_body(), on=bench.case.result, times=1)
    with pytest.raises(JobLost, match=lost_id):
        bench.ask(bench.cloud.job(lost_id), "result")


@pytest.mark.parametrize(("case", "kind"), [(KIPU, "sync")], ids=["kipu"])
@pytest.mark.parametrize("name", ["reset after", "503", "cut gzip", "html", "nested"])
def test_a_failure_whose_reason_cannot_be_had_is_a_failure(bench, name):
    """The Hub says why in a second document."""
    wrong = replace(bench.case.program, body=b'{"qubits":2,"circuit":[{"gate":"no","target":0}]}')
    job_id = bench.submit(programs=(wrong,)).id
    _end(bench, job_id)
    bench.server.faults.add((PASSING | UNREADABLE)[name], on=bench.case.result)
    with pytest.raises(JobFailed, match=job_id):
        bench.ask(bench.cloud.job(job_id), "result")
    bench.server.faults.clear()
    with pytest.raises(JobFailed, match="'no'"):
        bench.ask(bench.cloud.job(job_id), "result")


def _end(bench, job_id):
    """Wait until a job has ended, by asking the server itself."""
    end = time.monotonic() + 30
    waiting = {bench.case.queued.lower(), "running"}
    while next(seen for seen in bench.jobs() if seen.id == job_id).status.lower() in waiting:
        assert time.monotonic() < end
        time.sleep(0.002)

"""Tokens that end in mid-poll, where a key or a password is exchanged for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import EXCHANGES, IBM, KIPU_LOGIN, Case
from support.rawserver import RawServer, reply

from ketbridge.errors import AuthenticationFailed, JobTimeout, ProtocolError
from ketbridge.jobs.state import JobStatus
from ketbridge.sandbox import Fault

CLOUDS = EXCHANGES
THREADS = 32
pytestmark = pytest.mark.parametrize("kind", ["sync"])


@contextmanager
def slow_network(bench: Bench) -> Iterator[None]:
    """Let answers take so long that threads which ask together meet in one exchange."""
    bench.server.faults.latency_ms = 100
    try:
        yield
    finally:
        bench.server.faults.latency_ms = 0


def test_32_threads_whose_token_ends_in_mid_poll_renew_it_once(bench: Bench):
    job_id = bench.queued().id
    together = threading.Barrier(THREADS, action=bench.server.revoke_tokens)

    def poll(_: int) -> set[JobStatus]:
        job = bench.cloud.job(job_id)
        found = {job.status()}
        together.wait()
        return found | {job.status() for _ in range(2)}

    bench.have_token()
    with slow_network(bench), ThreadPoolExecutor(THREADS) as threads:
        found = list(threads.map(poll, range(THREADS)))
    assert found == [{bench.case.waits}] * THREADS
    assert bench.requests(bench.case.exchange) == 1
    assert bench.requests(bench.case.status) == THREADS * 4, "each once more, for its 401"
    assert bench.slept_s == 0


def test_a_submission_whose_token_has_ended_makes_one_job(bench: Bench):
    bench.have_token()
    bench.server.revoke_tokens()
    job = bench.submit()
    assert [seen.id for seen in bench.jobs()] == [job.id]
    assert bench.requests(bench.case.submit) == 2
    assert (bench.requests(bench.case.look_up), bench.slept_s) == (0, 0)


def test_a_renewal_that_is_refused_ends_each_wait_and_names_its_own_job(bench: Bench):
    jobs = [bench.queued().id for _ in range(4)]
    bench.have_token()
    bench.server.revoke_tokens()
    bench.server.faults.add(Fault.status(400), on=bench.case.exchange)

    def wait(job_id: str) -> str:
        with pytest.raises(AuthenticationFailed) as caught:
            bench.cloud.job(job_id).result(30)
        return str(caught.value)

    with slow_network(bench), ThreadPoolExecutor(4) as threads:
        said = list(threads.map(wait, jobs))
    for message, own in zip(said, jobs, strict=True):
        assert [job for job in jobs if job in message] == [own]
        assert message.startswith(f"{bench.cloud.account.at}/{own}: ")
    bench.server.faults.clear()
    assert {bench.cloud.job(job).status() for job in jobs} == {bench.case.waits}


def test_a_renewal_that_fails_for_a_while_does_not_end_the_wait(bench: Bench):
    job = bench.finished()
    bench.have_token()
    bench.server.revoke_tokens()
    bench.server.faults.add(Fault.status(503), on=bench.case.exchange, times=6)
    assert bench.ask(job, "result")[0].shots == 100
    assert bench.requests(bench.case.exchange) == 7
    assert 0 < bench.slept_s < 60


def test_a_renewal_that_never_comes_ends_at_the_deadline(bench: Bench):
    job = bench.finished()
    bench.have_token()
    bench.server.revoke_tokens()
    bench.server.faults.add(Fault.status(503), on=bench.case.exchange)
    with pytest.raises(JobTimeout, match=job.id):
        bench.ask(job, "result")
    assert 59 < bench.slept_s <= 60


@pytest.mark.parametrize("case", [IBM], ids=str)
def test_a_submission_whose_key_is_refused_makes_no_job(bench: Bench, case: Case):
    bench.server.faults.add(Fault.status(400), on=case.exchange)
    with pytest.raises(AuthenticationFailed, match="refused the credential"):
        bench.submit()
    assert (bench.requests(case.submit), bench.jobs()) == (0, [])
    assert bench.cloud.ledger.pending() == []


UNUSABLE = {
    "html": b"<html>Sign in</html>",
    "empty": b"",
    "null": b"null",
    "list": b"[]",
    "no token": b'{"expires_in": 3600}',
    "empty token": b'{"access_token": "", "expires_in": 3600}',
    "two lines": b'{"access_token": "a\\r\\nX-Evil: 1", "expires_in": 3600}',
    "number": b'{"access_token": 7, "expires_in": 3600}',
    "no time": b'{"access_token": "t", "expires_in": 0}',
    "long ago": b'{"access_token": "t", "expires_in": -1e9}',
    "for ever": b'{"access_token": "t", "expires_in": 1' + b"0" * 400 + b"}",
    "time in words": b'{"access_token": "t", "expires_in": "soon"}',
    "nested": b"[" * 100_000,
}


@pytest.mark.parametrize("case", [IBM, KIPU_LOGIN], ids=["ibm", "kipu"])
@pytest.mark.parametrize("body", UNUSABLE.values(), ids=UNUSABLE)
def test_an_exchange_that_gives_no_token_makes_no_job(bench: Bench, body):
    bench.server.faults.add(Fault.body(body), on=bench.case.exchange)
    with pytest.raises((ProtocolError, AuthenticationFailed)) as caught:
        bench.submit()
    assert len(str(caught.value)) < 900
    assert (bench.requests(bench.case.submit), bench.jobs(), bench.slept_s) == (0, [], 0)
    assert set(bench.settle()) <= {None}


def test_an_exchange_that_is_redirected_takes_the_key_nowhere(bench: Bench):
    with RawServer(reply(200, {"access_token": "stolen", "expires_in": 3600})) as other:
        bench.server.faults.add(Fault.redirect(f"{other.url}/token"), on=bench.case.exchange)
        with pytest.raises(ProtocolError, match="redirect"):
            bench.submit()
        assert (other.connections, bench.requests(bench.case.exchange)) == (0, 1)
    assert (bench.requests(bench.case.submit), bench.jobs()) == (0, [])

"""IBM's documented rate of submissions, kept by the client also where something goes wrong.

What the service itself counts is not documented, so that whatever may have reached it counts.
"""

from __future__ import annotations

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import IBM

from ketbridge.errors import ConnectionFailed, RateLimited
from ketbridge.sandbox import Fault

WHY = "at most 5 jobs of IBM Qiskit Runtime in 60 s"


@pytest.fixture(params=["sync", "async"])
def bench(request, server, tmp_path):
    made = Bench(IBM, server, tmp_path / "ledger.sqlite3", request.param, jobs_per_minute=5)
    yield made
    made.close()


def test_the_sixth_submission_waits_and_says_so(bench):
    for _ in range(6):
        bench.submit()
    assert bench.clock.waits == [(60.0, WHY)]
    assert (len(bench.jobs()), bench.clock.sleeps) == (6, [60.0])


def test_a_submission_that_is_looked_up_counts_once(bench):
    bench.server.faults.add(Fault.reset_after(), on="create_job", times=2)
    for _ in range(5):
        bench.submit()
    assert (len(bench.jobs()), bench.requests("create_job"), bench.clock.waits) == (5, 5, [])
    assert bench.requests("list_jobs") == 2


def test_each_sending_that_may_have_arrived_counts(bench):
    bench.server.faults.add(Fault.reset_before(), on="create_job", times=1)
    for _ in range(4):
        bench.submit()
    assert (bench.requests("create_job"), bench.clock.waits) == (5, [])
    bench.submit()
    assert [why for _, why in bench.clock.waits] == [WHY]
    assert len(bench.jobs()) == 5


def test_a_sending_that_surely_did_not_arrive_counts_nothing(bench):
    bench.cloud = bench.open(url="http://127.0.0.1:1")
    for _ in range(3):
        with pytest.raises(ConnectionFailed):
            bench.submit()
    assert (bench.clock.waits, len(bench.clock.sleeps)) == ([], 9)
    assert bench.slept_s <= 3 * (0.5 + 1 + 2)


def test_a_wait_beyond_the_deadline_is_an_error_that_says_how_long(bench):
    for _ in range(5):
        bench.submit()
    bench.clock.now += 10
    with pytest.raises(RateLimited, match="allows 5 in 60 s") as caught:
        bench.submit(timeout_s=30.0)
    assert caught.value.retry_after_s == 50
    assert (bench.requests("create_job"), bench.clock.sleeps) == (5, [])
    assert bench.cloud.ledger.pending() == []


def test_a_rate_that_others_use_up_is_waited_for(bench):
    bench.server.faults.add(Fault.rate_limited(), on="create_job", times=3)
    bench.submit()
    assert bench.clock.waits == [(12.0, WHY)] * 3
    assert (len(bench.jobs()), bench.requests("create_job")) == (1, 4)


def test_a_rate_that_others_always_use_up_ends_at_the_deadline(bench):
    bench.server.faults.add(Fault.rate_limited(), on="create_job")
    with pytest.raises(RateLimited):
        bench.submit(timeout_s=100.0)
    assert (bench.jobs(), bench.cloud.ledger.pending()) == ([], [])
    assert 100 - 12 <= bench.slept_s <= 100


def test_a_token_that_ends_during_the_wait_is_renewed(bench):
    for _ in range(5):
        bench.submit()
    exchanged = bench.requests(IBM.exchange)
    bench.cloud.client.auth._expires = bench.clock.now + 30
    bench.submit()
    assert bench.clock.waits == [(60.0, WHY)]
    assert bench.requests(IBM.exchange) == exchanged + 1
    assert bench.requests("create_job") == 6

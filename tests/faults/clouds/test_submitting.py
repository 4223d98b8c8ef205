"""Whatever happens to a submission: one call is one job, or an error that says what is known."""

from __future__ import annotations

import pytest
from support.cloud_cases import rows

from ketbridge.errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    ConnectionFailed,
    KetbridgeError,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ResponseTooLarge,
    ServiceUnavailable,
)
from ketbridge.sandbox import Fault

TAKEN = {
    "reset": Fault.reset_after(),
    "silence": Fault.silence(),
    "short": Fault.short_body(),
    "cut chunks": Fault.cut_chunks(),
    "cut gzip": Fault.cut_gzip(),
    "500": Fault.error_after(500),
    "502": Fault.error_after(502),
    "504": Fault.error_after(504),
    "malformed": Fault.body(),
    "html": Fault.html(),
    "empty": Fault.empty(),
    "null": Fault.body(b"null"),
    "list": Fault.body(b"[]"),
    "no id": Fault.body(b'{"status": "ready"}'),
    "id of a number": Fault.body(b'{"id": 7}'),
    "not utf-8": Fault.body(b'{"id": "\xff"}'),
    "nested": Fault.deep_json(),
    "202": Fault.body(b"{}", code=202),
}
"""Faults after which the job exists."""

NOT_TAKEN = {
    "reset": Fault.reset_before(),
    "500": Fault.status(500),
    "503": Fault.status(503),
    "502": Fault.status(502),
    "429": Fault.rate_limited(),
    "408": Fault.status(408),
    "silence": Fault.silence(taken=False),
}
"""Faults before the job exists, after which it may be sent again."""

REFUSED = {
    "400": (Fault.status(400), RequestRefused, 1),
    "401": (Fault.unauthorized(), AuthenticationFailed, 1),
    "403": (Fault.status(403), PermissionDenied, 1),
    "422": (Fault.status(422), RequestRefused, 1),
    "429 for an hour": (Fault.rate_limited(3600), RateLimited, 1),
    "503": (Fault.status(503), ServiceUnavailable, 4),
    "huge": (Fault.huge(70), ResponseTooLarge, 1),
    "bomb": (Fault.bomb(70), ResponseTooLarge, 1),
}
"""Faults that stay, the error that they end in, and how often it is sent."""

NONSENSE = ("-10", "1e30", "soon", "", "Mon, 99 Foo 2020")
"""What cannot be how long to wait."""


@rows("fault", TAKEN, few=["reset", "502", "html", "no id", "id of a number"])
def test_a_job_that_was_taken_is_adopted(bench, fault):
    bench.server.faults.add(fault, on=bench.case.submit)
    job = bench.submit()
    assert [seen.id for seen in bench.jobs()] == [job.id]
    assert (bench.requests(bench.case.submit), bench.requests(bench.case.look_up)) == (1, 1)
    assert bench.slept_s <= 0.5
    assert bench.cloud.ledger.pending() == []


@rows("fault", TAKEN, few=["reset", "null"])
def test_a_job_that_cannot_be_looked_up_is_ambiguous_and_settled_later(bench, fault):
    bench.server.faults.add(fault, on=bench.case.submit)
    bench.server.faults.add(Fault.status(500), on=bench.case.look_up)
    with pytest.raises(AmbiguousSubmissionError, match="may or may not") as caught:
        bench.submit()
    assert (bench.requests(bench.case.submit), len(bench.jobs())) == (1, 1)
    assert bench.slept_s <= 0.5 + (0.5 + 1 + 2)
    (entry,) = bench.cloud.ledger.pending()
    assert entry.submission.id == caught.value.submission_id
    (job,) = bench.settle()
    assert [job.id] == [seen.id for seen in bench.jobs()]
    assert bench.cloud.ledger.pending() == []


NOT_LISTED = {
    "ionq": b'{"jobs": [], "next": null}',
    "ibm": b'{"jobs": [], "count": 0, "limit": 10, "offset": 0}',
    "kipu": b'{"content": [], "total_pages": 0, "total_elements": 0}',
}
"""What each service answers while its list does not have a job yet."""


@pytest.mark.parametrize("taken", [True, False])
def test_that_a_fresh_submission_is_not_listed_counts_only_after_a_while(bench, taken):
    cut = Fault.error_after(502) if taken else Fault.status(502)
    bench.server.faults.add(cut, on=bench.case.submit)
    bench.server.faults.add(Fault.status(500), on=bench.case.look_up)
    with pytest.raises(AmbiguousSubmissionError):
        bench.submit()
    (entry,) = bench.cloud.ledger.pending()
    bench.server.faults.clear()
    bench.count_from_here()
    unlisted = Fault.body(NOT_LISTED[bench.case.name])
    bench.server.faults.add(unlisted, on=bench.case.look_up, times=1)
    cloud = bench.open(settings={**bench.account().settings, "settle_s": 3.0})
    job = cloud.settle(entry.submission.id)
    assert bench.clock.sleeps == [3.0]
    assert bench.requests(bench.case.look_up) == 2
    assert (job is not None) == taken
    assert cloud.ledger.pending() == []
    cloud.close()


@rows("fault", NOT_TAKEN, few=["reset", "503"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_job_that_was_not_taken_is_sent_again(bench, fault, times):
    bench.server.faults.add(fault, on=bench.case.submit, times=times)
    job = bench.submit()
    assert [seen.id for seen in bench.jobs()] == [job.id]
    assert bench.requests(bench.case.submit) == times + 1
    assert bench.slept_s <= 1 + 2 + 4
    assert bench.cloud.ledger.pending() == []


@rows("refused", REFUSED, few=["400", "401", "403", "429 for an hour", "huge"])
def test_a_submission_that_is_refused_makes_no_job(bench, refused):
    fault, error, sendings = refused
    if error is AuthenticationFailed:
        sendings = bench.case.sendings_of_401
    bench.server.faults.add(fault, on=bench.case.submit)
    with pytest.raises(error) as caught:
        bench.submit()
    assert (bench.requests(bench.case.submit), bench.jobs()) == (sendings, [])
    assert bench.slept_s <= (7 if error is ServiceUnavailable else 0) + 0.5
    assert caught.value.retry_after_s == (3600 if error is RateLimited else None)
    assert bench.settle() == ([None] if error is ResponseTooLarge else [])


def test_an_answer_that_cannot_be_read_and_no_job_is_a_protocol_error(bench):
    bench.server.faults.add(Fault.redirect("/elsewhere", code=303), on=bench.case.submit)
    with pytest.raises(ProtocolError, match="redirect"):
        bench.submit()
    assert (bench.requests(bench.case.submit), bench.requests(bench.case.look_up)) == (1, 1)
    assert bench.settle() == [None]


@rows("asked", {"2": "2", "0": "0", "60": "60"}, few=["2"])
def test_what_the_service_asks_to_wait_is_waited_exactly(bench, asked):
    slept = [float(asked)] if float(asked) else []
    bench.server.faults.add(Fault.rate_limited(asked), on=bench.case.submit, times=1)
    bench.submit()
    assert (bench.clock.sleeps, len(bench.jobs())) == (slept, 1)
    assert bench.requests() == 2


@rows("asked", {text: text for text in NONSENSE}, few=["soon"])
def test_what_makes_no_sense_is_waited_out_with_jitter(bench, asked):
    bench.server.faults.add(Fault.rate_limited(asked), on=bench.case.submit, times=2)
    bench.submit()
    assert len(bench.jobs()) == 1
    assert len(bench.clock.sleeps) == 2
    assert 0 < bench.slept_s <= 1 + 2


@pytest.mark.parametrize("fault", [Fault.reset_before(), Fault.status(500)])
def test_a_fault_that_stays_ends_after_four_sendings(bench, fault):
    bench.server.faults.add(fault, on=bench.case.submit)
    with pytest.raises(KetbridgeError):
        bench.submit()
    assert (bench.requests(bench.case.submit), bench.requests(bench.case.look_up)) == (4, 4)
    assert bench.slept_s <= 0.5 + 1 + 2 + 4
    assert bench.jobs() == []
    assert bench.settle() in ([], [None])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "https://nowhere.invalid"])
def test_a_service_that_cannot_be_reached_has_no_job(bench, url):
    bench.cloud = bench.open(url=url)
    with pytest.raises(ConnectionFailed):
        bench.submit()
    assert len(bench.clock.sleeps) == 3
    assert bench.slept_s <= 0.5 + 1 + 2
    assert (bench.requests(), bench.jobs(), bench.cloud.ledger.pending()) == (0, [], [])


def test_two_calls_are_two_jobs(bench):
    first, second = bench.submit(), bench.submit()
    assert [seen.id for seen in bench.jobs()] == [first.id, second.id]


def test_a_closed_client_sends_nothing(bench):
    bench.cloud.client.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        bench.submit()
    assert (bench.requests(), bench.cloud.ledger.pending()) == (0, [])

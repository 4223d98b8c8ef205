"""The bucket of IBM Direct Access: what the store refuses or cuts is an error that says why."""

from __future__ import annotations

import pytest

from ketbridge.errors import (
    AuthenticationFailed,
    NotFound,
    PermissionDenied,
    RequestRefused,
    TruncatedResponse,
)
from ketbridge.sandbox import Fault

SLOW = "ibm_lagos"
BOTH = pytest.mark.parametrize("kind", ["sync", "async"])


def xml(code: str, message: str, status: int) -> Fault:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return Fault.body(body.encode(), "application/xml", status)


STORAGE = {
    "403": (Fault.status(403), PermissionDenied, r"'ketbridge'.*s3:(Put|Get)Object"),
    "expired": (
        xml("AccessDenied", "Request has expired", 403),
        AuthenticationFailed,
        "has expired",
    ),
    "clock skew": (
        xml("RequestTimeTooSkewed", "The difference is too large.", 403),
        AuthenticationFailed,
        "clock of this computer is",
    ),
    "missing bucket": (
        xml("NoSuchBucket", "There is no such bucket.", 404),
        RequestRefused,
        "there is no bucket 'ketbridge'",
    ),
    "wrong key": (
        xml("InvalidAccessKeyId", "There is no such key.", 403),
        AuthenticationFailed,
        "access_key or secret_key",
    ),
}
"""Refusals of the store, the error that they end in and what it says."""


PASSING = {
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "silence": Fault.silence(),
    "cut in time": xml("RequestTimeout", "The socket was not written to.", 400),
    **{str(code): Fault.status(code) for code in (408, 429, 500, 502, 503, 504)},
}
"""Faults that may pass."""


@pytest.mark.parametrize("name", STORAGE)
def test_an_input_that_cannot_be_put_makes_no_job(bench, name):
    fault, error, words = STORAGE[name]
    bench.still()
    bench.server.faults.add(fault, on="s3.PutObject")
    with pytest.raises(error, match=words):
        bench.submit()
    assert (bench.jobs(), bench.requests("job.create"), bench.slept_s) == ([], 0, 0)
    assert bench.requests("s3.PutObject") == 1
    assert bench.cloud.ledger.pending() == []


@pytest.mark.parametrize("name", STORAGE)
def test_a_result_that_may_not_be_read_says_why_and_can_be_read_later(bench, name):
    fault, error, words = STORAGE[name]
    job = bench.finished()
    bench.server.faults.add(fault, on="s3.GetObject")
    with pytest.raises(error, match=words) as caught:
        bench.ask(job, "result")
    assert not isinstance(caught.value, NotFound)
    assert (bench.requests("s3.GetObject"), bench.slept_s) == (1, 0)
    bench.server.faults.clear()
    assert bench.ask(job, "result")[0].shots == 200


def test_a_download_that_is_always_cut_is_a_truncated_answer(bench):
    job = bench.finished()
    bench.server.faults.add(Fault.short_body(), on="s3.GetObject")
    with pytest.raises(TruncatedResponse, match="'ketbridge'"):
        bench.ask(job, "result")
    assert bench.requests("s3.GetObject") == 4
    assert bench.slept_s <= 0.5 + 1 + 2


@BOTH
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_an_input_is_put_again_and_the_job_is_one(bench, fault):
    bench.still()
    bench.server.faults.add(fault, on="s3.PutObject", times=2)
    job = bench.submit(backend=SLOW)
    assert bench.ids() == [job.id]
    assert (bench.requests("s3.PutObject"), bench.requests("job.create")) == (4, 1)
    assert 0 < bench.slept_s <= 0.5 + 1


def test_what_cannot_be_removed_is_said_and_hides_no_error(bench):
    bench.server.faults.add(Fault.status(422), on="job.create")
    bench.server.faults.add(Fault.status(403), on="s3.DeleteObject")
    with (
        pytest.warns(UserWarning, match="has in the bucket is left.*s3:DeleteObject"),
        pytest.raises(RequestRefused, match="422"),
    ):
        bench.submit()
    assert bench.jobs() == []

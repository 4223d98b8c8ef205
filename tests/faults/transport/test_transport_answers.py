"""Answers that ask to wait, fail, redirect, or lead elsewhere."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from support.operations import get, reconcilable, submit
from support.rawserver import reply

from ketbridge.errors import (
    AuthenticationFailed,
    NotFound,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ServiceUnavailable,
)
from ketbridge.transport.operation import RateLimit, Repeat

DONE = reply(200, {"id": "j1"})
NOW = 1_700_000_000
DATE = {"Date": formatdate(NOW, usegmt=True)}


def throttled(retry_after: str | None = None, status: int = 429, **more: str):
    asked = {} if retry_after is None else {"Retry-After": retry_after}
    return reply(status, {"message": "slow down"}, {**asked, **more})


# -- 429 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [get, submit, reconcilable])
@pytest.mark.parametrize("asked", [None, "-10", "soon", "1e30", "nan", "Mon, 99 Foo"])
def test_a_429_that_says_nothing_usable_is_waited_out_with_jitter(
    caller, serve, clockwork, make, asked
):
    server = serve(throttled(asked), throttled(asked), DONE)
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, make()) == {"id": "j1"}
    assert len(server.requests) == 3
    assert 0 < sum(clockwork.sleeps) <= 1 + 2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("make", [get, submit, reconcilable])
def test_seconds_to_wait_are_honoured_exactly(caller, serve, clockwork, make, status):
    server = serve(throttled("7", status), throttled("0", status), DONE)
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, make()) == {"id": "j1"}
    assert (len(server.requests), clockwork.sleeps) == (3, [7.0])
    assert clockwork.waits == [(7.0, "the service asks to wait")]


def test_a_date_to_wait_for_is_measured_from_the_services_own_clock(caller, serve, clockwork):
    server = serve(throttled(formatdate(NOW + 9, usegmt=True), **DATE), DONE)
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, submit()) == {"id": "j1"}
    assert clockwork.sleeps == [9.0]


def test_a_date_that_is_over_is_no_wait(caller, serve, clockwork):
    server = serve(throttled(formatdate(NOW - 3600, usegmt=True), **DATE), DONE)
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, submit()) == {"id": "j1"}
    assert 0 < clockwork.sleeps[0] <= 1


@pytest.mark.parametrize(("asked", "wait_s"), [("3600", 3600.0), ("1" + "0" * 30, 1e30)])
def test_a_long_wait_is_left_to_the_caller(caller, serve, clockwork, asked, wait_s):
    server = serve(throttled(asked))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(RateLimited, match="slow down") as caught:
        caller.send(client, submit())
    assert caught.value.retry_after_s == wait_s
    assert (len(server.requests), clockwork.sleeps) == (1, [])


def test_a_wait_beyond_the_deadline_is_an_error_at_once(caller, serve, clockwork):
    server = serve(throttled("20"))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(RateLimited) as caught:
        caller.send(client, submit(), timeout_s=10)
    assert (caught.value.retry_after_s, clockwork.sleeps) == (20.0, [])


# -- 5xx -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("burst", [1, 2, 3, 4, 5])
def test_a_read_recovers_from_up_to_three_server_errors(caller, serve, clockwork, status, burst):
    server = serve(*[reply(status, {"message": "down"})] * burst, DONE)
    client = caller.client(server.url, clockwork.settings())
    if burst <= 3:
        assert caller.send(client, get()) == {"id": "j1"}
    else:
        with pytest.raises(ServiceUnavailable, match="down"):
            caller.send(client, get())
    assert len(server.requests) == min(burst, 3) + 1
    assert len(clockwork.sleeps) == min(burst, 3)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_submit_is_looked_up_after_a_server_error(caller, serve, clockwork, status):
    server = serve(
        reply(status), reply(200, {"jobs": []}), reply(status), reply(200, {"jobs": [{"id": 5}]})
    )
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, reconcilable()) == {"id": 5}
    assert [r.method for r in server.requests] == ["POST", "GET", "POST", "GET"]


def test_a_submit_that_was_never_taken_gives_up_after_four(caller, serve, clockwork):
    absent = reply(200, {"jobs": []})
    server = serve(*[reply(500), absent] * 4)
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(ServiceUnavailable):
        caller.send(client, reconcilable())
    assert [r.method for r in server.requests] == ["POST", "GET"] * 4


def test_an_unsafe_operation_is_not_repeated_after_a_server_error(caller, serve, clockwork):
    server = serve(reply(500))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(ServiceUnavailable):
        caller.send(client, submit())
    assert len(server.requests) == 1


def test_calls_fail_without_sleeping_once_the_retry_quota_is_drained(caller, serve, clockwork):
    server = serve(reply(500))
    client = caller.client(server.url, clockwork.settings())
    for _ in range(10):
        with pytest.raises(ServiceUnavailable):
            caller.send(client, get())
    sent, slept = len(server.requests), len(clockwork.sleeps)
    with pytest.raises(ServiceUnavailable):
        caller.send(client, get())
    assert len(server.requests) - sent == 1
    assert len(clockwork.sleeps) == slept == 20


# -- other statuses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RequestRefused),
        (401, AuthenticationFailed),
        (403, PermissionDenied),
        (404, NotFound),
        (405, RequestRefused),
        (409, RequestRefused),
        (413, RequestRefused),
        (422, RequestRefused),
        (423, RequestRefused),
        (501, ServiceUnavailable),
    ],
)
@pytest.mark.parametrize("make", [get, submit, reconcilable])
def test_a_refusal_is_its_own_error_and_final(caller, serve, clockwork, make, status, kind):
    server = serve(reply(status, {"statusCode": status, "error": "Bad", "message": "no such gate"}))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(kind, match="no such gate") as caught:
        caller.send(client, make())
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.code) == (status, "Bad")
    assert (len(server.requests), clockwork.sleeps) == (1, [])


@pytest.mark.parametrize(
    "location",
    ["{other}/steal", "//evil.example/", "http://127.0.0.1:1/", "/jobs/2", "https://evil.example/"],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(caller, serve, clockwork, status, location):
    other = serve(reply(200, {"id": "stolen"}))
    server = serve(reply(status, b"", {"Location": location.format(other=other.url)}))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(ProtocolError, match="redirect"):
        caller.send(client, get())
    assert (other.connections, len(server.requests)) == (0, 1)


@pytest.mark.parametrize(
    "supplied",
    [
        "{other}/v1/results",
        "//127.0.0.1:{port}/v1",
        "/v1/../admin",
        "/v1/%2e%2e/admin",
        "/v1/..%2fx",
        "/v1//x",
        "/v1/\\x",
        "/v1/%5cx",
        "/v1/%252e%252e/x",
        "/v1/x\r\nHost: y",
        "/v1/x y",
        "http://u@h/x",
        "",
        "v1/x",
        "/v1/\u202ex",
        "/v1/x#y",
        "javascript:x",
    ],
)
def test_urls_of_the_service_that_lead_elsewhere_are_not_requested(caller, serve, supplied):
    other, server = serve(reply(200, {})), serve(reply(200, {}))
    client = caller.client(f"{server.url}/v1")
    url = supplied.format(other=other.url, port=other.port)
    with pytest.raises(ProtocolError):
        caller.send(client, get(url, host_relative=True))
    assert (other.connections, server.connections) == (0, 0)


def test_a_flow_may_catch_that_a_url_leads_elsewhere(caller, serve):
    def flow():
        try:
            yield get("http://evil.example/x", host_relative=True)
        except ProtocolError:
            return (yield get())

    server = serve(DONE)
    assert caller.run(caller.client(server.url), flow()) == {"id": "j1"}
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "supplied", ["/v0.4/jobs/1/results?part=2", "{own}/v0.4/jobs/1/results?part=2"]
)
def test_urls_of_the_service_on_its_own_origin_are_followed(caller, serve, supplied):
    server = serve(DONE)
    client = caller.client(f"{server.url}/other/base")
    caller.send(client, get(supplied.format(own=server.url), host_relative=True))
    assert server.requests[0].target == "/v0.4/jobs/1/results?part=2"


# -- documented rates ------------------------------------------------------------------------------

FIVE_A_MINUTE = RateLimit("submits", 5, 60.0)


def test_a_documented_rate_is_kept_by_waiting(caller, serve, clockwork):
    server = serve(DONE)
    client = caller.client(server.url, clockwork.settings())
    for _ in range(11):
        caller.send(client, submit(rate_limit=FIVE_A_MINUTE))
    assert clockwork.sleeps == [60.0, 60.0]
    assert clockwork.waits == [(60.0, "at most 5 submits in 60 s")] * 2


def test_a_documented_rate_that_cannot_be_kept_in_time_is_an_error(caller, serve, clockwork):
    server = serve(DONE)
    client = caller.client(server.url, clockwork.settings())
    for _ in range(5):
        caller.send(client, submit(rate_limit=FIVE_A_MINUTE))
    with pytest.raises(RateLimited) as caught:
        caller.send(client, submit(rate_limit=FIVE_A_MINUTE), timeout_s=30)
    assert caught.value.retry_after_s == 60.0
    assert (len(server.requests), clockwork.sleeps) == (5, [])


# -- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("jump_s", [-3600.0, 3600.0])
def test_a_jump_of_the_wall_clock_changes_no_duration(caller, serve, clockwork, jump_s):
    server = serve(reply(500), reply(500), DONE)
    wall = iter([1e9, 1e9 + jump_s, 1e9 + 2 * jump_s, 1e9 + 3 * jump_s])
    client = caller.client(server.url, clockwork.settings(wall_clock=lambda: next(wall)))
    caller.send(client, get(), timeout_s=10)
    assert (len(server.requests), len(clockwork.sleeps)) == (3, 2)
    assert sum(clockwork.sleeps) <= 0.5 + 1


def test_a_keyed_submit_answered_409_at_once_is_refused(caller, serve, clockwork):
    server = serve(reply(409, {"message": "taken by another"}))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(RequestRefused, match="taken by another"):
        caller.send(client, submit(Repeat.KEYED))
    assert len(server.requests) == 1

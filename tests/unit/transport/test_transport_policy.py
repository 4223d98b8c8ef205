"""The retry contract on the policy alone: outcomes go in, steps come out, nothing is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clockwork import Clockwork
from support.operations import get, reconcilable, submit

from ketbridge.errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    ConnectionFailed,
    ConnectionLost,
    DeadlineExceeded,
    KetbridgeError,
    ProtocolError,
    ResponseTooLarge,
    TlsError,
    TransportError,
    TruncatedResponse,
)
from ketbridge.secret import Secret
from ketbridge.transport import ApiKey, Auth, NoAuth
from ketbridge.transport.auth import Credential
from ketbridge.transport.operation import Flow, Pause, Repeat, Reply
from ketbridge.transport.outcome import Outcome, Sent, retry_after_s
from ketbridge.transport.policy import Attempt, Policy, Renew, Sleep

OK = Outcome(Reply(200, {}, b'{"id": "j1"}'))
ABSENT = Outcome(Reply(200, {}, b'{"jobs": []}'))
THERE = Outcome(Reply(200, {}, b'{"jobs": [{"id": "j0"}]}'))
REFUSED = Outcome(error=ConnectionFailed("refused"))
LOST = Outcome(error=ConnectionLost("reset"))
CUT = Outcome(error=TruncatedResponse("cut"))
TLS = Outcome(error=TlsError("expired"))
UNREADABLE = Outcome(Reply(200, {}, b'{"id": '))
TOO_LARGE = Outcome(error=ResponseTooLarge("5 GB", status=200))


def status(code: int, **headers: str) -> Outcome:
    return Outcome(Reply(code, headers, b"{}"))


def play(policy: Policy, steps, clockwork: Clockwork, outcomes: list[Outcome]):
    """Drive steps; return what they returned or raised, and the steps in short."""
    trace: list[str] = []
    answer = None
    try:
        while True:
            step = steps.send(answer)
            answer = None
            if isinstance(step, Attempt):
                trace.append(step.operation.method)
                answer = outcomes.pop(0)
            elif isinstance(step, Sleep):
                trace.append("sleep")
                clockwork.sleep(step.seconds)
            else:
                trace.append("renew")
    except StopIteration as end:
        return end.value, " ".join(trace)
    except KetbridgeError as error:
        return type(error), " ".join(trace)


def send(operation, outcomes, *, auth: Auth | None = None, timeout_s: float = 100.0):
    clockwork = Clockwork()
    policy = Policy(clockwork.settings(), auth or NoAuth())
    steps = policy.send(operation, clockwork.now + timeout_s)
    return play(policy, steps, clockwork, [*outcomes])


TABLE = [
    # operation, outcomes, result, steps
    (get(), [OK], {"id": "j1"}, "GET"),
    (get(), [LOST, CUT, status(500), OK], {"id": "j1"}, "GET sleep GET sleep GET sleep GET"),
    (get(), [LOST] * 4, ConnectionLost, "GET sleep GET sleep GET sleep GET"),
    (get(), [TLS], TlsError, "GET"),
    (submit(), [REFUSED, OK], {"id": "j1"}, "POST sleep POST"),
    (submit(), [TLS], TlsError, "POST"),
    (submit(), [LOST], AmbiguousSubmissionError, "POST"),
    (submit(), [CUT], AmbiguousSubmissionError, "POST"),
    (submit(), [status(502)], AmbiguousSubmissionError, "POST"),
    (submit(), [status(504)], AmbiguousSubmissionError, "POST"),
    (submit(), [status(429), OK], {"id": "j1"}, "POST sleep POST"),
    (submit(), [status(503, **{"retry-after": "1"}), OK], {"id": "j1"}, "POST sleep POST"),
    (submit(Repeat.KEYED), [LOST, status(409)], {}, "POST sleep POST"),
    (submit(Repeat.KEYED), [status(502), status(409)], {}, "POST sleep POST"),
    (submit(Repeat.KEYED), [REFUSED, LOST, OK], {"id": "j1"}, "POST sleep POST sleep POST"),
    (submit(Repeat.KEYED), [LOST, status(400)], AmbiguousSubmissionError, "POST sleep POST"),
    (submit(Repeat.KEYED), [LOST, TLS], AmbiguousSubmissionError, "POST sleep POST"),
    (
        submit(Repeat.KEYED),
        [LOST] * 4,
        AmbiguousSubmissionError,
        "POST sleep POST sleep POST sleep POST",
    ),
    (reconcilable(), [LOST, THERE], {"id": "j0"}, "POST sleep GET"),
    (reconcilable(), [CUT, ABSENT, OK], {"id": "j1"}, "POST sleep GET POST"),
    (reconcilable(), [REFUSED, OK], {"id": "j1"}, "POST sleep POST"),
    (reconcilable(), [LOST, LOST, THERE], {"id": "j0"}, "POST sleep GET sleep GET"),
    (reconcilable(), [UNREADABLE, THERE], {"id": "j0"}, "POST sleep GET"),
    (reconcilable(), [status(202), THERE], {"id": "j0"}, "POST sleep GET"),
    (reconcilable(), [TOO_LARGE, THERE], {"id": "j0"}, "POST sleep GET"),
    (reconcilable(), [UNREADABLE, ABSENT], ProtocolError, "POST sleep GET"),
    (reconcilable(), [UNREADABLE, status(404)], AmbiguousSubmissionError, "POST sleep GET"),
    (submit(), [UNREADABLE], AmbiguousSubmissionError, "POST"),
    (submit(), [TOO_LARGE], AmbiguousSubmissionError, "POST"),
    (submit(), [status(307)], ProtocolError, "POST"),
    (submit(Repeat.KEYED), [UNREADABLE], AmbiguousSubmissionError, "POST"),
    (reconcilable(), [LOST, status(404)], AmbiguousSubmissionError, "POST sleep GET"),
    (reconcilable(), [LOST, ABSENT, TLS], TlsError, "POST sleep GET POST"),
    (
        reconcilable(),
        [LOST, ABSENT] * 4,
        ConnectionLost,
        "POST sleep GET POST sleep GET POST sleep GET POST sleep GET",
    ),
]


@pytest.mark.parametrize(("operation", "outcomes", "result", "steps"), TABLE)
def test_what_follows_an_outcome(operation, outcomes, result, steps):
    assert send(operation, outcomes) == (result, steps)


# -- deadlines -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "outcomes", "expected"),
    [
        (get(), [status(500)], "GET"),
        (reconcilable(settle_s=30.0), [LOST], "POST"),
        (submit(Repeat.KEYED), [LOST], "POST"),
    ],
)
def test_the_deadline_is_checked_before_sleeping(operation, outcomes, expected):
    result, steps = send(operation, outcomes, timeout_s=1e-6)
    assert issubclass(result, TransportError)
    assert steps == expected


def test_nothing_is_sent_when_no_time_is_left():
    assert send(get(), [], timeout_s=0.0) == (DeadlineExceeded, "")


def test_an_attempt_that_took_all_the_time_is_a_deadline_exceeded():
    clockwork = Clockwork()
    steps = Policy(clockwork.settings(), NoAuth()).send(get(), clockwork.now + 5)
    next(steps)
    clockwork.now += 5
    with pytest.raises(DeadlineExceeded, match="reset"):
        steps.send(LOST)


# -- waiting ---------------------------------------------------------------------------------------


@given(st.integers(0, 2**32), st.lists(st.sampled_from([500, 429]), min_size=3, max_size=3))
def test_sleeps_are_full_jitter_below_the_doubling_bound(seed, codes):
    clockwork = Clockwork(seed)
    steps = Policy(clockwork.settings(), NoAuth()).send(get(), clockwork.now + 100)
    play(None, steps, clockwork, [*map(status, codes), OK])
    bounds = [(1.0 if code == 429 else 0.5) * 2**at for at, code in enumerate(codes)]
    assert all(0 <= slept <= bound for slept, bound in zip(clockwork.sleeps, bounds, strict=True))


@given(st.text(max_size=60))
def test_whatever_retry_after_says_is_a_wait_or_nothing(text):
    wait_s = retry_after_s(Reply(429, {"retry-after": text}, b""), 0.0)
    assert wait_s is None or 0 <= wait_s < float("inf")


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("5", 5.0),
        (" 1.5 ", 1.5),
        ("-1", None),
        ("1e30", None),
        ("inf", None),
        ("Thu, 01 Jan 1970 00:00:09 GMT", 9.0),
        ("Thu, 01 Jan 1970 99:00:09 GMT", None),
        ("Thu, 01 Jan 1969 00:00:09 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text, wait_s):
    assert retry_after_s(Reply(429, {"retry-after": text}, b""), 0.0) == wait_s


# -- what was sent ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "sent"),
    [
        (REFUSED, Sent.NO), (TLS, Sent.NO), (LOST, Sent.MAYBE), (CUT, Sent.MAYBE),
        (status(502), Sent.MAYBE), (status(504), Sent.MAYBE), (status(500), Sent.YES),
        (status(503), Sent.YES), (status(429), Sent.YES), (status(200), Sent.YES),
    ],
)  # fmt: skip
def test_an_outcome_says_whether_the_request_was_sent(outcome, sent):
    assert outcome.sent is sent


# -- credentials -----------------------------------------------------------------------------------


class OneRenewal(Auth):
    renewable = True

    def credential(self) -> Credential | None:
        return Credential((("X", Secret("token")),))


def test_a_401_renews_once_and_does_not_count_as_an_attempt():
    outcomes = [LOST, status(401), LOST, LOST, OK]
    result, steps = send(get(), outcomes, auth=OneRenewal())
    assert result == {"id": "j1"}
    assert steps == "GET sleep GET renew GET sleep GET sleep GET"


def test_a_second_401_is_final():
    result = send(get(), [status(401), status(401)], auth=OneRenewal())
    assert result == (AuthenticationFailed, "GET renew GET")


def test_a_401_of_a_key_is_final():
    auth = ApiKey("Authorization", "", Secret("key"))
    assert send(get(), [status(401)], auth=auth) == (AuthenticationFailed, "GET")


def test_a_renewal_that_fails_after_an_unclear_submit_is_ambiguous():
    clockwork = Clockwork()
    policy = Policy(clockwork.settings(), OneRenewal())
    steps = policy.send(submit(Repeat.KEYED), clockwork.now + 100)
    assert isinstance(next(steps), Attempt)
    assert isinstance(steps.send(LOST), Sleep)
    assert isinstance(next(steps), Attempt)
    assert isinstance(steps.send(status(401)), Renew)
    with pytest.raises(AmbiguousSubmissionError):
        steps.send(AuthenticationFailed("refused"))


# -- flows -----------------------------------------------------------------------------------------


def test_a_flow_gets_replies_pauses_and_may_catch_errors():
    def flow() -> Flow[list[object]]:
        first = yield get()
        yield Pause(3.0)
        try:
            yield get("/missing")
        except TransportError as error:
            return [first, error.status]
        return []

    clockwork = Clockwork()
    policy = Policy(clockwork.settings(), NoAuth())
    result = play(policy, policy.run(flow()), clockwork, [OK, status(404)])
    assert result == ([{"id": "j1"}, 404], "GET sleep GET")


def test_an_error_that_a_flow_does_not_catch_leaves_it():
    def flow() -> Flow[object]:
        return (yield get())

    clockwork = Clockwork()
    policy = Policy(clockwork.settings(), NoAuth())
    result, _ = play(policy, policy.run(flow()), clockwork, [status(404)])
    assert result.__name__ == "NotFound"


def test_a_pause_beyond_the_deadline_is_not_begun():
    def flow() -> Flow[None]:
        yield Pause(10.0)

    clockwork = Clockwork()
    policy = Policy(clockwork.settings(), NoAuth())
    result = play(policy, policy.run(flow(), clockwork.now + 5), clockwork, [])
    assert result == (DeadlineExceeded, "")


def test_abandoning_a_call_closes_its_flow():
    closed = []

    def flow() -> Flow[None]:
        try:
            yield get()
        finally:
            closed.append(True)

    steps = Policy(Clockwork().settings(), NoAuth()).run(flow())
    next(steps)
    steps.close()
    assert closed == [True]

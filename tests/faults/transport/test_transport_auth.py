"""Tokens that expire while many callers use them."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.operations import get, submit
from support.rawserver import hang, reply, reset

from ketbridge.errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DeadlineExceeded,
    ServiceUnavailable,
)
from ketbridge.secret import Secret
from ketbridge.transport import AccessToken, Client, Settings, TokenExchange
from ketbridge.transport.body import decode_json
from ketbridge.transport.operation import Operation, Repeat, Reply

KEY = "raw-key-5d1e"


def exchange(previous: AccessToken | None) -> Operation[AccessToken]:
    grant = f"apikey={KEY}" if previous is None else f"refresh={previous.refresh.reveal()}"
    return Operation(
        "Exchange",
        "POST",
        "/identity/token",
        read_token,
        Repeat.SAFE,
        body=grant.encode(),
        content_type="application/x-www-form-urlencoded",
        authenticate=False,
    )


def read_token(answer: Reply) -> AccessToken:
    data = decode_json(answer.body)
    refresh = Secret(data["refresh"]) if "refresh" in data else None
    return AccessToken(Secret(data["access_token"]), data["expires_in"], refresh)


class Service:
    """A service that takes one token at a time, and its token endpoint."""

    def __init__(self, serve, *, issue=None, slow_s: float = 0.0) -> None:
        self.good = "token-0"
        self._slow_s = slow_s
        self.iam = serve(issue or self._issue)
        self.api = serve(self._answer)

    def _issue(self, sock, received) -> None:
        time.sleep(self._slow_s)
        self.good = f"token-{len(self.iam.requests)}"
        reply(200, {"access_token": self.good, "expires_in": 3600})(sock, received)

    def _answer(self, sock, received) -> None:
        known = received.headers.get("authorization") == f"Bearer {self.good}"
        reply(200 if known else 401, {"message": "ok" if known else "expired"})(sock, received)

    def auth(self, settings: Settings | None = None, **options) -> TokenExchange:
        return TokenExchange(self.iam.url, exchange, settings=settings, **options)


def test_a_token_is_exchanged_once_and_kept(caller, serve):
    service = Service(serve)
    client = caller.client(service.api.url, auth=service.auth())
    for _ in range(3):
        assert caller.send(client, get()) == {"message": "ok"}
    assert (len(service.iam.requests), len(service.api.requests)) == (1, 3)


def test_the_key_goes_to_the_token_endpoint_only(caller, serve):
    service = Service(serve)
    client = caller.client(service.api.url, auth=service.auth())
    caller.send(client, get())
    service.good = "revoked"
    caller.send(client, submit())
    assert all(KEY in r.body.decode() for r in service.iam.requests)
    assert not any(KEY in repr(r) for r in service.api.requests)


def test_a_401_renews_the_token_once_and_the_call_goes_on(caller, serve, clockwork):
    service = Service(serve)
    client = caller.client(service.api.url, clockwork.settings(), service.auth())
    caller.send(client, get())
    service.good = "revoked"
    assert caller.send(client, submit()) == {"message": "ok"}
    assert len(service.iam.requests) == 2
    assert [r.headers["authorization"] for r in service.api.requests] == [
        "Bearer token-1",
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert clockwork.sleeps == []


def test_a_token_is_renewed_before_it_expires(caller, serve, clockwork):
    service = Service(serve)
    settings = clockwork.settings()
    client = caller.client(service.api.url, settings, service.auth(settings, margin_s=60))
    caller.send(client, get())
    clockwork.now += 3600 - 61
    caller.send(client, get())
    assert len(service.iam.requests) == 1
    clockwork.now += 2
    caller.send(client, get())
    assert len(service.iam.requests) == 2
    assert len(service.api.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refused_exchange_is_a_failed_authentication(caller, serve, clockwork, status):
    service = Service(serve, issue=reply(status, {"errorMessage": "no such key"}))
    client = caller.client(service.api.url, clockwork.settings(), service.auth())
    with pytest.raises(AuthenticationFailed, match="no such key") as caught:
        caller.send(client, submit())
    assert KEY not in str(caught.value)
    assert (len(service.iam.requests), service.api.requests) == (1, [])


def test_a_token_that_is_refused_again_is_a_failed_authentication(caller, serve, clockwork):
    service = Service(serve, issue=reply(200, {"access_token": "bad", "expires_in": 60}))
    client = caller.client(service.api.url, clockwork.settings(), service.auth())
    with pytest.raises(AuthenticationFailed, match="expired"):
        caller.send(client, get())
    assert (len(service.iam.requests), len(service.api.requests)) == (2, 2)


def test_a_token_endpoint_that_is_down_is_not_a_failed_authentication(caller, serve, clockwork):
    service = Service(serve, issue=reply(500))
    settings = clockwork.settings()
    client = caller.client(service.api.url, settings, service.auth(settings))
    with pytest.raises(ServiceUnavailable):
        caller.send(client, get())
    assert (len(service.iam.requests), service.api.requests) == (4, [])


def test_a_reset_of_the_exchange_is_repeated(caller, serve, clockwork):
    token = reply(200, {"access_token": "token-0", "expires_in": 60})
    service = Service(serve)
    service.iam.script = [reset, token]
    settings = clockwork.settings()
    client = caller.client(service.api.url, settings, service.auth(settings))
    assert caller.send(client, get()) == {"message": "ok"}
    assert len(service.iam.requests) == 2


def test_a_silent_token_endpoint_meets_the_deadline_of_the_call(caller, serve):
    service = Service(serve, issue=hang)
    client = caller.client(service.api.url, auth=service.auth())
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        caller.send(client, submit(), timeout_s=0.5)
    assert time.monotonic() - began < 1.0


def test_a_refresh_token_is_used_and_the_key_again_when_it_is_refused(caller, serve, clockwork):
    first = reply(200, {"access_token": "token-0", "expires_in": 100, "refresh": "r-1"})
    service = Service(serve)
    service.iam.script = [first, reply(400, {"error": "invalid_grant"}), first]
    settings = clockwork.settings()
    client = caller.client(service.api.url, settings, service.auth(settings))
    caller.send(client, get())
    clockwork.now += 100
    caller.send(client, get())
    assert [r.body.decode() for r in service.iam.requests] == [
        f"apikey={KEY}",
        "refresh=r-1",
        f"apikey={KEY}",
    ]


def test_32_threads_that_meet_a_401_share_one_exchange(serve):
    service = Service(serve, slow_s=0.2)
    client = Client(service.api.url, service.auth())
    client.send(get())
    service.good = "revoked"
    together = threading.Barrier(32)

    def poll(_: int) -> object:
        together.wait()
        return client.send(get())

    with ThreadPoolExecutor(32) as threads:
        assert list(threads.map(poll, range(32))) == [{"message": "ok"}] * 32
    client.close()
    assert len(service.iam.requests) == 2


async def test_32_tasks_that_meet_a_401_share_one_exchange(serve):
    service = Service(serve, slow_s=0.2)
    client = Client(service.api.url, service.auth())
    await client.asend(get())
    service.good = "revoked"
    answers = await asyncio.gather(*(client.asend(get()) for _ in range(32)))
    await client.aclose()
    assert answers == [{"message": "ok"}] * 32
    assert len(service.iam.requests) == 2


def test_threads_that_wait_for_a_refused_exchange_share_its_error(serve):
    def refuse(sock, received) -> None:
        time.sleep(0.3)
        reply(400, {"errorMessage": "no such key"})(sock, received)

    service = Service(serve, issue=refuse)
    client = Client(service.api.url, service.auth())
    together = threading.Barrier(16)

    def call(_: int) -> BaseException:
        together.wait()
        try:
            return client.send(get())
        except AuthenticationFailed as error:
            return error

    with ThreadPoolExecutor(16) as threads:
        errors = list(threads.map(call, range(16)))
    client.close()
    assert all(isinstance(error, AuthenticationFailed) for error in errors)
    assert len(set(map(id, errors))) == 16, "what one caller does to its error is not the others'"
    assert (len(service.iam.requests), service.api.requests) == (1, [])


def test_callers_with_time_left_do_not_share_that_another_ran_out_of_it(serve):
    service = Service(serve, slow_s=0.6)
    client = Client(service.api.url, service.auth())

    def call(timeout_s: float) -> object:
        try:
            return client.send(get(), timeout_s=timeout_s)
        except DeadlineExceeded as error:
            return type(error)

    with ThreadPoolExecutor(2) as threads:
        hasty = threads.submit(call, 0.3)
        time.sleep(0.1)
        patient = threads.submit(call, 30)
        assert (hasty.result(), patient.result()) == (DeadlineExceeded, {"message": "ok"})
    client.close()


def test_an_exchange_after_a_closed_client_fails_without_a_request(serve):
    service = Service(serve)
    client = Client(service.api.url, service.auth())
    client.close()
    with pytest.raises(ConnectionFailed):
        client.send(get())
    assert service.iam.connections == 0

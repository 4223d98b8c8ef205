"""Connections that fail, break, hang or drip."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from support.operations import get, reconcilable, submit
from support.rawserver import drip, hang, reply, reset

from ketbridge.errors import (
    AmbiguousSubmissionError,
    ConnectionFailed,
    ConnectionLost,
    DeadlineExceeded,
    TlsError,
)
from ketbridge.transport import Settings
from ketbridge.transport.operation import Repeat

FOUND = reply(200, {"jobs": [{"id": "j1"}]})
NOT_FOUND = reply(200, {"jobs": []})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# -- before anything is sent -----------------------------------------------------------------------


@pytest.mark.parametrize("operation", [get(), submit(), submit(Repeat.KEYED), reconcilable()])
def test_a_refused_connection_is_tried_four_times(caller, clockwork, operation):
    client = caller.client(f"http://127.0.0.1:{free_port()}", clockwork.settings())
    with pytest.raises(ConnectionFailed, match="refused"):
        caller.send(client, operation)
    assert len(clockwork.sleeps) == 3
    assert sum(clockwork.sleeps) <= 0.5 + 1 + 2


def test_a_host_that_has_no_address_is_a_failed_connection(caller, clockwork):
    client = caller.client("https://nowhere.invalid", clockwork.settings())
    with pytest.raises(ConnectionFailed) as caught:
        caller.send(client, submit())
    assert not isinstance(caught.value, TlsError)
    assert len(clockwork.sleeps) == 3


def test_a_resolver_that_hangs_meets_the_deadline(caller, monkeypatch):
    resolved = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: resolved.wait(20) and [])
    client = caller.client("https://service.example")
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="connecting took too long"):
        try:
            caller.send(client, submit(), timeout_s=0.5)
        finally:
            resolved.set()
    assert time.monotonic() - began < 1.0


# -- TLS -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return tmp_path / "ca.pem"


def server_side(authority: trustme.CA, *names: str, expired: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    authority.issue_cert(*names, not_after=yesterday if expired else None).configure_cert(context)
    return context


def test_a_service_with_a_good_certificate_answers(caller, serve, authority, ca_file):
    server = serve(reply(200, {"id": "j1"}), tls=server_side(authority, "localhost"))
    client = caller.client(server.url, Settings(ca_file=ca_file))
    assert caller.send(client, get()) == {"id": "j1"}


@pytest.mark.parametrize("fault", ["unknown authority", "wrong host", "expired"])
@pytest.mark.parametrize("switch", [{}, {"PYTHONHTTPSVERIFY": "0", "SSL_VERIFY": "0"}])
def test_a_bad_certificate_ends_the_call_at_once(
    caller, serve, clockwork, authority, ca_file, monkeypatch, fault, switch
):
    for name, value in switch.items():
        monkeypatch.setenv(name, value)
    issuer = trustme.CA() if fault == "unknown authority" else authority
    host = "elsewhere.example" if fault == "wrong host" else "localhost"
    tls = server_side(issuer, host, expired=fault == "expired")
    server = serve(reply(200, {}), tls=tls)
    client = caller.client(server.url, clockwork.settings(ca_file=ca_file))
    with pytest.raises(TlsError, match="certificate"):
        caller.send(client, get())
    assert (server.connections, server.requests, clockwork.sleeps) == (1, [], [])


def test_a_server_that_does_not_speak_tls_is_a_tls_error(caller, serve, clockwork):
    server = serve(hang, greeting=b"220 mail.example ESMTP ready\r\n")
    client = caller.client(server.url.replace("http:", "https:"), clockwork.settings())
    with pytest.raises(TlsError, match="no secure connection"):
        caller.send(client, get())
    assert server.connections == 1


# -- after something may have been sent ------------------------------------------------------------


@pytest.mark.parametrize("repeat", [Repeat.SAFE, Repeat.KEYED])
def test_what_may_be_repeated_survives_a_reset(caller, serve, clockwork, repeat):
    server = serve(reset, reset, reply(200, {"id": "j1"}))
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, submit(repeat)) == {"id": "j1"}
    assert len(server.requests) == 3
    assert len(clockwork.sleeps) == 2


def test_a_409_after_a_reset_means_that_a_keyed_submit_was_taken(caller, serve, clockwork):
    server = serve(reset, reply(409, {"message": "job exists"}))
    client = caller.client(server.url, clockwork.settings())
    operation = submit(Repeat.KEYED, read=lambda answer: answer.status)
    assert caller.send(client, operation) == 409
    assert len(server.requests) == 2


def test_an_unsafe_operation_is_never_repeated_after_a_reset(caller, serve, clockwork):
    server = serve(reset)
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(AmbiguousSubmissionError) as caught:
        caller.send(client, submit())
    assert isinstance(caught.value.__cause__, ConnectionLost)
    assert (len(server.requests), clockwork.sleeps) == (1, [])


def test_a_submission_that_was_taken_is_adopted(caller, serve, clockwork):
    server = serve(reset, FOUND)
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, reconcilable(settle_s=2.0)) == {"id": "j1"}
    assert [r.method for r in server.requests] == ["POST", "GET"]
    assert clockwork.sleeps == [2.0]


def test_a_submission_that_was_not_taken_is_sent_again(caller, serve, clockwork):
    server = serve(reset, NOT_FOUND, reply(200, {"id": "j2"}))
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, reconcilable(settle_s=2.0)) == {"id": "j2"}
    assert [r.method for r in server.requests] == ["POST", "GET", "POST"]


def test_a_submission_that_cannot_be_looked_up_is_ambiguous(caller, serve, clockwork):
    server = serve(reset, reply(403, {"message": "no"}))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(AmbiguousSubmissionError, match="CreateJob"):
        caller.send(client, reconcilable())
    assert [r.method for r in server.requests] == ["POST", "GET"]


def test_a_silent_service_after_a_submit_ends_in_the_adopted_job(caller, serve):
    server = serve(hang, FOUND)
    client = caller.client(server.url, Settings(io_timeout_s=0.3))
    assert caller.send(client, reconcilable(), timeout_s=5) == {"id": "j1"}
    assert [r.method for r in server.requests] == ["POST", "GET"]


def test_a_silent_service_meets_the_io_timeout(caller, serve, clockwork):
    server = serve(hang)
    client = caller.client(server.url, clockwork.settings(io_timeout_s=0.1))
    with pytest.raises(ConnectionLost, match="silent"):
        caller.send(client, get())
    assert (len(server.requests), len(clockwork.sleeps)) == (4, 3)


# -- total time ------------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"
DRIPS = {
    "head": drip(HEAD),
    "body": lambda s, r: (s.sendall(HEAD + b"\r\n"), drip(b"x" * 99)(s, r)),
}


@pytest.mark.parametrize("where", DRIPS)
def test_one_byte_every_third_of_a_second_meets_the_deadline(caller, serve, where):
    server = serve(DRIPS[where])
    client = caller.client(server.url)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        caller.send(client, get(), timeout_s=1.0)
    assert 0.9 < time.monotonic() - began < 1.5
    assert len(server.requests) == 1


@pytest.mark.parametrize("operation", [submit(), submit(Repeat.KEYED), reconcilable()])
def test_a_submit_in_doubt_at_its_deadline_is_ambiguous(caller, serve, operation):
    server = serve(hang)
    client = caller.client(server.url)
    began = time.monotonic()
    with pytest.raises(AmbiguousSubmissionError):
        caller.send(client, operation, timeout_s=0.5)
    assert time.monotonic() - began < 1.0
    assert len(server.requests) == 1


def test_a_service_that_does_not_read_meets_the_deadline(caller):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = caller.client(f"http://127.0.0.1:{listener.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded):
            caller.send(client, submit(Repeat.SAFE, body=b"x" * 2**25), timeout_s=0.5)
        assert time.monotonic() - began < 1.0


def test_connections_are_reused(caller, serve):
    server = serve(reply(200, {}))
    client = caller.client(server.url)
    for _ in range(5):
        caller.send(client, get())
    assert (len(server.requests), server.connections) == (5, 1)


def test_a_closed_client_refuses_without_a_request(caller, serve):
    server = serve(reply(200, {}))
    client = caller.client(server.url)
    client.close()
    with pytest.raises(ConnectionFailed, match="closed"):
        caller.send(client, get())
    assert server.connections == 0

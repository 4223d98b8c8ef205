"""The store over real HTTP: moto's behind the sandbox, and a server that misbehaves as told."""

from __future__ import annotations

import dataclasses
import logging
import math
import random
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from ketbridge import sandbox
from ketbridge.errors import (
    AddressError,
    AuthenticationFailed,
    ConnectionFailed,
    ConnectionLost,
    CredentialError,
    DeadlineExceeded,
    MissingExtraError,
    NotFound,
    PermissionDenied,
    RequestRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TruncatedResponse,
)
from ketbridge.sandbox import Fault
from ketbridge.secret import Secret
from ketbridge.storage import Place, Store, patiently
from ketbridge.transport import Client, Settings

ANY = math.inf
MEGABYTE = 2**20


@pytest.fixture(scope="module")
def server():
    with ThreadPoolExecutor(1) as pool, sandbox.start(executor=pool) as running:
        yield running


@pytest.fixture
def place(server) -> Place:
    server.faults.clear()
    return Place.of(server.accounts["ibm-direct"].settings, "ibm-direct")


@pytest.fixture
def store(place):
    store = Store(place, Settings(io_timeout_s=2, connect_timeout_s=2))
    yield store
    store.close()


def test_what_is_put_comes_back(store):
    content = random.Random(1).randbytes(3 * MEGABYTE)
    store.put("a/b.json", content, ANY)
    assert store.exists("a/b.json", ANY)
    assert store.get("a/b.json", ANY, len(content)) == content


def test_a_download_is_whole_or_not_there(store, server, tmp_path):
    store.put("a", b"x" * 2 * MEGABYTE, ANY)
    path = tmp_path / "a"
    server.faults.add(Fault.short_body(), on="s3.GetObject", times=1)
    with pytest.raises((TruncatedResponse, ConnectionLost)):
        store.download("a", path, ANY)
    assert list(tmp_path.iterdir()) == []
    assert store.download("a", path, ANY) == 2 * MEGABYTE
    assert path.stat().st_size == 2 * MEGABYTE


def test_progress_is_told_both_ways(store):
    seen: list[tuple[int, int | None]] = []
    note = lambda done, total: seen.append((done, total))  # noqa: E731
    store.put("a", b"x" * 100, ANY, note)
    store.get("a", ANY, 1000, note)
    assert seen == [(100, 100)] * len(seen)
    assert len(seen) >= 2


def test_an_object_above_the_cap_is_not_read(store):
    store.put("a", b"x" * 1001, ANY)
    with pytest.raises(ResponseTooLarge, match="1000 bytes"):
        store.get("a", ANY, 1000)


def test_deleting_twice_is_deleting(store):
    store.put("a", b"x", ANY)
    store.delete(["a", "never"], ANY)
    store.delete(["a"], ANY)
    assert not store.exists("a", ANY)


def test_a_lent_url_reads_and_writes_without_a_key(store):
    url = store.lend("a", "put", 60).reveal()
    request = urllib.request.Request(url, b"from outside", method="PUT")
    request.add_header("Content-Type", "application/octet-stream")
    urllib.request.urlopen(request).close()
    with urllib.request.urlopen(store.lend("a", "get", 60).reveal()) as answer:
        assert answer.read() == b"from outside"


def test_a_lent_url_runs_out(store):
    store.put("a", b"x", ANY)
    url = store.lend("a", "get", 1).reveal()
    time.sleep(2.1)
    with pytest.raises(urllib.error.HTTPError, match="403") as told:
        urllib.request.urlopen(url)
    told.value.close()


def test_a_loan_is_never_longer_than_a_signature_allows(store):
    assert "X-Amz-Expires=604800&" in store.lend("a", "get", 1e9).reveal()


# -- what goes wrong ----------------------------------------------------------------------------


def test_what_is_not_there_is_said_with_the_bucket(store):
    with pytest.raises(NotFound, match="'ketbridge'"):
        store.get("nothing", ANY, 10)


def test_a_missing_bucket_is_named_and_not_waited_for(place):
    other = Store(dataclasses.replace(place, bucket="not-there"))
    for call in (lambda: other.put("a", b"x", ANY), lambda: other.get("a", ANY, 10)):
        with pytest.raises(RequestRefused, match="there is no bucket 'not-there'") as told:
            call()
        assert not isinstance(told.value, NotFound)
    other.close()


@pytest.mark.parametrize(
    ("call", "permission"),
    [("put", "s3:PutObject"), ("get", "s3:GetObject"), ("delete", "s3:DeleteObject")],
)
def test_a_missing_permission_is_named(store, server, call, permission):
    calls = {
        "put": lambda: store.put("a", b"x", ANY),
        "get": lambda: store.get("a", ANY, 10),
        "delete": lambda: store.delete(["a"], ANY),
    }
    server.faults.add(Fault.status(403), times=1)
    with pytest.raises(PermissionDenied, match=f"'ketbridge'.*{permission}"):
        calls[call]()


def test_a_wrong_key_is_said_to_be_wrong(place):
    other = Store(dataclasses.replace(place, access_key=Secret("canary-key")))
    with pytest.raises(AuthenticationFailed, match="access_key or secret_key") as told:
        other.get("a", ANY, 10)
    assert "canary" not in str(told.value)
    other.close()


def test_a_clock_that_is_wrong_is_said_to_be_wrong(store, server):
    body = b"<Error><Code>RequestTimeTooSkewed</Code><Message>The difference</Message></Error>"
    server.faults.add(Fault.body(body, "application/xml", 403), times=1)
    with pytest.raises(AuthenticationFailed, match="clock of this computer is"):
        store.get("a", ANY, 10)


def test_an_expired_signature_is_said_to_have_expired(store, server):
    body = b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
    server.faults.add(Fault.body(body, "application/xml", 403), times=1)
    with pytest.raises(AuthenticationFailed, match="has expired"):
        store.get("a", ANY, 10)


def test_a_store_that_is_not_there_could_not_be_reached(place):
    gone = Store(dataclasses.replace(place, endpoint="http://127.0.0.1:9"))
    with pytest.raises(ConnectionFailed, match="cannot connect"):
        gone.put("a", b"x", ANY)
    gone.close()


def test_an_outage_is_one(store, server):
    server.faults.add(Fault.status(500), times=1)
    with pytest.raises(ServiceUnavailable, match="'ketbridge'"):
        store.put("a", b"x", ANY)


def test_work_with_the_store_is_tried_again_where_that_can_help(store, server):
    server.faults.add(Fault.reset_before(), on="s3.PutObject", times=1)
    server.faults.add(Fault.status(503), on="s3.PutObject", times=1)
    client = Client("http://127.0.0.1:9")
    before = server.requests().get("s3.PutObject", 0)
    client.run(patiently(lambda left_s: store.put("a", b"x", left_s), random.Random(1)))
    assert server.requests()["s3.PutObject"] - before == 3
    client.close()


def test_work_that_cannot_succeed_is_not_tried_again(store, server):
    server.faults.add(Fault.status(403), on="s3.PutObject")
    client = Client("http://127.0.0.1:9")
    before = server.requests().get("s3.PutObject", 0)
    with pytest.raises(PermissionDenied):
        client.run(patiently(lambda left_s: store.put("a", b"x", left_s), random.Random(1)))
    assert server.requests()["s3.PutObject"] - before == 1
    client.close()


def test_a_store_that_is_silent_ends_a_call_in_time(store, server):
    store.put("a", b"x", ANY)
    server.faults.add(Fault.silence(), on="s3.GetObject", times=1)
    client = Client("http://127.0.0.1:9")
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        flow = patiently(lambda left_s: store.get("a", left_s, 10), random.Random(1))
        client.run(flow, timeout_s=0.5)
    assert time.monotonic() - start < 1.0
    client.close()


def test_time_that_is_over_ends_a_transfer(store):
    with pytest.raises(DeadlineExceeded):
        store.put("a", b"x", 0.0)


# -- settings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "error", "words"),
    [
        ({}, CredentialError, "needs a bucket"),
        ({"bucket": "b1", "access_key": "k"}, CredentialError, "or neither"),
        ({"bucket": "a/b"}, AddressError, "no name of a bucket"),
        ({"bucket": "b1", "prefix": "a?b"}, AddressError, "prefix"),
        ({"bucket": "b1", "addressing": "side"}, AddressError, "addressing"),
        ({"bucket": "b1", "endpoint": "http://s3.example.org"}, AddressError, "https"),
    ],
    ids=str,
)
def test_a_place_that_cannot_be_used_is_refused(settings, error, words):
    with pytest.raises(error, match=words):
        Place.of(settings, "ibm-direct")


def test_without_boto3_the_extra_is_named(place, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "boto3", None)
    with pytest.raises(MissingExtraError, match=r"ketbridge\[direct\]"):
        Store(place).exists("a", ANY)


def test_no_key_and_no_signature_is_shown_anywhere(server, caplog):
    caplog.set_level(logging.DEBUG)
    settings = {
        **server.accounts["ibm-direct"].settings,
        "access_key": Secret("canary-id"),
        "secret_key": Secret("canary-secret"),
    }
    store = Store(Place.of(settings, "ibm-direct"))
    url = store.lend("a", "get", 60)
    with pytest.raises(AuthenticationFailed) as told:
        store.put("a", b"x", ANY)
    texts = [repr(store), repr(store.place), str(store.place), str(told.value), repr(url), f"{url}"]
    texts += [record.getMessage() for record in caplog.records]
    assert [text for text in texts if "canary" in text or "X-Amz-Sig" in text] == []
    store.close()

"""A store that is silent or drips ends with the deadline: the call, its thread and its sockets."""

from __future__ import annotations

import contextlib
import math
import random
import socket
import threading
import time

import pytest
from support.open_files import open_files
from support.rawserver import RawServer, drip, hang, raw, reply

from ketbridge.errors import DeadlineExceeded
from ketbridge.secret import Secret
from ketbridge.storage import Place, Store, patiently
from ketbridge.transport import Client, Settings

LEFT_S = 0.6
SOON_S = 0.5
HEAD = b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 100000\r\n\r\n"
LARGE = bytes(16 * 2**20)

CALLS = {
    "put": lambda store, left_s, _: store.put("a", b"x", left_s),
    "get": lambda store, left_s, _: store.get("a", left_s, 10**6),
    "download": lambda store, left_s, path: store.download("a", path / "a", left_s),
    "exists": lambda store, left_s, _: store.exists("a", left_s),
    "delete": lambda store, left_s, _: store.delete(["a", "b"], left_s),
}
ANSWERS = {
    "silence": hang,
    "a head that drips": drip(HEAD),
    "a body that drips": lambda sock, received: [
        act(sock, received) for act in (raw(HEAD, then_close=False), drip(b"x" * 10))
    ],
}


def store_at(url: str, **settings) -> Store:
    key = {"access_key": Secret("key"), "secret_key": Secret("secret")}
    place = Place("bucket", url, addressing="path", **key)
    return Store(place, Settings(**{"io_timeout_s": 60, "connect_timeout_s": 60, **settings}))


@contextlib.contextmanager
def serving(action):
    with RawServer(action) as server:
        store = store_at(server.url)
        store.lend("a", "get", 60)  # loads the library
        yield store
        store.close()


def ends_soon(condition) -> bool:
    end = time.monotonic() + SOON_S
    while time.monotonic() < end and not condition():
        time.sleep(0.02)
    return condition()


def blocking_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "ketbridge-blocking"]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        *((call, answer) for call in CALLS for answer in ("silence", "a head that drips")),
        ("get", "a body that drips"),
        ("download", "a body that drips"),
    ],
)
def test_a_call_ends_with_its_deadline(call, answer, tmp_path):
    with serving(ANSWERS[answer]) as store:
        began = time.monotonic()
        with pytest.raises(DeadlineExceeded, match="'bucket'"):
            CALLS[call](store, LEFT_S, tmp_path)
        assert LEFT_S - 0.1 <= time.monotonic() - began <= LEFT_S + SOON_S
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["put", "get", "delete"])
def test_neither_thread_nor_socket_outlives_a_call(call, tmp_path):
    with serving(hang) as store:
        client = Client("http://127.0.0.1:9")
        before = open_files()
        with pytest.raises(DeadlineExceeded):
            work = patiently(lambda left_s: CALLS[call](store, left_s, tmp_path), random.Random(1))
            client.run(work, timeout_s=LEFT_S)
        assert ends_soon(lambda: not blocking_threads())
        assert ends_soon(lambda: open_files() <= before)
        client.close()


def test_an_upload_ends_with_its_deadline_where_nobody_reads_it():
    listener = socket.create_server(("127.0.0.1", 0))
    store = store_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
    store.lend("a", "get", 60)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="PutObject"):
        store.put("a", LARGE, LEFT_S)
    assert time.monotonic() - began <= LEFT_S + SOON_S
    store.close()
    listener.close()


def test_an_upload_ends_with_its_deadline_where_it_is_read_byte_by_byte():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    enough = threading.Event()

    def sip() -> None:
        with contextlib.suppress(OSError):
            sock, _ = listener.accept()
            with sock:
                while sock.recv(1) and not enough.wait(0.3):
                    pass

    reader = threading.Thread(target=sip)
    reader.start()
    store = store_at(f"http://127.0.0.1:{listener.getsockname()[1]}")
    store.lend("a", "get", 60)
    began = time.monotonic()
    with pytest.raises(DeadlineExceeded, match="PutObject"):
        store.put("a", LARGE, LEFT_S)
    assert time.monotonic() - began <= LEFT_S + SOON_S
    store.close()
    enough.set()
    reader.join(10)
    listener.close()


def test_without_a_deadline_a_transfer_ends_that_gets_nowhere(tmp_path):
    with RawServer(ANSWERS["a body that drips"]) as server:
        store = store_at(server.url, timeout_s=LEFT_S)
        with pytest.raises(DeadlineExceeded, match="slower than"):
            store.get("a", math.inf, 10**6)
        store.close()


def test_without_a_deadline_a_transfer_goes_on_that_gets_somewhere():
    data = bytes(400_000)

    def slowly(sock, received):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n")
        for start in range(0, len(data), 40_000):
            sock.sendall(data[start : start + 40_000])
            time.sleep(0.1)

    with RawServer(slowly) as server:
        store = store_at(server.url, timeout_s=LEFT_S)
        assert store.get("a", math.inf, 10**6) == data
        store.close()


def test_closing_the_store_ends_a_call_under_way(tmp_path):
    with serving(hang) as store:
        before, ended = open_files(), []

        def ask() -> None:
            try:
                store.get("a", 60.0, 10)
            except Exception as error:  # noqa: BLE001 - any end will do, and this one is kept
                ended.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.3)
        store.close()
        asking.join(SOON_S)
        assert len(ended) == 1
        assert ends_soon(lambda: open_files() <= before)


def test_signing_a_url_sends_nothing():
    with RawServer(reply(500)) as server:
        store = store_at(server.url)
        assert "X-Amz-Signature" in store.lend("a", "put", 60).reveal()
        assert server.connections == 0
        store.close()

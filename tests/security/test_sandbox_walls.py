"""The sandbox is for this computer only, and no web page can talk to it."""

from __future__ import annotations

import socket
import tracemalloc
from http.client import HTTPConnection

import pytest
from support.operations import CANARY

MEGABYTE = 2**20


def ask(server, headers: dict[str, str], body: bytes | None = None) -> int:
    port = int(server.url.rpartition(":")[2])
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST" if body else "GET", "/v0.4/jobs", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


KEY = {"Authorization": f"apiKey {CANARY}"}


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:99", "[::1]:99"])
def test_it_answers_to_names_of_this_computer(server, host):
    assert ask(server, KEY | {"Host": host}) == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example"],
)
def test_it_does_not_answer_to_other_names(server, host):
    assert ask(server, KEY | {"Host": host}) in (400, 421)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "file://", "http://a.localhost"]
)
def test_it_does_not_answer_to_pages_of_other_origins(server, origin):
    assert ask(server, KEY | {"Origin": origin}) == 421


def test_a_body_above_the_cap_is_refused_without_being_kept(executor_less_server):
    tracemalloc.start()
    status = ask(executor_less_server, KEY, b" " * 8 * MEGABYTE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert status == 413
    assert peak < 24 * MEGABYTE  # the body itself, and what is on its way


@pytest.fixture
def executor_less_server():
    from concurrent.futures import ThreadPoolExecutor

    from ketbridge import sandbox

    with (
        ThreadPoolExecutor(1) as pool,
        sandbox.start(executor=pool, api_key=CANARY, max_body_bytes=MEGABYTE) as running,
    ):
        yield running


def test_it_listens_on_the_loopback_address_only(server):
    port = int(server.url.rpartition(":")[2])
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with bound:
        # Another loopback address of this computer is another host to the sandbox.
        assert bound.connect_ex(("127.0.0.2", port)) != 0

"""Threads, forks, interrupts and what they leave behind."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.operations import get
from support.rawserver import hang, reply

from ketbridge.errors import TransportError
from ketbridge.transport import Client, NoAuth, Settings

TESTS = Path(__file__).parents[2]


def open_files() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


def test_200_threads_leave_no_file_descriptor(serve):
    server = serve(reply(200, {"id": 1}))
    before = open_files()
    client = Client(server.url, NoAuth())
    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(lambda _: client.send(get()), range(1000)))
    client.close()
    assert answers == [{"id": 1}] * 1000
    assert server.connections <= client.settings.max_connections
    server.close()
    assert open_files() <= before


def test_a_client_that_is_forgotten_closes_its_connections(serve):
    """Without a warning of an unclosed socket, which would fail the test."""
    server = serve(reply(200, {"id": 1}))
    before = open_files()
    client = Client(server.url, NoAuth())
    assert client.send(get()) == {"id": 1}
    assert open_files() > before
    del client
    server.close()
    assert open_files() <= before


def test_event_loops_that_end_leave_no_file_descriptor(serve):
    server = serve(reply(200, {"id": 1}))
    client = Client(server.url, NoAuth())

    async def many() -> list[object]:
        return await asyncio.gather(*(client.asend(get()) for _ in range(50)))

    asyncio.run(many())
    before = open_files()
    for _ in range(5):
        assert asyncio.run(many()) == [{"id": 1}] * 50
    assert open_files() <= before


async def test_a_cancelled_task_leaves_the_client_usable(serve):
    server = serve(hang, hang, reply(200, {"id": 1}))
    client = Client(server.url, NoAuth(), settings=Settings(max_connections=1))
    for _ in range(2):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.asend(get()), 0.2)
    assert await client.asend(get()) == {"id": 1}
    await client.aclose()


def test_closing_while_threads_wait_ends_them(serve):
    server = serve(hang)
    client = Client(server.url, NoAuth())
    ends: list[BaseException] = []

    def call() -> None:
        try:
            client.send(get(), timeout_s=30)
        except TransportError as error:
            ends.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(server.requests) < 4:
        time.sleep(0.01)
    began = time.monotonic()
    client.close()
    for thread in threads:
        thread.join(5)
    assert time.monotonic() - began < 1
    assert [str(error) for error in ends] == ["this client is closed"] * 4


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_forked_child_opens_its_own_connection(serve):
    server = serve(reply(200, {"id": 1}))
    client = Client(server.url, NoAuth())
    client.send(get())
    for _ in range(2):
        child = os.fork()
        if child == 0:
            answers = [client.send(get()) for _ in range(3)]
            os._exit(0 if answers == [{"id": 1}] * 3 else 1)
        assert os.waitpid(child, 0)[1] == 0
    assert client.send(get()) == {"id": 1}
    client.close()
    assert [request.connection for request in server.requests] == [1, 2, 2, 2, 3, 3, 3, 1]


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_forked_while_other_threads_call_is_not_stuck(serve):
    server = serve(reply(200, {"id": 1}))
    client = Client(server.url, NoAuth())
    stop = threading.Event()

    def keep_calling() -> None:
        while not stop.is_set():
            client.send(get())

    threads = [threading.Thread(target=keep_calling) for _ in range(8)]
    for thread in threads:
        thread.start()
    statuses = []
    for _ in range(10):
        child = os.fork()
        if child == 0:
            signal.alarm(5)
            os._exit(0 if client.send(get()) == {"id": 1} else 1)
        statuses.append(os.waitpid(child, 0)[1])
    stop.set()
    for thread in threads:
        thread.join(10)
    client.close()
    assert statuses == [0] * 10


INTERRUPTED = """
import sys, asyncio
sys.path[:0] = [{tests!r}]
from support.operations import get
from ketbridge.transport import Client, NoAuth
client = Client({url!r}, NoAuth())
print("ready", flush=True)
try:
    {call}
except KeyboardInterrupt:
    {close}
    print("interrupted", flush=True)
"""
CALLS = {
    "sync": ("client.send(get())", "client.close()"),
    "async": ("asyncio.run(client.asend(get()))", "client.close()"),
}


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize(
    "script", [hang, reply(429, b"", {"Retry-After": "50"})], ids=["in a read", "in a sleep"]
)
def test_an_interrupt_ends_the_call_at_once(serve, kind, script):
    server = serve(script)
    call, close = CALLS[kind]
    code = INTERRUPTED.format(tests=str(TESTS), url=server.url, call=call, close=close)
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    while not server.requests and child.poll() is None:
        time.sleep(0.01)
    time.sleep(0.2)
    began = time.monotonic()
    child.send_signal(signal.SIGINT)
    out, errors = child.communicate(timeout=10)
    assert time.monotonic() - began < 2
    assert (out.split(), errors, len(server.requests)) == ([b"ready", b"interrupted"], b"", 1)

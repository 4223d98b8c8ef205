"""Blocking work in a flow: done in a thread, in time, its value and errors where it was asked."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from ketbridge.errors import DeadlineExceeded, NotFound
from ketbridge.transport import Client
from ketbridge.transport.operation import Flow, Work


def asking(run: Callable[[float], Any]) -> Flow[Any]:
    return (yield Work(run))


@pytest.fixture
def client():
    client = Client("http://127.0.0.1:9")
    yield client
    client.close()


def test_a_flow_is_sent_what_its_work_returns(client):
    assert client.run(asking(lambda _: 7)) == 7


def test_work_is_told_the_time_that_is_left(client):
    assert 1 < client.run(asking(lambda left_s: left_s), timeout_s=2) <= 2
    assert client.run(asking(lambda left_s: left_s)) == float("inf")


def test_what_work_raises_is_raised_at_the_yield(client):
    def flow() -> Flow[str]:
        try:
            yield Work(lambda _: {}["missing"])
        except KeyError as error:
            return f"caught {error}"
        return "nothing"

    assert client.run(flow()) == "caught 'missing'"


def test_an_error_of_ours_leaves_the_flow_as_it_is(client):
    def refuse(_: float) -> None:
        raise NotFound("no object")

    with pytest.raises(NotFound, match="no object"):
        client.run(asking(refuse))


def test_work_that_takes_too_long_ends_the_call_in_time(client):
    held = threading.Event()
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded):
        client.run(asking(lambda _: held.wait(10)), timeout_s=0.2)
    assert time.monotonic() - start < 0.7
    held.set()


async def test_an_event_loop_goes_on_while_work_is_done(client):
    held = threading.Event()
    work = asyncio.create_task(client.arun(asking(lambda _: held.wait(10))))
    await asyncio.sleep(0.05)
    assert not work.done()
    held.set()
    assert await work is True
    await client.aclose()


async def test_asynchronous_work_that_takes_too_long_ends_the_call_in_time(client):
    held = threading.Event()
    with pytest.raises(DeadlineExceeded):
        await client.arun(asking(lambda _: held.wait(10)), timeout_s=0.2)
    held.set()
    await client.aclose()

"""Flows that do not need each other are carried out at the same time, and end together."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.operations import get
from support.rawserver import RawServer, Received, reply

from ketbridge.errors import NotFound
from ketbridge.transport import Client
from ketbridge.transport.operation import Flow, Together, flow_of
from ketbridge.transport.together import MOST

Run = Callable[[Client, Flow[Any]], Any]


def asynchronously(client: Client, flow: Flow[Any]) -> Any:
    async def run() -> Any:
        try:
            return await client.arun(flow)
        finally:
            await client.aclose()

    return asyncio.run(run())


@pytest.fixture(params=[Client.run, asynchronously], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    return request.param


class Meeting:
    """Answers a request when ``size`` of them wait, with the path of each; 404 for ``missing``."""

    def __init__(self, size: int) -> None:
        self.barrier = threading.Barrier(size)

    def __call__(self, sock: Any, request: Received) -> None:
        self.barrier.wait(10)
        if request.target.endswith("missing"):
            reply(404, {"message": request.target})(sock, request)
        else:
            reply(200, request.target)(sock, request)


@pytest.fixture
def client() -> Iterator[Callable[[RawServer], Client]]:
    made: list[Client] = []

    def opened(server: RawServer) -> Client:
        made.append(Client(server.url))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def asking(*paths: str) -> Flow[list[str]]:
    return (yield Together(tuple(flow_of(get(path)) for path in paths)))


def test_as_many_as_allowed_wait_for_an_answer_at_once_and_come_back_in_order(client, run):
    paths = [f"/{number}" for number in range(2 * MOST)]
    with RawServer(Meeting(MOST)) as server:
        assert run(client(server), asking(*paths)) == paths
        assert len(server.requests) == len(paths)


def test_the_first_failure_is_raised_at_the_yield_when_all_have_ended(client, run):
    def flow() -> Flow[str]:
        try:
            yield from asking("/a", "/b/missing", "/c", "/d/missing")
        except NotFound as error:
            return str(error)
        return "nothing"

    with RawServer(Meeting(4)) as server:
        assert "/b/missing" in run(client(server), flow())
        assert len(server.requests) == 4


def test_a_branch_may_have_several_steps_and_branches_of_its_own(client, run):
    def branch(name: str) -> Flow[list[Any]]:
        first = yield get(f"/{name}")
        return [first, *(yield from asking(f"/{name}/1", f"/{name}/2"))]

    def flow() -> Flow[Any]:
        return (yield Together((branch("x"), branch("y"))))

    with RawServer(Meeting(2)) as server:
        assert run(client(server), flow()) == [["/x", "/x/1", "/x/2"], ["/y", "/y/1", "/y/2"]]


def test_nothing_together_is_an_empty_list(client, run):
    with RawServer(Meeting(1)) as server:
        assert run(client(server), asking()) == []
        assert server.requests == []


def test_when_the_wait_is_interrupted_no_further_branch_begins(client):
    """Ctrl-C arrives at the thread that waits; the branches that have begun end by themselves."""
    begun: list[int] = []
    held = threading.Event()

    def branch(number: int) -> Flow[None]:
        begun.append(number)
        held.wait(10)
        return None
        yield  # a flow is a generator

    def flow() -> Flow[Any]:
        return (yield Together(tuple(map(branch, range(3 * MOST)))))

    def interrupt() -> None:
        while len(begun) < MOST:
            held.wait(0.01)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    with RawServer(Meeting(1)) as server:
        made = client(server)
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            made.run(flow())
        held.set()
        for thread in threading.enumerate():
            if thread.name == "ketbridge-flow":
                thread.join(10)
    assert sorted(begun) == list(range(MOST))

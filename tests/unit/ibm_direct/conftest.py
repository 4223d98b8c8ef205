"""A sandbox, and clouds on it whose record is in a folder of the test."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ketbridge import sandbox
from ketbridge.clouds.ibm_direct import IbmDirectCloud


@pytest.fixture(scope="session")
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def serve(executor) -> Iterator[Callable[..., sandbox.Sandbox]]:
    started = []

    def start(**choices: Any) -> sandbox.Sandbox:
        started.append(sandbox.start(executor=executor, direct=sandbox.DirectChoices(**choices)))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def server(serve) -> sandbox.Sandbox:
    return serve()


@pytest.fixture
def connect(tmp_path) -> Iterator[Callable[..., IbmDirectCloud]]:
    """Open the cloud as another computer would: each call has a record of its own."""
    opened: list[IbmDirectCloud] = []

    def cloud(server: sandbox.Sandbox, **settings: Any) -> IbmDirectCloud:
        account = server.accounts["ibm-direct"]
        account = dataclasses.replace(
            account,
            settings={**account.settings, **settings},
            ledger=tmp_path / f"ledger-{len(opened)}.sqlite3",
        )
        opened.append(IbmDirectCloud(account))
        return opened[-1]

    yield cloud
    for one in opened:
        one.close()
        one.ledger.close()


@pytest.fixture
def cloud(server, connect) -> IbmDirectCloud:
    return connect(server)

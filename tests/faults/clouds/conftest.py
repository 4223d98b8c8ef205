"""The clouds on one sandbox, whose descriptors are counted before and after each module."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.cloud_bench import CASES, TIMING, Bench, Case
from support.open_files import open_files

from ketbridge import connect, sandbox
from ketbridge.sandbox import Sandbox

SETTLED_S = 5.0


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with (
        ThreadPoolExecutor(2) as pool,
        sandbox.start(executor=pool, timing=TIMING) as running,
    ):
        yield running


@pytest.fixture(scope="module", autouse=True)
def no_file_is_left_open(server: Sandbox) -> Iterator[None]:
    """Each module ends with as few open files and sockets as it began."""
    gc.collect()
    before = open_files()
    yield
    end = time.monotonic() + SETTLED_S
    while open_files() > before and time.monotonic() < end:
        gc.collect()
        time.sleep(0.02)
    assert open_files() <= before


@pytest.fixture(autouse=True)
def home(server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Addresses of the account ``sandbox`` lead to that sandbox; nothing is kept elsewhere."""
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "home"))
    yield
    for case in CASES:
        cloud = connect(f"sandbox:{case.name}")
        cloud.client.close()
        cloud.ledger.close()


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture(params=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bench(
    request: pytest.FixtureRequest, case: Case, kind: str, server: Sandbox, tmp_path: Path
) -> Iterator[Bench]:
    """A cloud on a clock of its own; it waits long for an answer unless none is to come."""
    fault = request.node.callspec.params.get("fault")
    io_timeout_s = 0.4 if getattr(fault, "name", "") == "silence" else 20.0
    made = Bench(case, server, tmp_path / "ledger.sqlite3", kind, io_timeout_s=io_timeout_s)
    yield made
    made.close()

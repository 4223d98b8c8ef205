"""The clouds on one sandbox, whose descriptors are counted before and after each module."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import CASES, DRIVEN, Case
from support.open_files import open_files

from ketbridge import connect
from ketbridge.sandbox import Sandbox

SETTLED_S = 5.0


@pytest.fixture(scope="module", autouse=True)
def no_file_is_left_open(server: Sandbox) -> Iterator[None]:
    """Each module ends with as few open files and sockets as it began."""
    gc.collect()
    before = open_files()
    yield
    end = time.monotonic() + SETTLED_S
    while (left := open_files()) > before and time.monotonic() < end:
        gc.collect()
        time.sleep(0.02)
    assert left <= before


@pytest.fixture(autouse=True)
def home(
    request: pytest.FixtureRequest,
    server: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Addresses of the account ``sandbox`` lead to that sandbox; nothing is kept elsewhere."""
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "home"))
    yield
    values = getattr(request.node, "callspec", None)
    if values is not None and "case" in values.params:
        cloud = connect(f"sandbox:{values.params['case'].name}")
        cloud.client.close()
        cloud.close()
        cloud.ledger.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Put each test through the clouds that neither it nor its module names."""
    named = {
        name.strip()
        for mark in metafunc.definition.iter_markers("parametrize")
        for name in (mark.args[0].split(",") if isinstance(mark.args[0], str) else mark.args[0])
    }
    wanted = {"case", "kind"} & set(metafunc.fixturenames) - named
    if wanted == {"case", "kind"}:
        ids = [f"{case.name}-{kind}" for case, kind in DRIVEN]
        metafunc.parametrize(("case", "kind"), DRIVEN, ids=ids)
    elif wanted == {"case"}:
        cases = getattr(metafunc.module, "CLOUDS", CASES)
        metafunc.parametrize("case", cases, ids=lambda case: case.name)


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

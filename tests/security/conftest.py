"""A canary for a credential, a sandbox that knows no other, and a folder for what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.operations import CANARY

from ketbridge import sandbox
from ketbridge.sandbox import Sandbox


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with (
        ThreadPoolExecutor(2) as pool,
        sandbox.start(executor=pool, api_key=CANARY) as running,
    ):
        yield running


@pytest.fixture
def home(server: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of the sandbox who has the canary in the environment and keeps files here."""
    server.faults.clear()
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IONQ_API_KEY", CANARY)
    monkeypatch.setenv("IONQ_API_URL", f"{server.url}/v0.4")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "home"

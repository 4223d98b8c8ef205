"""A canary for a credential, a sandbox that knows no other, and a folder for what is kept."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.holders import ENVIRONMENT
from support.operations import CANARY
from support.witness import Witness

from ketbridge import sandbox
from ketbridge.sandbox import Sandbox

CHATTY = (
    "asyncio",
    "boto3",
    "botocore",
    "braket",
    "httpcore",
    "ketbridge",
    "qiskit",
    "s3transfer",
    "starlette",
    "urllib3",
    "uvicorn",
)
"""Loggers of whatever takes part in a call."""


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
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value(server.url))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path / "home"


@pytest.fixture
def witness(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Witness]:
    """Looks at what it is shown, at all logs, warnings and output, and ends with a verdict."""
    caplog.set_level(logging.DEBUG)
    for name in CHATTY:
        caplog.set_level(logging.DEBUG, name)
    made = Witness()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield made
    made.seen += [str(each.message) for each in warned]
    made.seen += [caplog.text, *(repr(vars(record)) for record in caplog.records)]
    made.seen += capfd.readouterr()
    assert made.shown() == []

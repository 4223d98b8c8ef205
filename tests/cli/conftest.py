from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import ketbridge
from ketbridge.cli import main

BELL = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
h q[0];
cx q[0], q[1];
measure q -> c;
"""

Command = Callable[..., Result]


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    """A sandbox for all tests of the command line, as `ketbridge sandbox` would be one."""
    with ketbridge.sandbox.start() as running:
        yield running.url


@pytest.fixture
def ketbridge_(sandbox_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command in this process, with files of its own."""
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", sandbox_url)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("IONQ_API_KEY", "KETBRIDGE_IONQ_TOKEN", "QISKIT_IONQ_API_TOKEN", "IONQ_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments: str | Path, stdin: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)

    return run


@pytest.fixture
def bell(tmp_path: Path) -> Path:
    """A Bell circuit in OpenQASM 2."""
    file = tmp_path / "bell.qasm"
    file.write_text(BELL)
    return file

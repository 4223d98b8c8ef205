from __future__ import annotations

from pathlib import Path

import pytest

from ketbridge.jobs.ledger import Ledger


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for everything that is kept."""
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "ketbridge"))
    return tmp_path / "ketbridge"


@pytest.fixture
def ledger(tmp_path: Path):
    opened = Ledger(tmp_path / "ledger.sqlite3")
    yield opened
    opened.close()

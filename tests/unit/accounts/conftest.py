from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketbridge.accounts import _ENVIRONMENT


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home without accounts, and an environment without credentials."""
    for fields in _ENVIRONMENT.values():
        for variables in fields.values():
            for variable in variables:
                monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path / "ketbridge"))
    before = os.umask(0o022)
    yield tmp_path
    os.umask(before)

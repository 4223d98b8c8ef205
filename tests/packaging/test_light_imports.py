"""What an import loads, in a Python of its own."""

from __future__ import annotations

import sys

import pytest
from support.commands import run

HEAVY = ("qiskit", "braket", "httpcore", "pydantic", "numpy", "click", "rich", "sqlite3")
HEAVY_BESIDE_AN_SDK = ("httpcore", "pydantic", "click", "rich", "sqlite3")


def _loaded(statement: str, watched: tuple[str, ...], before: str = "pass") -> list[str]:
    code = (
        f"import sys; {before}; old = set(sys.modules); {statement}; "
        f"print(*sorted(set({watched!r}) & (set(sys.modules) - old)))"
    )
    return run(sys.executable, "-c", code).split()


def test_the_core_loads_nothing_heavy():
    assert _loaded("import ketbridge", HEAVY) == []


@pytest.mark.parametrize(
    ("plugin", "sdk", "other"),
    [("qiskit_ketbridge", "qiskit", "braket"), ("braket_ketbridge", "braket.circuits", "qiskit")],
)
def test_a_plugin_adds_nothing_heavy_to_its_sdk(plugin, sdk, other):
    watched = (*HEAVY_BESIDE_AN_SDK, other)
    assert _loaded(f"import {plugin}", watched, before=f"import {sdk}") == []

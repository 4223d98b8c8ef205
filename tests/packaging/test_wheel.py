"""What is in the wheel."""

from __future__ import annotations

import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("wheel")

PACKAGES = {"ketbridge", "qiskit_ketbridge", "braket_ketbridge"}


def _names(wheel: Path) -> list[str]:
    return zipfile.ZipFile(wheel).namelist()


def _metadata(wheel: Path, file: str) -> str:
    archive = zipfile.ZipFile(wheel)
    name = next(name for name in archive.namelist() if name.endswith(f".dist-info/{file}"))
    return archive.read(name).decode()


def test_top_level_holds_our_three_packages_and_nothing_else(wheel):
    top = {name.partition("/")[0] for name in _names(wheel)}
    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES


def test_every_package_says_that_it_is_typed(wheel):
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(_names(wheel))


def test_every_module_of_the_sources_is_in_it(wheel):
    root = Path(__file__).parents[2]
    sources = {
        str(path.relative_to(root / folder))
        for folder in ("core", "qiskit_plugin", "braket_plugin")
        for path in (root / folder).rglob("*.py")
    }
    assert sources == {name for name in _names(wheel) if name.endswith(".py")}


def test_metadata_names_licence_python_and_extras(wheel):
    metadata = Parser().parsestr(_metadata(wheel, "METADATA"))
    assert metadata["Name"] == "ketbridge"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert {"qiskit", "braket", "sandbox", "all"} <= set(metadata.get_all("Provides-Extra"))


def test_it_installs_the_command(wheel):
    assert "ketbridge = ketbridge.cli:main" in _metadata(wheel, "entry_points.txt")

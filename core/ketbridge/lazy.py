"""Packages whose names are loaded when they are first used, so that importing them stays quick."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def attach(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make the ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: its ``__name__``.
        homes: for each name the module that has it, relative to the package: ``.jobs``, or
            ``.jobs:Job`` where it is called otherwise there; ``.`` for a module of the package.
    """

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        home, _, known = homes[name].partition(":")
        if home == ".":
            value: Any = importlib.import_module(f".{name}", package)
        else:
            value = getattr(importlib.import_module(home, package), known or name)
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return load, listed

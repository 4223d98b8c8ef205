"""Translation of Braket circuits: pure, nothing is sent."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .encoding import encode, format_for

__all__ = ["encode", "format_for"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.encoding"), name)
    globals()[name] = value
    return value

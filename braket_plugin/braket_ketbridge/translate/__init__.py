"""Translation of Braket circuits: pure, nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..loading import load

if TYPE_CHECKING:
    from .encoding import encode, format_for

__all__ = ["encode", "format_for"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = load(f"{__name__}.encoding", name)
    globals()[name] = value
    return value

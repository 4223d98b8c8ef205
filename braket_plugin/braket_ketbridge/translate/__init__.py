"""Translation of Braket circuits: pure, nothing is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketbridge.lazy import attach

if TYPE_CHECKING:
    from .encoding import encode, format_for

_HOME = {"encode": ".encoding", "format_for": ".encoding"}

__all__ = ["encode", "format_for"]

__getattr__, __dir__ = attach(__name__, _HOME)

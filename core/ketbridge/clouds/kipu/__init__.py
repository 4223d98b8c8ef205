"""The Kipu Hub: IBM, AWS, QuEra, Azure IonQ, IQM, Qudora, Kipu and Quandela behind one API.

``operations`` holds every documented operation, `KipuCloud` the flows over them, ``states`` what
Kipu's simulator gives instead of counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from . import models, operations, states
    from .cloud import KipuCloud

_HOME = {
    "KipuCloud": ".cloud",
    "models": ".",
    "operations": ".",
    "states": ".",
}

__all__ = ["KipuCloud", "models", "operations", "states"]

__getattr__, __dir__ = attach(__name__, _HOME)

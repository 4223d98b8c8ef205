"""The Kipu Hub: IBM, AWS, QuEra, Azure IonQ, IQM, Qudora, Kipu and Quandela behind one API.

``operations`` holds every documented operation, `KipuCloud` the flows over them, ``states`` what
Kipu's simulator gives instead of counts.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models, operations, states
    from .cloud import KipuCloud

__all__ = ["KipuCloud", "models", "operations", "states"]


def __getattr__(name: str) -> Any:
    if name in ("models", "operations", "states"):
        return importlib.import_module(f".{name}", __name__)
    if name == "KipuCloud":
        return importlib.import_module(".cloud", __name__).KipuCloud
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

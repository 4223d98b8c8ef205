"""IBM Direct Access API: ``operations``, ``models`` and ``IbmDirectCloud``.

Importing this package loads none of them; each is loaded at its first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import models, operations
    from .cloud import IbmDirectCloud

__all__ = ["IbmDirectCloud", "models", "operations"]


def __getattr__(name: str) -> Any:
    if name in ("models", "operations"):
        return importlib.import_module(f".{name}", __name__)
    if name == "IbmDirectCloud":
        return importlib.import_module(".cloud", __name__).IbmDirectCloud
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

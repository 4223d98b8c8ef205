"""IBM Direct Access API: ``operations``, ``models`` and ``IbmDirectCloud``.

Importing this package loads none of them; each is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...lazy import attach

if TYPE_CHECKING:
    from . import models, operations
    from .cloud import IbmDirectCloud

_HOME = {
    "IbmDirectCloud": ".cloud",
    "models": ".",
    "operations": ".",
}

__all__ = ["IbmDirectCloud", "models", "operations"]

__getattr__, __dir__ = attach(__name__, _HOME)

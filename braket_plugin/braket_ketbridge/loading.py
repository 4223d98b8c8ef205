"""Loading what needs the Braket SDK at its first use."""

from __future__ import annotations

import importlib
from typing import Any


def load(module: str, name: str) -> Any:
    """Return a name of a module of ours.

    Raises:
        MissingExtraError: the Braket SDK is not installed; the message has the command.
    """
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "braket":
            raise
        from ketbridge.errors import MissingExtraError

        raise MissingExtraError("The Amazon Braket SDK", "braket") from error

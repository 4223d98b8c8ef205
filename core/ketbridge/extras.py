"""Optional parts: say at once, and in one sentence, what to install for them."""

from __future__ import annotations

import importlib.util

from .errors import MissingExtraError


def require(module: str, what: str, extra: str) -> None:
    """See that a module can be imported, without importing it.

    Args:
        module: the module, for example ``qiskit``.
        what: its name in a sentence.
        extra: the extra of Ketbridge that installs it.

    Raises:
        MissingExtraError: it is not installed; the message has the command that installs it.
    """
    try:
        found = importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent is not there
        found = False
    if not found:
        raise MissingExtraError(what, extra)

"""IBM's own schema package, loaded when one of its programs is used."""

from __future__ import annotations

import importlib
from typing import Any

from ketbridge.errors import MissingExtraError


def module(name: str) -> Any:
    """Return a module of ``ibm_quantum_schemas``.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return importlib.import_module(f"ibm_quantum_schemas.{name}")
    except ImportError as error:
        raise MissingExtraError("ibm-quantum-schemas", "ibm") from error

"""In the place of names of ``qhub.quantum.sdk``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .one import OneBackend


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``qhub.quantum.sdk``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """
    return {"HubQiskitProvider": OneBackend.on(address)}

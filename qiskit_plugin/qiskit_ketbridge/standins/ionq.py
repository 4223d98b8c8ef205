"""In the place of names of ``qiskit_ionq``."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from ..gates import GPI2Gate, GPIGate, MSGate, ZZGate
from ..session import Session
from .one import OneBackend

ErrorMitigation = enum.Enum(
    "ErrorMitigation", {"DEBIASING": {"debiasing": True}, "NO_DEBIASING": {"debiasing": False}}
)
"""Settings of debiasing, as ``run(error_mitigation=...)`` takes them."""


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``qiskit_ionq``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """
    return {
        "IonQProvider": OneBackend.on(address),
        "ErrorMitigation": ErrorMitigation,
        "Session": Session,
        "GPIGate": GPIGate,
        "GPI2Gate": GPI2Gate,
        "MSGate": MSGate,
        "ZZGate": ZZGate,
        "add_equivalences": _add_nothing,
    }


def _add_nothing() -> None:
    """Do nothing: a backend with ``gateset="native"`` brings its equivalences along."""

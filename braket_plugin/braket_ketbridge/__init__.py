"""Run Braket circuits on every machine that Ketbridge reaches.

``KetbridgeDevice("ionq/simulator")`` is a ``braket.devices.Device``. Each name below is loaded at
its first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ketbridge.extras import require

if TYPE_CHECKING:
    from .batch import KetbridgeQuantumTaskBatch
    from .device import KetbridgeDevice
    from .task import KetbridgeQuantumTask

_HOME = {
    "KetbridgeDevice": "device",
    "KetbridgeQuantumTask": "task",
    "KetbridgeQuantumTaskBatch": "batch",
}

__all__ = ["KetbridgeDevice", "KetbridgeQuantumTask", "KetbridgeQuantumTaskBatch"]


require("braket.devices", "The Amazon Braket SDK", "braket")


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

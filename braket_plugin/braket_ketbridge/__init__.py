"""Run Braket circuits on every machine that Ketbridge reaches.

``KetbridgeDevice("ionq/simulator")`` is a ``braket.devices.Device``. Each name below is loaded at
its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketbridge.extras import require
from ketbridge.lazy import attach

if TYPE_CHECKING:
    from .batch import KetbridgeQuantumTaskBatch
    from .device import KetbridgeDevice
    from .task import KetbridgeQuantumTask

_HOME = {
    "KetbridgeDevice": ".device",
    "KetbridgeQuantumTask": ".task",
    "KetbridgeQuantumTaskBatch": ".batch",
}

__all__ = ["KetbridgeDevice", "KetbridgeQuantumTask", "KetbridgeQuantumTaskBatch"]


require("braket.devices", "The Amazon Braket SDK", "braket")

__getattr__, __dir__ = attach(__name__, _HOME)

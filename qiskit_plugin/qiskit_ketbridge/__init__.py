"""Qiskit circuits on IBM, IonQ and Kipu Hub machines by one address.

``backend("ionq/simulator")`` is a Qiskit `BackendV2`; ``job("ionq/<id>")`` opens a job anywhere.
Importing this package loads neither a cloud nor an HTTP library; each name is loaded when it is
first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketbridge.extras import require
from ketbridge.lazy import attach

if TYPE_CHECKING:
    from .backends import KetbridgeBackend, backend
    from .gates import GPI2Gate, GPIGate, MSGate, ZZGate
    from .jobs import KetbridgeJob, job
    from .primitives import EstimatorOptions, EstimatorV2, SamplerOptions, SamplerV2
    from .provider import KetbridgeProvider
    from .session import Batch, Session

_HOME = {
    "Batch": ".session",
    "EstimatorOptions": ".primitives",
    "EstimatorV2": ".primitives",
    "GPI2Gate": ".gates",
    "GPIGate": ".gates",
    "KetbridgeBackend": ".backends",
    "KetbridgeJob": ".jobs",
    "KetbridgeProvider": ".provider",
    "MSGate": ".gates",
    "SamplerOptions": ".primitives",
    "SamplerV2": ".primitives",
    "Session": ".session",
    "ZZGate": ".gates",
    "backend": ".backends",
    "job": ".jobs",
}

__all__ = [
    "Batch",
    "EstimatorOptions",
    "EstimatorV2",
    "GPI2Gate",
    "GPIGate",
    "KetbridgeBackend",
    "KetbridgeJob",
    "KetbridgeProvider",
    "MSGate",
    "SamplerOptions",
    "SamplerV2",
    "Session",
    "ZZGate",
    "backend",
    "job",
]


require("qiskit", "Qiskit", "qiskit")

__getattr__, __dir__ = attach(__name__, _HOME)

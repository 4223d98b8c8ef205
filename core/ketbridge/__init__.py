"""Run quantum circuits on IBM, IonQ and Kipu Hub machines through one transport.

``connect`` gives a cloud, ``job`` opens a job from any process or machine, ``sandbox`` starts the
services on this computer. Importing this package loads neither Qiskit nor Braket nor httpx; each
name below is loaded at its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lazy import attach

if TYPE_CHECKING:
    from . import errors, sandbox
    from .address import Address
    from .clouds.description import BackendInfo, Calibration
    from .connection import connect, job
    from .jobs.state import Cost, JobInfo, JobState, JobStatus
    from .programs import Format, Program, Readout, Register
    from .results import Measurements

__version__ = "0.1.0"

_HOME = {
    "connect": ".connection",
    "job": ".connection",
    "Address": ".address",
    "Format": ".programs",
    "Program": ".programs",
    "Readout": ".programs",
    "Register": ".programs",
    "Measurements": ".results",
    "BackendInfo": ".clouds.description",
    "Calibration": ".clouds.description",
    "Cost": ".jobs.state",
    "JobInfo": ".jobs.state",
    "JobState": ".jobs.state",
    "JobStatus": ".jobs.state",
    "errors": ".",
    "sandbox": ".",
}

__all__ = [
    "Address",
    "BackendInfo",
    "Calibration",
    "Cost",
    "Format",
    "JobInfo",
    "JobState",
    "JobStatus",
    "Measurements",
    "Program",
    "Readout",
    "Register",
    "connect",
    "errors",
    "job",
    "sandbox",
]

__getattr__, __dir__ = attach(__name__, _HOME)

"""Photonic jobs with Perceval, on Quandela's machines behind the Kipu Hub.

``processor("kipu/quandela.sim.altair")`` is a Perceval `RemoteProcessor` for Perceval's own
algorithms, ``computer(...)`` a `RemoteComputer`; `run` submits an experiment in one call, and
``job("kipu/<id>")`` opens a job anywhere. Results are Perceval's own objects. Each name is loaded
when it is first used.
"""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from ..errors import MissingExtraError
from ..extras import require
from ..lazy import attach

if TYPE_CHECKING:
    from .encoding import encode
    from .handler import RpcHandler
    from .jobs import PhotonicJob, job
    from .remote import Session, computer, processor
    from .running import arun, estimate, run

_HOME = {
    "PhotonicJob": ".jobs",
    "RpcHandler": ".handler",
    "Session": ".remote",
    "arun": ".running",
    "computer": ".remote",
    "encode": ".encoding",
    "estimate": ".running",
    "job": ".jobs",
    "processor": ".remote",
    "run": ".running",
}

__all__ = [
    "PhotonicJob",
    "RpcHandler",
    "Session",
    "arun",
    "computer",
    "encode",
    "estimate",
    "job",
    "processor",
    "run",
]


def _require_perceval() -> None:
    """See that Perceval is there and recent enough, without importing it.

    Before 1.3 it loses a filter of 0 detected photons when it writes an experiment.
    """
    require("perceval", "perceval-quandela", "photonic")
    try:
        installed = metadata.version("perceval-quandela")
    except metadata.PackageNotFoundError:
        return
    numbers = [int(part) for part in installed.split(".")[:2] if part.isdecimal()]
    if numbers < [1, 3]:
        raise MissingExtraError("perceval-quandela 1.3 or newer", "photonic")


_require_perceval()

__getattr__, __dir__ = attach(__name__, _HOME)

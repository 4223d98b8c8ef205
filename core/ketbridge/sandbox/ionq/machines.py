"""The machines and what is known of them.

The contract's example gives 25 qubits, a place and a SPAM fidelity for Aria; every other number of
qubits, power and duration here is ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from ..engine import Engine, Timing
from ..noise import MODELS

HISTORY = 24
HISTORY_STEP = timedelta(days=1)
SECONDS = {
    "aria": {"1q": 0.000135, "2q": 0.0006, "readout": 0.0003, "reset": 0.00002},
    "forte": {"1q": 0.00013, "2q": 0.00097, "readout": 0.00015, "reset": 0.00005},
}
COHERENCE_SECONDS = {"t1": 10, "t2": 1}


@dataclass(frozen=True, slots=True)
class Machine:
    """One backend.

    Attributes:
        name: as jobs name it.
        qubits: number of qubits.
        noise: name of its noise model; None for the simulator.
        location: where it stands.
        kw: power that it draws, in kW.
    """

    name: str
    qubits: int
    noise: str | None = None
    location: str = ""
    kw: float = 0.0

    @property
    def timing(self) -> Timing:
        """How long it takes unless the sandbox is told otherwise."""
        return Timing(0.15, 0.25, 4) if self.noise else Timing()


MACHINES: Mapping[str, Machine] = {
    machine.name: machine
    for machine in (
        Machine("simulator", 29),
        Machine("qpu.aria-1", 25, "aria-1", "College Park, MD, USA", 4902.81),
        Machine("qpu.aria-2", 25, "aria-2", "College Park, MD, USA", 4902.81),
        Machine("qpu.forte-1", 36, "forte-1", "College Park, MD, USA", 5100.0),
        Machine("qpu.forte-enterprise-1", 36, "forte-enterprise-1", "Basel, Switzerland", 5100.0),
        Machine("qpu.forte-enterprise-2", 36, "forte-enterprise-2", "Seattle, WA, USA", 5100.0),
        Machine("qpu.forte-enterprise-3", 36, "forte-enterprise-3", "Seattle, WA, USA", 5100.0),
    )
}


def describe(machine: Machine, engine: Engine, now: datetime) -> dict[str, Any]:
    """Describe a machine as GET /backends/{backend} does; the queue time is in milliseconds."""
    description: dict[str, Any] = {
        "backend": machine.name,
        "status": "available",
        "degraded": False,
        "qubits": machine.qubits,
        "average_queue_time": round(engine.expected_wait_s(machine.name) * 1000),
        "last_updated": iso(now),
    }
    if machine.noise:
        newest = characterization(machine, 0, now)
        description |= {
            "characterization_id": newest["id"],
            "location": machine.location,
            "kw": machine.kw,
        }
    return description


def characterizations(machine: Machine, now: datetime) -> list[dict[str, Any]]:
    """List the measured quality of a machine over the last days, newest first."""
    if machine.noise is None:
        return []
    return [characterization(machine, age, now) for age in range(HISTORY)]


def characterization(machine: Machine, age: int, now: datetime) -> dict[str, Any]:
    """Make the characterization of ``age`` steps ago; its id is the same on every call."""
    assert machine.noise is not None
    noise = MODELS[machine.noise]
    date = now.replace(hour=0, minute=0, second=0, microsecond=0) - age * HISTORY_STEP
    drift = 1 + 0.02 * (date.toordinal() * 7 % 11 - 5) * (age > 0)
    family = "aria" if "aria" in machine.name else "forte"

    def fidelity(median: float) -> dict[str, Any]:
        return {"median": round(1 - (1 - median) * drift, 6), "stderr": None}

    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{machine.name}/{date.date()}")),
        "backend": machine.name,
        "date": iso(date),
        "qubits": machine.qubits,
        "connectivity": [list(pair) for pair in combinations(range(machine.qubits), 2)],
        "fidelity": {
            "spam": fidelity(noise.spam),
            "1q": fidelity(noise.one_qubit),
            "2q": fidelity(noise.two_qubit),
        },
        "timing": {**SECONDS[family], **COHERENCE_SECONDS},
    }


def iso(moment: datetime) -> str:
    """Write a time as the service does: UTC, milliseconds, Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

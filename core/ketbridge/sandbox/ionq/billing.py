"""Prices. All of them are ours, in US dollars, and no statement about what the service charges.

A job on a QPU costs per shot and gate, at least a minimum; error mitigation raises the minimum. The
simulator is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from ..engine import Engine
from ..service import HttpError
from .machines import Machine, iso


@dataclass(frozen=True, slots=True)
class Rate:
    """Prices of one machine, in USD.

    Attributes:
        one_qubit, two_qubit: of one gate in one shot.
        minimum: least price of one circuit.
        minimum_mitigated: the same with error mitigation.
    """

    one_qubit: float
    two_qubit: float
    minimum: float
    minimum_mitigated: float


FREE = Rate(0.0, 0.0, 0.0, 0.0)
QPU = Rate(0.0001645, 0.001121, 1.0, 25.0)


def rate_of(machine: Machine) -> Rate:
    """Return the prices of a machine."""
    return QPU if machine.noise else FREE


def price(machine: Machine, gates: Mapping[str, int], shots: int, mitigated: bool) -> float:
    """Return the price of one circuit, in USD, rounded to cents."""
    rate = rate_of(machine)
    metered = shots * (gates["1q"] * rate.one_qubit + gates["2q"] * rate.two_qubit)
    return round(max(metered, rate.minimum_mitigated if mitigated else rate.minimum), 2)


def mitigated(payload: Mapping[str, Any]) -> bool:
    """Tell whether a job asks for error mitigation."""
    mitigation = (payload.get("settings") or {}).get("error_mitigation") or {}
    return isinstance(mitigation, dict) and bool(mitigation.get("debiasing"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What an estimate is asked for.

    Attributes:
        backend: name of the machine.
        type: type of the job.
        qubits, shots: their numbers.
        gates: number of gates by number of qubits, ``1q`` and ``2q``.
        mitigated: whether with error mitigation.
    """

    backend: str
    type: str
    qubits: int
    shots: int
    gates: Mapping[str, int]
    mitigated: bool

    @classmethod
    def read(cls, query: QueryParams) -> Asked:
        """Read the query of GET /jobs/estimate.

        Raises:
            HttpError: a number is none (400).
        """
        return cls(
            backend=query.get("backend", ""),
            type=query.get("type", "ionq.circuit.v1"),
            qubits=_number(query, "qubits", 25),
            shots=_number(query, "shots", 1000),
            gates={size: _number(query, f"{size}_gates", 0) for size in ("1q", "2q")},
            mitigated=query.get("error_mitigation", "").lower() in ("true", "1"),
        )


def estimate(asked: Asked, machine: Machine, engine: Engine, organization: str) -> dict[str, Any]:
    """Answer for an estimate; times are in seconds."""
    rate = rate_of(machine)
    return {
        "input_values": {
            "backend": asked.backend,
            "type": asked.type,
            "qubits": asked.qubits,
            "shots": asked.shots,
            "1q_gates": asked.gates["1q"],
            "2q_gates": asked.gates["2q"],
            "error_mitigation": asked.mitigated,
        },
        "estimated_at": iso(datetime.now(UTC)),
        "cost_unit": "usd",
        "rate_information": {
            "job_cost_minimum": rate.minimum_mitigated if asked.mitigated else rate.minimum,
            "cost_1q_gate": rate.one_qubit,
            "cost_2q_gate": rate.two_qubit,
            "organization": organization,
        },
        "estimated_cost": price(machine, asked.gates, asked.shots, asked.mitigated),
        "estimated_execution_time": engine.time_of(machine.name).run_s,
        "current_predicted_queue_time": engine.expected_wait_s(machine.name),
    }


def _number(query: QueryParams, name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit():
        raise HttpError(400, f'"{name}" must be a whole number.')
    return int(text)

"""What the service keeps of each job, and the job as its answers show it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..engine import Stage, Ticket
from .access import Caller
from .machines import Machine
from .wire import stamp, without_none

WORDS = {
    Stage.SUBMITTED: "PENDING",
    Stage.READY: "PENDING",
    Stage.RUNNING: "RUNNING",
    Stage.DONE: "COMPLETED",
    Stage.FAILED: "FAILED",
    Stage.CANCELLED: "CANCELLED",
}

OF_WORKLOADS = frozenset(
    {"id", "backend_id", "provider", "status", "created_at", "started_at", "ended_at"}
    | {"sdk_provider"}
)
"""Members of a job or a session that the list of workloads shows."""


@dataclass(eq=False)
class Record:
    """One job.

    Attributes:
        payload: what was sent, without nulls.
        machine: where it runs.
        owner: who sent it.
        ticket: its way through the machine.
        id: a UUID.
        provider_job_id: its id at the provider.
    """

    payload: Mapping[str, Any]
    machine: Machine
    owner: Caller
    ticket: Ticket
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    provider_job_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def status(self) -> str:
        """The service's word for its state."""
        return WORDS[self.ticket.stage]

    @property
    def result(self) -> str | None:
        """Its result in JSON, or why it failed; None where there is neither."""
        if self.ticket.failure is not None:
            code, reason = self.ticket.failure
            why = {"reason": reason, "reason_code": int(code) if code.isdigit() else code}
            if self.machine.runner == "perceval":
                why["results"] = reason  # where Perceval's provider looks for it
            return json.dumps(why)
        return str(self.ticket.outcomes[0]) if self.ticket.stage is Stage.DONE else None

    @property
    def input(self) -> dict[str, Any]:
        """What it was to run; a bare program is the member ``qasm``."""
        given = self.payload["input"]
        return given if isinstance(given, dict) else {"qasm": given}

    @property
    def runtime_ms(self) -> int | None:
        """How long it ran, once it has ended."""
        seconds = self.ticket.run_time_s
        return None if seconds is None else round(seconds * 1000)


def shown(record: Record) -> dict[str, Any]:
    """Show a job; what is not set is left out."""
    payload, ticket = record.payload, record.ticket
    return without_none(
        {
            "id": record.id,
            "name": payload.get("name"),
            "backend_id": record.machine.id,
            "provider": record.machine.provider,
            "provider_job_id": record.provider_job_id,
            "input_params": _params(record),
            "input_format": payload.get("input_format") or record.machine.formats[0],
            "tags": payload.get("tags"),
            "status": record.status,
            "created_at": stamp(ticket.submitted),
            "started_at": stamp(ticket.started),
            "ended_at": stamp(ticket.ended),
            "runtime": record.runtime_ms,
            "shots": payload["shots"],
            "session_id": payload.get("session_id"),
            "sdk_provider": payload.get("sdk_provider", "CLIENT"),
        }
    )


def as_workload(record: Record) -> dict[str, Any]:
    """Show a job in the list of workloads."""
    return {
        "type": "JOB",
        **{name: value for name, value in shown(record).items() if name in OF_WORKLOADS},
    }


def _params(record: Record) -> dict[str, Any] | None:
    """Return the parameters; Azure's say how many qubits the circuit has, too."""
    params = record.payload.get("input_params")
    if record.machine.runner == "azure":
        return {**(params or {}), "qubits": record.input.get("qubits")}
    return params

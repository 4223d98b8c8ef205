"""What the service keeps of each job, and the job as its answers show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine import Stage, Ticket
from ..ibm.programs.task import Outcome
from ..ibm.wire import iso

WORDS = {
    Stage.SUBMITTED: "Running",
    Stage.READY: "Running",
    Stage.RUNNING: "Running",
    Stage.DONE: "Completed",
    Stage.FAILED: "Failed",
    Stage.CANCELLED: "Cancelled",
}
INTERNAL = 9999


@dataclass(eq=False)
class Record:
    """One job.

    Attributes:
        payload: what was sent.
        ticket: its way through the machine.
        shot_s: time from shot to shot on its machine, in seconds.
        user: id of the user.
        used_ns: how long it has used the machine, in nanoseconds.
    """

    payload: Mapping[str, Any]
    ticket: Ticket
    shot_s: float
    user: str
    used_ns: int = 0

    @property
    def id(self) -> str:
        """Its id, chosen by who sent it."""
        return str(self.payload["id"])

    @property
    def backend(self) -> str:
        """Name of its machine."""
        return str(self.payload["backend"])

    @property
    def status(self) -> str:
        """The service's word for its state."""
        return WORDS[self.ticket.stage]

    @property
    def pending(self) -> bool:
        """Whether it has not ended."""
        return not self.ticket.stage.final

    def url(self, name: str) -> str | None:
        """Return a presigned URL of its storage."""
        option = (self.payload["storage"] or {}).get(name) or {}
        return option.get("presigned_url")

    def count(self, outcome: Outcome) -> None:
        """Count the time that its program has used: every shot takes the same time."""
        self.used_ns = round(outcome.executions * self.shot_s * 1e9)


def shown(record: Record) -> dict[str, Any]:
    """Show a job."""
    ticket = record.ticket
    found: dict[str, Any] = {
        "id": record.id,
        "program_id": record.payload["program_id"],
        "backend": record.backend,
        "status": record.status,
        "created_time": iso(ticket.submitted),
        "timeout_secs": record.payload["timeout_secs"],
        "log_level": record.payload.get("log_level") or "warning",
        "storage": record.payload["storage"],
    }
    if ticket.ended is not None:
        found["end_time"] = iso(ticket.ended)
        found["usage"] = {"quantum_nanoseconds": record.used_ns}
    if ticket.failure is not None:
        code, message = ticket.failure
        found["reason_code"] = int(code) if code.isdigit() else INTERNAL
        found["reason_message"] = message
        found["reason_solution"] = "Change the job and submit it again."
    return found

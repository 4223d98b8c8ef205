"""What the service keeps of each job, and the job as its answers show it, in both versions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..engine import Engine, Stage, Ticket
from .programs.task import Outcome
from .wire import iso

WORDS = {
    Stage.SUBMITTED: "Queued",
    Stage.READY: "Queued",
    Stage.RUNNING: "Running",
    Stage.DONE: "Completed",
    Stage.FAILED: "Failed",
    Stage.CANCELLED: "Cancelled",
}
RAN_TOO_LONG = "1305"
TOO_LONG = "Cancelled - Ran too long"
INTERNAL = 9999
OLD_TAGS, OLD_TAG_LENGTH = 5, 24
LONGEST_COST_S = 10800


@dataclass(eq=False)
class Record:
    """One job.

    Attributes:
        payload: what was sent, without its params.
        params: the program's input, as it was sent.
        backend: name of the machine.
        user: id of the user.
        ticket: its way through the queue.
        estimate_s: how long it is expected to run, in seconds.
        shot_s: time from shot to shot on its machine, in seconds.
        tags: its tags; they can be replaced.
        id: 20 letters and digits, as the service makes them.
        read: whether the result of a private job was read, and is gone.
    """

    payload: Mapping[str, Any]
    params: Any
    backend: str
    user: str
    ticket: Ticket
    estimate_s: float
    shot_s: float
    tags: list[str] = field(default_factory=list)
    id: str = field(default_factory=lambda: f"d{secrets.token_hex(10)[:19]}")
    read: bool = False

    @property
    def status(self) -> str:
        """The service's word for its state, as ``state.status`` has it."""
        if self.ran_too_long:
            return WORDS[Stage.CANCELLED]
        return WORDS[self.ticket.stage]

    @property
    def ran_too_long(self) -> bool:
        """Whether it was ended because it took longer than it may."""
        return self.ticket.failure is not None and self.ticket.failure[0] == RAN_TOO_LONG

    @property
    def program(self) -> str:
        """Id of its program."""
        return str(self.payload["program_id"])

    @property
    def session(self) -> str | None:
        """Id of its session."""
        return self.payload.get("session_id")

    @property
    def private(self) -> bool:
        """Whether nobody may read its input, and its result only once."""
        return self.payload.get("private") is True

    @property
    def pending(self) -> bool:
        """Whether it is queued or running."""
        return not self.ticket.stage.final

    @property
    def outcome(self) -> Outcome | None:
        """What its program returned, once it is done."""
        if self.ticket.stage is not Stage.DONE:
            return None
        (outcome,) = self.ticket.outcomes
        return outcome if isinstance(outcome, Outcome) else None

    @property
    def quantum_s(self) -> float:
        """Seconds that it has used its machine: every shot takes the same time."""
        return 0.0 if self.outcome is None else self.outcome.executions * self.shot_s

    @property
    def charged_s(self) -> int:
        """Whole seconds that are charged, at least one once something ran."""
        return -int(-self.quantum_s // 1)


def shown(record: Record, *, new: bool, params: bool, usage: bool) -> dict[str, Any]:
    """Show a job.

    Args:
        record: the job.
        new: in the form of 2026-03-15.
        params: with its input, unless it is private.
        usage: with what it used.
    """
    found: dict[str, Any] = {
        "id": record.id,
        "backend": record.backend,
        "state": _state(record),
        "status": TOO_LONG if record.ran_too_long else record.status,
        "program": {"id": record.program},
        "created": iso(record.ticket.submitted),
        "cost": min(int(record.payload.get("cost") or LONGEST_COST_S), LONGEST_COST_S),
        "user_id": record.user,
        "estimated_running_time_seconds": record.estimate_s,
    }
    for name in ("runtime", "session_id", "calibration_id"):
        if record.payload.get(name) is not None:
            found[name] = record.payload[name]
    tags = record.tags if new else _old_tags(record.tags)
    if tags:
        found["tags"] = tags
    if record.private:
        found["private"] = True
    elif params:
        found["params"] = record.params
    if usage:
        found["usage"] = (
            _new_usage(record) if new else {"seconds": record.charged_s if record.outcome else 0}
        )
    return found


def metrics(record: Record, engine: Engine, place: int, *, new: bool) -> dict[str, Any]:
    """Show when a job ran and what it used.

    Args:
        record: the job.
        engine: knows how long its machine takes.
        place: its place in the queue, from 0.
        new: in the form of 2026-03-15.
    """
    ticket = record.ticket
    times = {"created": ticket.submitted, "running": ticket.started, "finished": ticket.ended}
    found: dict[str, Any] = {
        "timestamps": {name: iso(time) for name, time in times.items() if time is not None},
        "qiskit_version": _qiskit_version(),
    }
    if new:
        ended = "completed" if ticket.stage.final else "pending"
        return {**found, "caller": "", "usage": {**_new_usage(record), "status": ended}}
    found["bss"] = {"seconds": record.charged_s}
    found["usage"] = {"quantum_seconds": record.charged_s, "seconds": record.charged_s}
    if not ticket.stage.final:
        timing = engine.time_of(record.backend)
        begins: datetime = ticket.started or ticket.submitted + timedelta(
            milliseconds=ticket.expected_ms[0]
        )
        ends = begins + timedelta(seconds=max(timing.run_s, record.estimate_s))
        found["estimated_start_time"] = iso(begins)
        found["estimated_completion_time"] = iso(ends)
        found["position_in_queue"] = place
        found["position_in_provider"] = place
    return found


def log(record: Record) -> str:
    """Return the lines that the job wrote."""
    ticket = record.ticket
    lines = [f"{iso(ticket.submitted)} INFO job {record.id}: {record.program} on {record.backend}"]
    if ticket.started is not None:
        lines.append(f"{iso(ticket.started)} INFO running")
    if ticket.ended is not None:
        reason = f": {ticket.failure[1]}" if ticket.failure else ""
        lines.append(f"{iso(ticket.ended)} INFO {record.status.lower()}{reason}")
    return "\n".join(lines) + "\n"


def _state(record: Record) -> dict[str, Any]:
    state: dict[str, Any] = {"status": record.status}
    if record.ticket.failure is not None:
        code, message = record.ticket.failure
        state["reason"] = message
        state["reason_code"] = int(code) if code.isdigit() else INTERNAL
        state["reason_solution"] = "Change the job as the reason says and submit it again."
    return state


def _new_usage(record: Record) -> dict[str, float]:
    return {
        "circuits_execution_time_ns": round(record.quantum_s * 1e9),
        "qpu_charge_time_seconds": record.charged_s,
    }


def _old_tags(tags: list[str]) -> list[str]:
    """Keep the tags that the older version can show."""
    return [tag for tag in tags if 0 < len(tag) <= OLD_TAG_LENGTH][:OLD_TAGS]


def _qiskit_version() -> str:
    from importlib.metadata import version

    return version("qiskit")

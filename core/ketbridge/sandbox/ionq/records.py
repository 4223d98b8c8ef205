"""What the service keeps of each job, and the job as its answers show it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..engine import Stage, Ticket
from .circuits import Outcome
from .machines import iso

WORDS = {
    Stage.SUBMITTED: "submitted",
    Stage.READY: "ready",
    Stage.RUNNING: "started",
    Stage.DONE: "completed",
    Stage.FAILED: "failed",
    Stage.CANCELLED: "canceled",
}


@dataclass(eq=False)
class Record:
    """One job.

    Attributes:
        payload: what was sent.
        backend: name of the machine.
        shots: number of shots of each circuit.
        submitter: id of the user, made of the key.
        project: id of the project.
        ticket: its way through the queue; children share the one of their parent.
        id: a UUID.
        parent: id of the parent, for a child.
        children: ids of the children, for a job of several circuits.
        index: which circuit of the ticket it is; None for a parent.
        maps: qubit maps of the debiasing variants.
        variant_ids: their ids.
        name: the job's or the circuit's name.
        cost_usd: what it costs, as estimated when it was submitted.
        circuit: its circuit with gate set and number of qubits; empty for a parent.
    """

    payload: Mapping[str, Any]
    backend: str
    shots: int
    submitter: str
    project: str
    ticket: Ticket
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    parent: str | None = None
    children: list[str] = field(default_factory=list)
    index: int | None = 0
    maps: tuple[tuple[int, ...], ...] = ()
    variant_ids: tuple[str, ...] = ()
    name: str | None = None
    cost_usd: float = 0.0
    circuit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """The service's word for its state."""
        return WORDS[self.ticket.stage]

    @property
    def session(self) -> str | None:
        """Id of its session."""
        return self.payload.get("session_id")

    @property
    def dry_run(self) -> bool:
        """Whether nothing is to be run."""
        return bool(self.payload.get("dry_run"))

    @property
    def noise(self) -> Mapping[str, Any] | None:
        """The noise that was asked for, without a null seed."""
        noise = self.payload.get("noise")
        if not noise:
            return None
        return {name: value for name, value in noise.items() if value is not None}

    @property
    def outcome(self) -> Outcome | None:
        """What became of its circuit, once that is known."""
        if self.ticket.stage is not Stage.DONE or self.index is None:
            return None
        outcome = self.ticket.outcomes[self.index]
        return outcome if isinstance(outcome, Outcome) else None

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """What became of all its circuits."""
        if self.ticket.stage is not Stage.DONE:
            return ()
        chosen = self.ticket.outcomes if self.index is None else [self.ticket.outcomes[self.index]]
        return [outcome for outcome in chosen if isinstance(outcome, Outcome)]


def listed(record: Record) -> dict[str, Any]:
    """Show a job as one entry of a list."""
    ticket = record.ticket
    shown: dict[str, Any] = {
        "id": record.id,
        "status": record.status,
        "type": record.payload["type"],
        "backend": record.backend,
        "dry_run": record.dry_run,
        "cost_model": "quantum_compute_time",
        "submitter_id": record.submitter,
        "project_id": record.project,
        "parent_job_id": record.parent,
        "session_id": record.session,
        "metadata": record.payload.get("metadata"),
        "name": record.name,
        "submitted_at": iso(ticket.submitted),
        "started_at": _iso(ticket.started),
        "completed_at": _iso(ticket.ended),
        "predicted_wait_time_ms": None if ticket.stage.final else ticket.expected_ms[0],
        "predicted_execution_duration_ms": ticket.expected_ms[1],
        "execution_duration_ms": _ms(ticket.run_time_s),
        "shots": record.shots,
        "failure": _failure(ticket),
        "settings": _settings(record.payload.get("settings")),
        "stats": _stats(record),
        "output": _output(record),
        "results": _results(record),
    }
    if record.noise:
        shown["noise"] = record.noise
    return shown


def detailed(record: Record) -> dict[str, Any]:
    """Show a job as GET /jobs/{UUID} does."""
    return {**listed(record), "child_job_ids": record.children or None}


def result_url(record: Record, what: str, variant: str | None = None) -> str:
    """Make the host-relative URL of a result."""
    middle = f"/variants/{variant}" if variant else ""
    return f"/v0.4/jobs/{record.id}{middle}/results/{what}"


def artifact_id(record: Record) -> str:
    """Return the id of the artifact with the shots by register of an OpenQASM job."""
    return str(uuid.uuid5(uuid.UUID(record.id), "shots"))


def _results(record: Record) -> dict[str, Any] | None:
    if record.ticket.stage is not Stage.DONE or record.dry_run:
        return None
    results: dict[str, Any] = {"probabilities": {"url": result_url(record, "probabilities")}}
    outcome = record.outcome
    if outcome is not None and outcome.distribution and outcome.distribution.shots is not None:
        results["histogram"] = {"url": result_url(record, "histogram")}
        results["shots"] = {"url": result_url(record, "shots")}
        if outcome.registers:
            results[SHOTS_BY_REGISTER] = {"id": artifact_id(record)}
    return results


def _output(record: Record) -> dict[str, Any]:
    output: dict[str, Any] = {"compilation": {}}
    if record.outcome is not None and record.outcome.variants:
        output["error_mitigation"] = {
            "debiasing": {
                "variants": [
                    {
                        "variant_id": variant_id,
                        "qubit_map": list(qubit_map),
                        "shots": len(distribution.shots or ()),
                        "results": {
                            what: {"url": result_url(record, what, variant_id)}
                            for what in ("probabilities", "histogram", "shots")
                        },
                    }
                    for variant_id, qubit_map, distribution in zip(
                        record.variant_ids, record.maps, record.outcome.variants, strict=True
                    )
                ]
            }
        }
    return output


def _settings(settings: Any) -> dict[str, Any]:
    """Show the settings that the service knows."""
    known = settings if isinstance(settings, dict) else {}
    compilation = known.get("compilation") or {}
    shown: dict[str, Any] = {
        "compilation": {name: compilation[name] for name in COMPILATION if name in compilation}
    }
    if "error_mitigation" in known:
        shown["error_mitigation"] = known["error_mitigation"]
    return shown


SHOTS_BY_REGISTER = "ionq.result.shots.json.v2"
"""Result of OpenQASM 3 jobs, which the contract does not have; newer clients ask for it."""
COMPILATION = ("precision", "opt", "gate_basis", "service_version")


def _stats(record: Record) -> dict[str, Any]:
    outcomes = record.outcomes
    if not outcomes:
        return {}
    run_us = _ms(record.ticket.run_time_s) or 0
    return {
        "qubits": max(outcome.qubits for outcome in outcomes),
        "circuits": len(outcomes),
        "gate_counts": {
            size: sum(outcome.gates[size] for outcome in outcomes) for size in ("1q", "2q")
        },
        "predicted_quantum_compute_time_us": record.ticket.expected_ms[1] * 1000,
        "billed_quantum_compute_time_us": 0 if record.dry_run else run_us * 1000,
    }


def _failure(ticket: Ticket) -> dict[str, str] | None:
    if ticket.failure is None:
        return None
    code, message = ticket.failure
    return {"code": code, "message": message}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)

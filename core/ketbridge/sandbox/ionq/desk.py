"""Taking a job: checked, priced, kept, and put into the queue or failed at once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..engine import Engine, Ticket
from ..workers import WorkError
from . import billing
from .access import Caller
from .circuits import count_gates
from .intake import check_payload, circuits_of, early_failure, qubit_maps, work_of
from .machines import Machine
from .records import Record
from .sessions import Sessions
from .store import Store

DEFAULT_SHOTS = 100


class Desk:
    """Makes a job of what was sent.

    Args:
        engine: runs the jobs.
        store: keeps them.
        sessions: counts those that belong to one.
        quota_usd: what all jobs may cost; None for no limit.
    """

    def __init__(
        self, engine: Engine, store: Store, sessions: Sessions, quota_usd: float | None
    ) -> None:
        self._engine = engine
        self._store = store
        self._sessions = sessions
        self._quota_usd = quota_usd
        self._spent_usd = 0.0

    def take(self, payload: dict[str, Any], caller: Caller) -> Record:
        """Take a job.

        Raises:
            HttpError: it is not well-formed or its session does not take it (400), or there is no
                such session (404).
        """
        machine = check_payload(payload)
        circuits = circuits_of(payload)
        shots = payload.get("shots") or DEFAULT_SHOTS
        cost_usd = _price(payload, machine, circuits, shots)
        if payload.get("session_id") is not None:
            self._sessions.find(payload["session_id"]).take(machine.name, cost_usd)
        multi = payload["type"] == "ionq.multi-circuit.v1"
        job_id = str(uuid.uuid4())
        maps = () if multi else qubit_maps(payload, machine, circuits[0], job_id)
        record = Record(
            payload=payload,
            backend=machine.name,
            shots=shots,
            submitter=caller.user,
            project=caller.project,
            ticket=Ticket(machine.name),
            id=job_id,
            index=None if multi else 0,
            maps=maps,
            variant_ids=tuple(str(uuid.uuid4()) for _ in maps),
            name=payload.get("name"),
            cost_usd=cost_usd,
            circuit={} if multi else circuits[0],
        )
        self._store.add(record)
        if multi:
            self._add_children(record, circuits)
        self._begin(record, machine, circuits)
        return record

    def _begin(self, record: Record, machine: Machine, circuits: list[dict[str, Any]]) -> None:
        failure = early_failure(record.payload, machine, record.shots)
        failure = failure or self._over_quota(record.cost_usd)
        if failure is not None:
            record.ticket.fail(failure.code, failure.message)
            return
        self._spent_usd += record.cost_usd
        record.ticket.work = work_of(
            record.payload,
            machine,
            circuits,
            shots=record.shots,
            job_id=record.id,
            maps=record.maps,
        )
        self._engine.submit(record.ticket)

    def _add_children(self, parent: Record, circuits: Sequence[dict[str, Any]]) -> None:
        for index, circuit in enumerate(circuits):
            child = replace(
                parent,
                payload={**parent.payload, "type": "ionq.circuit.v1"},
                id=str(uuid.uuid4()),
                parent=parent.id,
                children=[],
                index=index,
                name=circuit["name"],
                cost_usd=round(parent.cost_usd / len(circuits), 2),
                circuit=circuit,
            )
            self._store.add(child)
            parent.children.append(child.id)

    def _over_quota(self, cost_usd: float) -> WorkError | None:
        if self._quota_usd is None or self._spent_usd + cost_usd <= self._quota_usd:
            return None
        return WorkError("QuotaExhaustedError", f"The quota of {self._quota_usd} USD is used up.")


def _price(
    payload: dict[str, Any], machine: Machine, circuits: Sequence[dict[str, Any]], shots: int
) -> float:
    if machine.noise is None or payload.get("dry_run"):
        return 0.0
    mitigated = billing.mitigated(payload)
    try:
        gates = [count_gates(circuit.get("circuit", ())) for circuit in circuits]
    except WorkError:  # the job will fail for it, and cost nothing
        return 0.0
    return round(sum(billing.price(machine, count, shots, mitigated) for count in gates), 2)

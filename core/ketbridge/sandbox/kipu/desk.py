"""Taking a job: checked, kept, and put into the queue or failed at once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from ..engine import Engine, Ticket
from ..service import HttpError
from .access import Caller
from .machines import Machine
from .records import Record
from .runners import run
from .runners.plan import Plan
from .sessions import Session

SDKS = ("QISKIT", "BRAKET", "PERCEVAL", "CLIENT")
OFFLINE = "BackendOffline"
SHOTS = "InvalidShots"


class Desk:
    """Makes a job of what was sent.

    Args:
        engine: runs the jobs.
        machines: by id.
        noisy: tells whether the errors of an IBM machine are simulated.
    """

    def __init__(
        self, engine: Engine, machines: Mapping[str, Machine], noisy: Callable[[str], bool]
    ) -> None:
        self._engine = engine
        self._machines = machines
        self._noisy = noisy

    def machine(self, name: Any) -> Machine:
        """Return a machine.

        Raises:
            HttpError: there is none of that id (404).
        """
        found = self._machines.get(name) if isinstance(name, str) else None
        if found is None:
            raise HttpError(404, f"There is no backend {str(name)[:64]!r}.")
        return found

    def make(self, payload: Mapping[str, Any], owner: Caller) -> Record:
        """Make a job of what was sent.

        Raises:
            HttpError: a member is missing or not of its kind (400), or there is no such machine
                (404).
        """
        machine = self.machine(payload.get("backend_id"))
        _check(payload)
        return Record(payload, machine, owner, Ticket(machine.id))

    def begin(self, record: Record, session: Session | None) -> None:
        """Put a job into the queue; one that cannot run has failed at once.

        Raises:
            HttpError: its session does not take it (400).
        """
        if session is not None:
            session.take(record)
        machine, shots = record.machine, record.payload["shots"]
        low, high = machine.shots
        if machine.offline:
            record.ticket.fail(OFFLINE, machine.offline)
        elif machine.runner != "ibm" and not low <= shots <= high:
            record.ticket.fail(SHOTS, f"{shots} shots are not between {low} and {high}.")
        else:
            record.ticket.work = [(run, (self._plan(record),))]
            self._engine.submit(record.ticket)

    def _plan(self, record: Record) -> Plan:
        machine = record.machine
        return Plan(
            machine.runner,
            record.id,
            machine.id,
            machine.native_id,
            machine.qubits,
            record.payload["shots"],
            record.payload["input"],
            {
                name: value
                for name, value in (record.payload.get("input_params") or {}).items()
                if value is not None
            },
            snapshot=machine.snapshot,
            noisy=bool(machine.snapshot) and self._noisy(machine.native_id),
            pairs=machine.pairs if machine.runner == "iqm" else None,
            resonators=machine.resonators,
            created=record.ticket.submitted.isoformat(timespec="milliseconds")[:-6] + "Z",
        )


def _check(payload: Mapping[str, Any]) -> None:
    """Check the members that every family has; inputs are read when the job runs."""
    shots = payload.get("shots")
    if isinstance(shots, bool) or not isinstance(shots, int) or shots < 1:
        raise HttpError(400, '"shots" must be a whole number, at least 1.')
    if not isinstance(payload.get("input"), dict | str):
        raise HttpError(400, '"input" is required: an object.')
    if not isinstance(payload.get("input_params", {}), dict):
        raise HttpError(400, '"input_params" must be an object.')
    tags = payload.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise HttpError(400, '"tags" must be a list of strings.')
    if len(set(tags)) < len(tags):
        raise HttpError(400, '"tags" must differ from each other.')
    if payload.get("sdk_provider", "CLIENT") not in SDKS:
        raise HttpError(400, f'"sdk_provider" must be one of {", ".join(SDKS)}.')
    check_id(payload.get("session_id"), "session_id")


def check_id(value: Any, what: str) -> None:
    """Check that a value is a UUID or None.

    Raises:
        HttpError: it is not (400).
    """
    try:
        if value is not None:
            uuid.UUID(value)
    except (ValueError, TypeError, AttributeError):
        raise HttpError(400, f"{what!r} must be a UUID.") from None

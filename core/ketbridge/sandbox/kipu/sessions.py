"""Sessions: opened, taking jobs or not, closed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..service import HttpError
from .access import Caller
from .machines import Machine
from .records import OF_WORKLOADS, Record
from .wire import stamp, without_none

MODES = ("batch", "dedicated")
LIFETIME_S = 8 * 3600
"""Taken where no ttl is sent; the service's default is not documented."""


@dataclass(eq=False)
class Session:
    """One session.

    Attributes:
        payload: what was sent.
        machine: where its jobs run.
        owner: who opened it.
        id: a UUID.
        created: when it was opened.
        closed: when it was closed; None while it is open.
        accepts: whether it takes jobs.
        jobs: its jobs, oldest first.
    """

    payload: Mapping[str, Any]
    machine: Machine
    owner: Caller
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    closed: datetime | None = None
    accepts: bool = True
    jobs: list[Record] = field(default_factory=list)

    @property
    def expires(self) -> datetime:
        """When it closes by itself."""
        return self.created + timedelta(seconds=self.payload.get("ttl", LIFETIME_S))

    @property
    def status(self) -> str:
        """The service's word for its state."""
        if self.closed is None and datetime.now(UTC) >= self.expires:
            self.closed = self.expires
        if self.closed is not None:
            return "CLOSED"
        if not self.accepts:
            return "DRAINING"
        return "ACTIVE" if any(record.ticket.started for record in self.jobs) else "OPEN"

    def take(self, record: Record) -> None:
        """Add a job.

        Raises:
            HttpError: it takes no jobs, or is on another machine (400).
        """
        if self.status not in ("OPEN", "ACTIVE"):
            raise HttpError(400, f"Session {self.id} is {self.status} and takes no jobs.")
        if record.machine.id != self.machine.id:
            raise HttpError(400, f"Session {self.id} is on {self.machine.id}.")
        self.jobs.append(record)

    def accept(self, accept: Any) -> None:
        """Let it take jobs or not.

        Raises:
            HttpError: it is not told which (400), or it is closed (422).
        """
        if not isinstance(accept, bool):
            raise HttpError(400, '"accept_jobs" must be true or false.')
        if self.status == "CLOSED":
            raise HttpError(422, f"Session {self.id} is closed.")
        self.accepts = accept

    def close(self) -> None:
        """Close it; jobs that it has taken are completed. Closing it again changes nothing."""
        if self.status != "CLOSED":
            self.closed = datetime.now(UTC)

    def shown(self) -> dict[str, Any]:
        """Show it; what is not set is left out."""
        started = [record.ticket.started for record in self.jobs if record.ticket.started]
        status = self.status
        return without_none(
            {
                "id": self.id,
                "backend_id": self.machine.id,
                "provider": self.machine.provider,
                "status": status,
                "mode": self.payload["mode"],
                "created_at": stamp(self.created),
                "started_at": stamp(min(started, default=None)),
                "closed_at": stamp(self.closed),
                "expires_at": stamp(self.expires),
                "usage_time_millis": sum(record.runtime_ms or 0 for record in self.jobs),
                "provider_id": self.id,
                "tags": self.payload.get("tags"),
                "metadata": self.payload.get("metadata"),
                "sdk_provider": self.payload.get("sdk_provider", "CLIENT"),
                "final": status == "CLOSED",
                "final_not_aborted": status == "CLOSED",
            }
        )

    def as_workload(self) -> dict[str, Any]:
        """Show it in the list of workloads."""
        whole = self.shown()
        shown = {name: value for name, value in whole.items() if name in OF_WORKLOADS}
        return {"type": "SESSION", **shown, **without_none({"ended_at": whole.get("closed_at")})}


def opened(payload: Mapping[str, Any], machine: Machine, owner: Caller) -> Session:
    """Open a session.

    Raises:
        HttpError: a member is not usable (400), or the machine has no sessions (422).
    """
    if payload.get("mode") not in MODES:
        raise HttpError(400, f'"mode" must be one of {", ".join(MODES)}.')
    if payload.get("provider") != machine.provider:
        raise HttpError(400, f'"provider" of {machine.id} is {machine.provider}.')
    ttl = payload.get("ttl", LIFETIME_S)
    if isinstance(ttl, bool) or not isinstance(ttl, int) or ttl < 1:
        raise HttpError(400, '"ttl" must be a whole number of seconds, at least 1.')
    if not machine.takes_sessions:
        raise HttpError(422, f"Backend {machine.id} has no sessions.")
    return Session(payload, machine, owner)

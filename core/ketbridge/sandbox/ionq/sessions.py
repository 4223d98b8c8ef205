"""Sessions and their limits: number of jobs, duration, cost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..service import HttpError
from .access import Caller
from .intake import bad_request
from .machines import MACHINES, iso


@dataclass(eq=False)
class Session:
    """One session.

    Attributes:
        backend: name of its machine.
        settings: limits as they were sent.
        creator: id of the user who made it.
        project: id of the project.
        organization: id of the organisation.
        jobs: number of jobs taken.
        cost_usd: what they cost.
        ended: when it ended; None while it is open.
        ender: who ended it; None where a limit did.
    """

    backend: str
    settings: Mapping[str, Any]
    creator: str
    project: str
    organization: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: datetime | None = None
    ended: datetime | None = None
    ender: str | None = None
    jobs: int = 0
    cost_usd: float = 0.0

    @property
    def expires(self) -> datetime | None:
        """When its duration is over; the clock runs from its creation."""
        minutes = self.settings.get("duration_limit_min")
        return None if minutes is None else self.created + timedelta(minutes=float(minutes))

    @property
    def active(self) -> bool:
        """Whether it takes jobs."""
        if self.ended is None and self.expires is not None and datetime.now(UTC) >= self.expires:
            self.ended = self.expires
        return self.ended is None

    def end(self, ender: str | None) -> None:
        """Close it; jobs that were taken go on."""
        if self.active:
            self.ended, self.ender = datetime.now(UTC), ender

    def take(self, backend: str, cost_usd: float) -> None:
        """Count a job against the limits.

        Raises:
            HttpError: it has ended, is for another machine, or a limit is reached (400).
        """
        if not self.active:
            raise bad_request("The session has ended.", "session_id")
        if backend != self.backend:
            raise bad_request(f"The session is for {self.backend}.", "session_id", "backend")
        limit = self.settings.get("job_count_limit")
        if limit is not None and self.jobs >= limit:
            raise bad_request(f"The session's limit of {limit} jobs is reached.", "session_id")
        most = (self.settings.get("cost_limit") or {}).get("value")
        if most is not None and self.cost_usd + cost_usd > most:
            raise bad_request(f"The session's limit of {most} USD is reached.", "session_id")
        self.jobs += 1
        self.cost_usd += cost_usd
        self.started = self.started or datetime.now(UTC)

    def shown(self) -> dict[str, Any]:
        """Show it as the service does."""
        settings = dict(self.settings)
        if self.expires is not None:
            settings["expires_at"] = iso(self.expires)
        word = ("started" if self.started else "created") if self.active else "ended"
        return {
            "id": self.id,
            "created_at": iso(self.created),
            "organization_id": self.organization,
            "backend": self.backend,
            "project_id": self.project,
            "creator_id": self.creator,
            "ended_at": iso(self.ended) if self.ended else None,
            "ender_id": self.ender,
            "settings": settings,
            "active": self.active,
            "status": word,
            "started_at": iso(self.started) if self.started else None,
        }


class Sessions:
    """All sessions of the service."""

    def __init__(self, organization: str) -> None:
        self._organization = organization
        self._sessions: dict[str, Session] = {}

    def open(self, payload: Mapping[str, Any], caller: Caller) -> Session:
        """Open a session.

        Raises:
            HttpError: the machine or a limit cannot be used (400).
        """
        backend = payload.get("backend")
        if not isinstance(backend, str) or backend not in MACHINES:
            raise bad_request(f'"backend" must be one of {", ".join(MACHINES)}.', "backend")
        settings = payload.get("settings") or {}
        _check_settings(settings)
        known = {name: settings[name] for name in LIMITS if settings.get(name) is not None}
        session = Session(backend, known, caller.user, caller.project, self._organization)
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> Session:
        """Return a session.

        Raises:
            HttpError: there is none of that id (404).
        """
        session = self._sessions.get(session_id)
        if session is None:
            raise HttpError(404, f"Session {session_id[:64]} was not found.")
        return session

    def listed(self, active: bool | None) -> dict[str, Any]:
        """List the sessions, newest first, all of them or the open or the ended ones."""
        chosen = [
            session.shown()
            for session in reversed(list(self._sessions.values()))
            if active is None or session.active is active
        ]
        return {"organization_id": self._organization, "sessions": chosen}


LIMITS = ("job_count_limit", "duration_limit_min", "cost_limit")


def _check_settings(settings: Any) -> None:
    if not isinstance(settings, dict):
        raise bad_request('"settings" must be an object.', "settings")
    for name in ("job_count_limit", "duration_limit_min"):
        value = settings.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise bad_request(f'"settings.{name}" must be a whole number.', "settings")
    cost = settings.get("cost_limit")
    if cost is not None and not (
        isinstance(cost, dict)
        and isinstance(cost.get("value"), int | float)
        and isinstance(cost.get("unit"), str)
    ):
        raise bad_request('"settings.cost_limit" must have a value and a unit.', "settings")

"""Sessions: a machine reserved for jobs that belong together."""

from __future__ import annotations

from datetime import datetime

from ...wire import Answer, Int, OpenEnum, Payload


class SessionStatus(OpenEnum):
    """State of a session."""

    CREATED = "created"
    STARTED = "started"
    ENDED = "ended"


class CostLimit(Answer):
    """The most that a session may cost."""

    unit: str
    value: float


class SessionSettings(Answer):
    """Limits of a session as the service keeps them."""

    job_count_limit: Int | None = None
    duration_limit_min: Int | None = None
    cost_limit: CostLimit | None = None
    expires_at: datetime | None = None


class Session(Answer):
    """A session."""

    id: str
    status: SessionStatus
    active: bool
    created_at: datetime | None = None
    organization_id: str | None = None
    backend: str | None = None
    project_id: str | None = None
    creator_id: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    ender_id: str | None = None
    settings: SessionSettings | None = None


class SessionsResponse(Answer):
    """All sessions of an organization."""

    sessions: tuple[Session, ...]
    organization_id: str | None = None


class CostLimitRequest(Payload):
    """The most that a session may cost."""

    unit: str
    value: float


class SessionSettingsRequest(Payload):
    """Limits to ask for; ``duration_limit_min`` is in minutes."""

    job_count_limit: int | None = None
    duration_limit_min: int | None = None
    cost_limit: CostLimitRequest | None = None


class CreateSessionRequest(Payload):
    """A session to open."""

    backend: str
    settings: SessionSettingsRequest | None = None

"""Sessions: a machine held for one user (``dedicated``) or jobs run together (``batch``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ...wire import Answer, Int, OpenEnum, Payload

Seconds = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]


class SessionState(OpenEnum):
    """State of a session."""

    OPEN = "open"
    ACTIVE = "active"
    INACTIVE = "inactive"
    CLOSED = "closed"


class SessionMode(OpenEnum):
    """How a session holds its machine."""

    BATCH = "batch"
    DEDICATED = "dedicated"


class SessionTimestamp(Answer):
    """When a session came into a state."""

    status: SessionState
    timestamp: str


class Session(Answer):
    """A session; times to live in seconds, ``elapsed_time`` in seconds of the machine."""

    id: str
    mode: SessionMode
    backend_name: str | None = None
    state: SessionState | None = None
    state_reason: str | None = None
    accepting_jobs: bool | None = None
    max_ttl: Int | None = None
    active_ttl: Int | None = None
    interactive_ttl: Int | None = None
    elapsed_time: float | None = None
    started_at: str | None = None
    activated_at: str | None = None
    closed_at: str | None = None
    last_job_started: str | None = None
    last_job_completed: str | None = None
    timestamps: tuple[SessionTimestamp, ...] | None = None
    user_id: str | None = None


class CreateSessionRequest(Payload):
    """What opens a session.

    Attributes:
        mode: whether jobs run together or the machine is held.
        backend: the machine.
        max_ttl: longest life, in seconds; the service's default is 28800.
        active_ttl: longest time that it is active, in seconds; channel partners only.
        interactive_ttl: longest wait for the next job, in seconds; channel partners only.
    """

    mode: Literal["batch", "dedicated"]
    backend: str
    max_ttl: Seconds | None = None
    active_ttl: Seconds | None = None
    interactive_ttl: Seconds | None = None

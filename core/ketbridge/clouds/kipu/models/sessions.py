"""Sessions: a machine held for one user (``dedicated``) or jobs run together (``batch``)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ...wire import Answer, Int, OpenEnum, Payload
from .common import Provider, SdkProvider


class SessionStatus(OpenEnum):
    """State of a session; one that drains takes no jobs and finishes those it has."""

    UNKNOWN_STATUS = "UNKNOWN"
    ABORTED = "ABORTED"
    OPEN = "OPEN"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DRAINING = "DRAINING"
    CLOSED = "CLOSED"


class SessionMode(OpenEnum):
    """How a session holds its machine."""

    BATCH = "batch"
    DEDICATED = "dedicated"


class Session(Answer):
    """A session; times are UTC without a zone."""

    id: str
    backend_id: str | None = None
    provider: Provider | None = None
    status: SessionStatus | None = None
    mode: SessionMode | None = None
    created_at: str | None = None
    started_at: str | None = None
    closed_at: str | None = None
    expires_at: str | None = None
    usage_time_millis: Int | None = None
    provider_id: str | None = None
    tags: tuple[str, ...] | None = None
    metadata: dict[str, Any] | None = None
    sdk_provider: SdkProvider | None = None
    final: bool | None = None
    final_not_aborted: bool | None = None


class SessionStatusResponse(Answer):
    """State of a session alone."""

    status: SessionStatus | None = None


class CreateSessionRequest(Payload):
    """What opens a session; ``ttl`` is its longest life in seconds."""

    backend_id: str
    mode: Literal["batch", "dedicated"]
    provider: str
    ttl: Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)] | None = None
    tags: tuple[str, ...] | None = None
    metadata: dict[str, Any] | None = None
    sdk_provider: str | None = None


class SessionStateUpdateRequest(Payload):
    """Whether a session is to take jobs."""

    accept_jobs: bool

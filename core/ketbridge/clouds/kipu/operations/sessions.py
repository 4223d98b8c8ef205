"""Sessions: open, fetch, let take jobs or not, close, list their jobs."""

from __future__ import annotations

from ....transport.operation import Operation, Repeat, path
from ...wire import model
from .. import bodies
from ..models import (
    CreateSessionRequest,
    Job,
    Session,
    SessionStateUpdateRequest,
    SessionStatusResponse,
)
from .jobs import CREATED, DONE


def create_session(payload: CreateSessionRequest) -> Operation[Session]:
    """Open a session; there is no list to find it in, so it is never sent twice."""
    return Operation(
        "createSession",
        "POST",
        "/sessions",
        model(Session),
        Repeat.UNSAFE,
        body=payload.encoded(),
        accept=CREATED,
    )


def get_session(session_id: str) -> Operation[Session]:
    """Fetch a session."""
    return Operation(
        "getSession",
        "GET",
        path("/sessions/{session_id}", session_id=session_id),
        model(Session),
        Repeat.SAFE,
    )


def close_session(session_id: str) -> Operation[None]:
    """Close a session: jobs that it has taken are completed; closing it again changes nothing."""
    return Operation(
        "closeSession",
        "DELETE",
        path("/sessions/{session_id}", session_id=session_id),
        bodies.nothing,
        Repeat.SAFE,
        accept=DONE,
    )


def update_session_state(session_id: str, *, accept_jobs: bool) -> Operation[Session]:
    """Let a session take jobs (``ACTIVE``) or not (``DRAINING``)."""
    return Operation(
        "updateSessionState",
        "PATCH",
        path("/sessions/{session_id}", session_id=session_id),
        model(Session),
        Repeat.SAFE,
        body=SessionStateUpdateRequest(accept_jobs=accept_jobs).encoded(),
    )


def get_session_status(session_id: str) -> Operation[SessionStatusResponse]:
    """Ask for the state of a session alone."""
    return Operation(
        "getSessionStatus",
        "GET",
        path("/sessions/{session_id}/status", session_id=session_id),
        model(SessionStatusResponse),
        Repeat.SAFE,
    )


def get_session_jobs(session_id: str) -> Operation[tuple[Job, ...]]:
    """List the jobs of a session, all at once."""
    return Operation(
        "getSessionJobs",
        "GET",
        path("/sessions/{session_id}/jobs", session_id=session_id),
        bodies.jobs,
        Repeat.SAFE,
    )

"""Operations on sessions and batches."""

from __future__ import annotations

from ....transport.operation import Operation, Repeat, json_body, path
from ...wire import model
from .. import bodies
from ..models import CreateSessionRequest, Session
from .jobs import DONE


def create_session(payload: CreateSessionRequest) -> Operation[Session]:
    """Open a session or batch; there is nothing to recognise it by, so it is never sent twice."""
    return Operation(
        "create_session",
        "POST",
        "/v1/sessions",
        model(Session),
        Repeat.UNSAFE,
        body=payload.encoded(),
        accept=frozenset({200, 201}),
    )


def get_session(session_id: str) -> Operation[Session]:
    """Fetch a session or batch."""
    return Operation(
        "get_session",
        "GET",
        path("/v1/sessions/{session_id}", session_id=session_id),
        model(Session),
        Repeat.SAFE,
    )


def update_session(session_id: str, *, accepting_jobs: bool) -> Operation[None]:
    """Let a session take jobs or not; one that takes none closes when its queue is empty."""
    return Operation(
        "update_session",
        "PATCH",
        path("/v1/sessions/{session_id}", session_id=session_id),
        bodies.nothing,
        Repeat.SAFE,
        body=json_body({"accepting_jobs": accepting_jobs}),
        accept=DONE,
    )


def delete_session_close(session_id: str) -> Operation[None]:
    """Close a session: its queued jobs will not run, a running one finishes."""
    return Operation(
        "delete_session_close",
        "DELETE",
        path("/v1/sessions/{session_id}/close", session_id=session_id),
        bodies.nothing,
        Repeat.SAFE,
        accept=DONE,
    )

"""Sessions."""

from __future__ import annotations

from collections.abc import Sequence

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from ..models import CreateSessionRequest, GetJobsResponse, JobStatus, Session, SessionsResponse
from .jobs import CREATED, job_filters


def create_session(payload: CreateSessionRequest) -> Operation[Session]:
    """Open a session; there is nothing to recognise it by, so it is never sent twice."""
    return Operation(
        "CreateSession",
        "POST",
        "/sessions",
        model(Session),
        Repeat.UNSAFE,
        body=payload.encoded(),
        accept=CREATED,
    )


def get_sessions(*, active: bool | None = None) -> Operation[SessionsResponse]:
    """List the sessions, all or only those that are active or are not."""
    return Operation(
        "GetSessions",
        "GET",
        "/sessions",
        model(SessionsResponse),
        Repeat.SAFE,
        query(active=active),
    )


def end_session(session_id: str) -> Operation[Session]:
    """End a session; the contract does not say what becomes of its waiting jobs."""
    return Operation(
        "EndSession",
        "POST",
        path("/sessions/{session_id}/end", session_id=session_id),
        model(Session),
        Repeat.SAFE,
    )


def get_session(session_id: str) -> Operation[Session]:
    """Fetch one session."""
    return Operation(
        "GetSession",
        "GET",
        path("/sessions/{session_id}", session_id=session_id),
        model(Session),
        Repeat.SAFE,
    )


def get_session_jobs(
    session_id: str,
    *,
    ids: Sequence[str] | None = None,
    parent_job_id: str | None = None,
    status: JobStatus | str | None = None,
    target: str | Sequence[str] | None = None,
    submitter_id: str | None = None,
    limit: int | None = None,
    next: str | None = None,  # noqa: A002 - the service's own name
) -> Operation[GetJobsResponse]:
    """List the jobs of a session, one page; the filters are those of `get_jobs`."""
    filters = job_filters(
        ids=ids,
        parent_job_id=parent_job_id,
        status=status,
        target=target,
        submitter_id=submitter_id,
        limit=limit,
        next=next,
    )
    return Operation(
        "GetSessionJobs",
        "GET",
        path("/sessions/{session_id}/jobs", session_id=session_id),
        model(GetJobsResponse),
        Repeat.SAFE,
        query(**filters),
    )

"""Sessions: flows over opening, describing and closing them."""

from __future__ import annotations

from ...errors import NotFound, ProgramError, RequestRefused, ServiceError
from ...jobs.state import JobStatus
from ...transport.operation import Flow
from ..sessions import SessionInfo, SessionLimits
from . import operations, readings
from .asking import Asking
from .describing import HubMachine
from .models import CreateSessionRequest, Session, SessionStatusResponse
from .options import longest_life

_UNSUPPORTED = 422


def opened(machine: HubMachine, limits: SessionLimits, batch: bool) -> Flow[SessionInfo]:
    """Open a session on a machine.

    Raises:
        ProgramError: it has no sessions, or not with such limits.
    """
    backend = machine.backend
    if backend.provider is None:
        raise ProgramError(f"the Kipu Hub does not say who provides {backend.id}")
    wish = CreateSessionRequest(
        backend_id=backend.id,
        mode="batch" if batch else "dedicated",
        provider=str(backend.provider),
        ttl=longest_life(limits),
    )
    try:
        return readings.session((yield operations.create_session(wish)))
    except ServiceError as error:
        if error.status == _UNSUPPORTED:
            raise ProgramError(
                f"{backend.id} has no sessions: submit its jobs without one"
            ) from error
        raise


def described(asking: Asking, session_id: str) -> Flow[SessionInfo]:
    """Describe a session; of a service execution's only its state is known."""
    if asking.execution is None:
        return readings.session((yield operations.get_session(session_id)))
    answer: SessionStatusResponse = yield asking.session_status(session_id)
    return readings.session(Session(id=session_id, status=answer.status))


def closed(asking: Asking, session_id: str, cancel: bool) -> Flow[SessionInfo]:
    """Close a session, its jobs that have not ended being cancelled first if that is wanted."""
    if cancel:
        for job in (yield asking.session_jobs(session_id)):
            if not readings.STATUS.get(job.status, JobStatus.UNKNOWN).final:
                yield from _cancelled(asking, job.id)
    yield asking.close_session(session_id)
    return (yield from described(asking, session_id))


def _cancelled(asking: Asking, job_id: str) -> Flow[None]:
    """Cancel a job that may have ended in between."""
    try:
        yield asking.cancel(job_id)
    except (NotFound, RequestRefused):
        state = readings.state((yield asking.job(job_id)))
        if not state.status.final:
            raise


def let_take_jobs(asking: Asking, session_id: str, accept: bool) -> Flow[SessionInfo]:
    """Let a session take jobs or not.

    Raises:
        ProgramError: the service cannot change the state of this session.
    """
    try:
        return readings.session((yield asking.update_session(session_id, accept)))
    except ServiceError as error:
        if error.status == _UNSUPPORTED:
            raise ProgramError(
                f"session {session_id} cannot be stopped from taking jobs; it can be closed"
            ) from error
        raise

"""Jobs, sessions and workloads of a service execution.

A service execution has neither ``/result`` (only ``/result-stream``) nor a way to create jobs or
sessions or to fetch a whole session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ....transport.operation import Operation, path, query
from ...document import Document
from ..models import (
    CalibrationResponse,
    Job,
    JobStatusResponse,
    PageResponseWorkloadResponse,
    Session,
    SessionStatusResponse,
)
from . import jobs, sessions

T = TypeVar("T")


def get_service_execution_workloads(
    service_execution_id: str,
    *,
    page: int | None = None,
    size: int | None = None,
    sort: Sequence[str] | None = None,
) -> Operation[PageResponseWorkloadResponse]:
    """List jobs and sessions of a service execution; see `search_jobs` for the arguments."""
    return replace(
        _below(service_execution_id, jobs.get_workloads(), "getServiceExecutionWorkloads"),
        query=query(page=page, size=size, sort=jobs.listed(sort)),
    )


def get_service_execution_job(service_execution_id: str, job_id: str) -> Operation[Job]:
    """Fetch one job; see `get_job`."""
    return _below(service_execution_id, jobs.get_job(job_id), "getServiceExecutionJob")


def cancel_service_execution_job(service_execution_id: str, job_id: str) -> Operation[None]:
    """Cancel a job; see `cancel_job`."""
    return _below(service_execution_id, jobs.cancel_job(job_id), "cancelServiceExecutionJob")


def get_service_execution_job_status(
    service_execution_id: str, job_id: str
) -> Operation[JobStatusResponse]:
    """Ask for the state of a job alone; see `get_job_status`."""
    return _below(service_execution_id, jobs.get_job_status(job_id), "getServiceExecutionJobStatus")


def get_service_execution_job_result_stream(
    service_execution_id: str, job_id: str
) -> Operation[Document]:
    """Fetch the result of a job as a file; see `get_job_result_stream`."""
    return _below(
        service_execution_id,
        jobs.get_job_result_stream(job_id),
        "getServiceExecutionJobResultStream",
    )


def get_service_execution_job_input(
    service_execution_id: str, job_id: str
) -> Operation[dict[str, Any]]:
    """Fetch the input that a job was created with; see `get_job_input`."""
    return _below(service_execution_id, jobs.get_job_input(job_id), "getServiceExecutionJobInput")


def get_service_execution_job_calibration(
    service_execution_id: str, job_id: str
) -> Operation[CalibrationResponse | None]:
    """Fetch the calibration that a job ran with; see `get_job_calibration`."""
    return _below(
        service_execution_id,
        jobs.get_job_calibration(job_id),
        "getServiceExecutionJobCalibration",
    )


def close_service_execution_session(service_execution_id: str, session_id: str) -> Operation[None]:
    """Close a session; see `close_session`."""
    return _below(
        service_execution_id, sessions.close_session(session_id), "closeServiceExecutionSession"
    )


def update_service_execution_session_state(
    service_execution_id: str, session_id: str, *, accept_jobs: bool
) -> Operation[Session]:
    """Let a session take jobs or not; see `update_session_state`."""
    return _below(
        service_execution_id,
        sessions.update_session_state(session_id, accept_jobs=accept_jobs),
        "updateServiceExecutionSessionState",
    )


def get_service_execution_session_status(
    service_execution_id: str, session_id: str
) -> Operation[SessionStatusResponse]:
    """Ask for the state of a session alone; see `get_session_status`."""
    return _below(
        service_execution_id,
        sessions.get_session_status(session_id),
        "getServiceExecutionSessionStatus",
    )


def get_service_execution_session_jobs(
    service_execution_id: str, session_id: str
) -> Operation[tuple[Job, ...]]:
    """List the jobs of a session; see `get_session_jobs`."""
    return _below(
        service_execution_id,
        sessions.get_session_jobs(session_id),
        "getServiceExecutionSessionJobs",
    )


def _below(service_execution_id: str, operation: Operation[T], name: str) -> Operation[T]:
    """Move an operation to below a service execution."""
    prefix = path("/service-executions/{execution}", execution=service_execution_id)
    return replace(operation, name=name, path=f"{prefix}{operation.path}")

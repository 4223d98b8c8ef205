"""The operations on one job or session, of one's own or of a service execution.

A cloud is seen either with one's own jobs or as a service execution; each has its own addresses
for the same things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...errors import ProgramError
from ...transport.operation import Operation
from ..document import Document
from . import operations
from .models import (
    CalibrationResponse,
    Job,
    PageResponseJob,
    PageResponseWorkloadResponse,
    Session,
    SessionStatusResponse,
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes operations for one's own jobs, or for those of a service execution.

    Attributes:
        execution: id of the service execution; None for one's own jobs.
    """

    execution: str | None = None

    def refuse(self, what: str) -> None:
        """Refuse what a service execution does not have.

        Raises:
            ProgramError: this is one.
        """
        if self.execution is not None:
            raise ProgramError(
                f"a service execution has no way to {what}: use the cloud without service_execution"
            )

    def job(self, job_id: str) -> Operation[Job]:
        """Fetch a job."""
        if self.execution is None:
            return operations.get_job(job_id)
        return operations.get_service_execution_job(self.execution, job_id)

    def cancel(self, job_id: str) -> Operation[None]:
        """Cancel a job."""
        if self.execution is None:
            return operations.cancel_job(job_id)
        return operations.cancel_service_execution_job(self.execution, job_id)

    def result(self, job_id: str) -> Operation[Document]:
        """Fetch a result; a service execution has it as a file only."""
        if self.execution is None:
            return operations.get_job_result(job_id)
        return self.result_file(job_id)

    def result_file(self, job_id: str) -> Operation[Document]:
        """Fetch a result as a file."""
        if self.execution is None:
            return operations.get_job_result_stream(job_id)
        return operations.get_service_execution_job_result_stream(self.execution, job_id)

    def input(self, job_id: str) -> Operation[dict[str, Any]]:
        """Fetch the input of a job."""
        if self.execution is None:
            return operations.get_job_input(job_id)
        return operations.get_service_execution_job_input(self.execution, job_id)

    def calibration(self, job_id: str) -> Operation[CalibrationResponse | None]:
        """Fetch the calibration that a job ran with."""
        if self.execution is None:
            return operations.get_job_calibration(job_id)
        return operations.get_service_execution_job_calibration(self.execution, job_id)

    def jobs(self, page: int, size: int | None, sort: Any) -> Operation[PageResponseJob]:
        """List jobs, one page."""
        return operations.search_jobs(
            page=page, size=size, sort=sort, service_execution_id=self.execution
        )

    def workloads(
        self, page: int, size: int | None, sort: Any
    ) -> Operation[PageResponseWorkloadResponse]:
        """List jobs and sessions, one page."""
        if self.execution is None:
            return operations.get_workloads(page=page, size=size, sort=sort)
        return operations.get_service_execution_workloads(
            self.execution, page=page, size=size, sort=sort
        )

    def close_session(self, session_id: str) -> Operation[None]:
        """Close a session."""
        if self.execution is None:
            return operations.close_session(session_id)
        return operations.close_service_execution_session(self.execution, session_id)

    def update_session(self, session_id: str, accept_jobs: bool) -> Operation[Session]:
        """Let a session take jobs or not."""
        if self.execution is None:
            return operations.update_session_state(session_id, accept_jobs=accept_jobs)
        return operations.update_service_execution_session_state(
            self.execution, session_id, accept_jobs=accept_jobs
        )

    def session_status(self, session_id: str) -> Operation[SessionStatusResponse]:
        """Ask for the state of a session."""
        if self.execution is None:
            return operations.get_session_status(session_id)
        return operations.get_service_execution_session_status(self.execution, session_id)

    def session_jobs(self, session_id: str) -> Operation[tuple[Job, ...]]:
        """List the jobs of a session."""
        if self.execution is None:
            return operations.get_session_jobs(session_id)
        return operations.get_service_execution_session_jobs(self.execution, session_id)

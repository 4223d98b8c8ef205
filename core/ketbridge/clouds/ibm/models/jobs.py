"""Jobs as the service describes them, in both documented API versions.

``usage`` of a listed job and of the metrics is ``seconds`` (and ``quantum_seconds``) in 2026-02-01,
``circuits_execution_time_ns`` and ``qpu_charge_time_seconds`` in 2026-03-15.
"""

from __future__ import annotations

from typing import Any

from ...wire import Answer, Int, OpenEnum


class JobStatus(OpenEnum):
    """State of a job; whoever waits for the job warns of an unlisted one."""

    QUEUED = "Queued"
    RUNNING = "Running"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"
    RAN_TOO_LONG = "Cancelled - Ran too long"
    FAILED = "Failed"

    @classmethod
    def _announce(cls, word: str) -> None:
        pass


class JobState(Answer):
    """State of a job and why it is in it."""

    status: JobStatus
    reason: str | None = None
    reason_code: Int | str | None = None
    reason_solution: str | None = None


class ProgramName(Answer):
    """Which program a job runs."""

    id: str


class CloudObjectStorageLocation(Answer):
    """Where something is kept outside of the service; unset members are inherited."""

    type: str | None = None
    region: str | None = None
    region_type: str | None = None
    bucket_crn: str | None = None
    object_name: str | None = None


class RemoteStorage(CloudObjectStorageLocation):
    """Where a job's input, results and logs are kept outside of the service."""

    job_params: CloudObjectStorageLocation | None = None
    results: CloudObjectStorageLocation | None = None
    logs: CloudObjectStorageLocation | None = None


class JobUsage(Answer):
    """What a job used, in the members of either API version."""

    seconds: float | None = None
    quantum_seconds: float | None = None
    circuits_execution_time_ns: float | None = None
    qpu_charge_time_seconds: float | None = None

    @property
    def charged_s(self) -> float | None:
        """Seconds that count against the instance's limit; None where nothing is said."""
        charged = self.qpu_charge_time_seconds
        return self.seconds if charged is None else charged

    @property
    def run_s(self) -> float | None:
        """Seconds that circuits ran; None where nothing is said."""
        if self.circuits_execution_time_ns is not None:
            return self.circuits_execution_time_ns * 1e-9
        return self.quantum_seconds


class JobResponse(Answer):
    """A job, by itself or in a list; ``params`` only where asked for and not private."""

    id: str
    status: JobStatus
    state: JobState
    program: ProgramName
    created: str
    cost: Int | None = None
    backend: str | None = None
    params: dict[str, Any] | None = None
    runtime: str | None = None
    tags: tuple[str, ...] | None = None
    remote_storage: RemoteStorage | None = None
    session_id: str | None = None
    user_id: str | None = None
    usage: JobUsage | None = None
    private: bool | None = None
    estimated_running_time_seconds: float | None = None
    calibration_id: str | None = None


class JobsResponse(Answer):
    """One page of jobs, newest first unless sorted otherwise; ``count`` is that of all pages."""

    offset: Int
    limit: Int
    jobs: tuple[JobResponse, ...] | None = None
    count: Int | None = None


class CreateJobResponse(Answer):
    """A job that the service took."""

    id: str
    backend: str | None = None
    session_id: str | None = None
    private: bool | None = None
    calibration_id: str | None = None


class JobTimestamps(Answer):
    """When a job was created, began to run and ended."""

    created: str | None = None
    running: str | None = None
    finished: str | None = None


class BssUsage(Answer):
    """Seconds of a job as the scheduling service counts them."""

    seconds: Int | None = None


class JobMetrics(Answer):
    """Times and use of a job; position and estimates only in 2026-02-01, caller in 2026-03-15."""

    timestamps: JobTimestamps | None = None
    usage: JobUsage | None = None
    bss: BssUsage | None = None
    qiskit_version: str | None = None
    caller: str | None = None
    estimated_start_time: str | None = None
    estimated_completion_time: str | None = None
    position_in_queue: Int | None = None
    position_in_provider: Int | None = None


class TagsResponse(Answer):
    """Tags that a search found."""

    tags: tuple[str, ...] = ()

"""Jobs and workloads as the Hub describes them.

Times are written ``YYYY-MM-DD HH:MM:SS`` without a zone and are UTC. ``runtime`` is in
milliseconds.
"""

from __future__ import annotations

from typing import Any

from ...wire import Answer, Int, OpenEnum
from .common import InputFormat, Provider, SdkProvider


class JobStatus(OpenEnum):
    """State of a job; whoever waits for the job warns of an unlisted one."""

    UNKNOWN_STATE = "UNKNOWN"
    PENDING = "PENDING"
    ABORTED = "ABORTED"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLING = "CANCELLING"
    CANCELLED = "CANCELLED"

    @classmethod
    def _announce(cls, word: str) -> None:
        pass


class Job(Answer):
    """A job; the members appear with its life-cycle."""

    id: str
    name: str | None = None
    backend_id: str | None = None
    provider: Provider | None = None
    provider_job_id: str | None = None
    input_params: dict[str, Any] | None = None
    input_format: InputFormat | None = None
    tags: tuple[str, ...] | None = None
    status: JobStatus | None = None
    created_at: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    runtime: Int | None = None
    shots: Int | None = None
    session_id: str | None = None
    sdk_provider: SdkProvider | None = None


class JobStatusResponse(Answer):
    """State of a job alone."""

    status: JobStatus | None = None


class WorkloadType(OpenEnum):
    """Whether a workload is a job or a session."""

    JOB = "JOB"
    SESSION = "SESSION"


class WorkloadResponse(Answer):
    """A job or a session in a list of both; ``status`` is a word of its own kind."""

    id: str
    type: WorkloadType | None = None
    backend_id: str | None = None
    provider: Provider | None = None
    status: str | None = None
    started_at: str | None = None
    ended_at: str | None = None
    created_at: str | None = None
    sdk_provider: SdkProvider | None = None


class PageResponseJob(Answer):
    """One page of jobs; ``page`` counts from 0."""

    content: tuple[Job, ...] | None = None
    page: Int | None = None
    size: Int | None = None
    total_elements: Int | None = None
    total_pages: Int | None = None


class PageResponseWorkloadResponse(Answer):
    """One page of workloads; ``page`` counts from 0."""

    content: tuple[WorkloadResponse, ...] | None = None
    page: Int | None = None
    size: Int | None = None
    total_elements: Int | None = None
    total_pages: Int | None = None

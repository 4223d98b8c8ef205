"""Jobs and workloads: create, list, fetch, cancel, results, input, calibration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....transport.operation import Operation, Repeat, path, query
from ...document import Document
from ...wire import model
from .. import bodies
from ..models import (
    CalibrationResponse,
    CreateJobRequest,
    Job,
    JobStatusResponse,
    PageResponseJob,
    PageResponseWorkloadResponse,
)

CREATED = frozenset({200, 201})
DONE = frozenset({200, 204})
MAX_RESULT_BYTES = 512 * 2**20


def create_job(payload: CreateJobRequest | bytes) -> Operation[Job]:
    """Create a job.

    By itself this is UNSAFE to repeat; `KipuCloud` makes it RECONCILABLE by a look-up of the
    submission's tag.

    Args:
        payload: a typed request, or the JSON of one.
    """
    return Operation(
        "createJob",
        "POST",
        "/jobs",
        model(Job),
        Repeat.UNSAFE,
        body=payload if isinstance(payload, bytes) else payload.encoded(),
        accept=CREATED,
    )


def search_jobs(
    *,
    page: int | None = None,
    size: int | None = None,
    sort: Sequence[str] | None = None,
    service_execution_id: str | None = None,
) -> Operation[PageResponseJob]:
    """List jobs, one page.

    Args:
        page: number of the page, from 0; the service's default is 0.
        size: jobs of a page; the service's default is 20, it states no maximum.
        sort: ``property,asc`` or ``property,desc``, each sent as a parameter of its own; which
            properties there are is not documented.
        service_execution_id: only jobs of this service execution.

    Raises:
        TypeError: ``sort`` is one string.
    """
    return Operation(
        "searchJobs",
        "GET",
        "/jobs",
        model(PageResponseJob),
        Repeat.SAFE,
        query(page=page, size=size, sort=listed(sort), serviceExecutionId=service_execution_id),
    )


def listed(sort: Sequence[str] | None) -> tuple[str, ...] | None:
    """Check that sort orders are a list.

    Raises:
        TypeError: they are one string.
    """
    if isinstance(sort, str):
        raise TypeError("sort is a list of 'property,asc' or 'property,desc', not one string")
    return None if sort is None else tuple(sort)


def get_workloads(
    *, page: int | None = None, size: int | None = None, sort: Sequence[str] | None = None
) -> Operation[PageResponseWorkloadResponse]:
    """List jobs and sessions together, one page; see `search_jobs` for the arguments."""
    return Operation(
        "getWorkloads",
        "GET",
        "/workloads",
        model(PageResponseWorkloadResponse),
        Repeat.SAFE,
        query(page=page, size=size, sort=listed(sort)),
    )


def get_job(job_id: str) -> Operation[Job]:
    """Fetch one job, without its input and result."""
    return Operation(
        "getJob", "GET", path("/jobs/{job_id}", job_id=job_id), model(Job), Repeat.SAFE
    )


def cancel_job(job_id: str) -> Operation[None]:
    """Cancel a job; the service keeps it."""
    return Operation(
        "cancelJob",
        "DELETE",
        path("/jobs/{job_id}", job_id=job_id),
        bodies.nothing,
        Repeat.SAFE,
        accept=DONE,
    )


def get_job_status(job_id: str) -> Operation[JobStatusResponse]:
    """Ask for the state of a job alone."""
    return Operation(
        "getJobStatus",
        "GET",
        path("/jobs/{job_id}/status", job_id=job_id),
        model(JobStatusResponse),
        Repeat.SAFE,
    )


def get_job_result(job_id: str) -> Operation[Document]:
    """Fetch the result of a job; NotFound before it has ended, and where it ended without one."""
    return Operation(
        "getJobResult",
        "GET",
        path("/jobs/{job_id}/result", job_id=job_id),
        bodies.document,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_job_result_stream(job_id: str) -> Operation[Document]:
    """Fetch the result of a job as a file; ``client.download`` writes it to disk as it comes."""
    return Operation(
        "getJobResultStream",
        "GET",
        path("/jobs/{job_id}/result-stream", job_id=job_id),
        bodies.document,
        Repeat.SAFE,
        headers=(("Accept", "*/*"),),
        max_bytes=MAX_RESULT_BYTES,
    )


def get_job_input(job_id: str) -> Operation[dict[str, Any]]:
    """Fetch the input that a job was created with."""
    return Operation(
        "getJobInput",
        "GET",
        path("/jobs/{job_id}/input", job_id=job_id),
        bodies.free,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_job_calibration(job_id: str) -> Operation[CalibrationResponse | None]:
    """Fetch the calibration that a job ran with; None where there is none."""
    return Operation(
        "getJobCalibration",
        "GET",
        path("/jobs/{job_id}/calibration", job_id=job_id),
        bodies.calibration,
        Repeat.SAFE,
        accept=DONE,
        max_bytes=MAX_RESULT_BYTES,
    )

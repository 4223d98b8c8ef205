"""Jobs: create, list, fetch, cancel, delete, price."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from ..models import (
    GetJobCostResponse,
    GetJobEstimateResponse,
    GetJobResponse,
    GetJobsResponse,
    JobCanceledResponse,
    JobCreationPayload,
    JobCreationResponse,
    JobDeletedResponse,
    JobsBulkOperationRequest,
    JobsCanceledResponse,
    JobsDeletedResponse,
    JobStatus,
)

CREATED = frozenset({200, 201})


def create_job(payload: JobCreationPayload | bytes) -> Operation[JobCreationResponse]:
    """Create a job.

    By itself this is UNSAFE to repeat; `IonqCloud` makes it RECONCILABLE by a look-up of the
    submission id in the job's metadata.

    Args:
        payload: a typed payload, or the JSON of one.
    """
    return Operation(
        "CreateJob",
        "POST",
        "/jobs",
        model(JobCreationResponse),
        Repeat.UNSAFE,
        body=payload if isinstance(payload, bytes) else payload.encoded(),
        accept=CREATED,
    )


def get_jobs(
    *,
    ids: Sequence[str] | None = None,
    parent_job_id: str | None = None,
    status: JobStatus | str | None = None,
    target: str | Sequence[str] | None = None,
    session_id: str | None = None,
    submitter_id: str | None = None,
    limit: int | None = None,
    next: str | None = None,  # noqa: A002 - the service's own name
) -> Operation[GetJobsResponse]:
    """List jobs, one page; every filter is optional.

    Args:
        ids: only these jobs.
        parent_job_id: only the circuits of this multi-circuit job.
        status: only jobs in this state.
        target: only jobs of this backend, or of these.
        session_id: only jobs of this session.
        submitter_id: only jobs of this submitter.
        limit: entries of a page; the contract states neither bounds nor a default.
        next: cursor of the page, from the page before.
    """
    filters = job_filters(
        ids=ids,
        parent_job_id=parent_job_id,
        status=status,
        target=target,
        session_id=session_id,
        submitter_id=submitter_id,
        limit=limit,
        next=next,
    )
    return Operation(
        "GetJobs",
        "GET",
        "/jobs",
        model(GetJobsResponse),
        Repeat.SAFE,
        query(**filters),
    )


def job_filters(
    *,
    ids: Sequence[str] | None,
    target: str | Sequence[str] | None,
    **others: str | int | None,
) -> dict[str, Any]:
    """Write the filters of a list of jobs as the service reads them.

    Args:
        ids: only these jobs; sent as one parameter each.
        target: only jobs of these backends; sent with commas between them.
        others: filters that are sent as they are.
    """
    backends = target if target is None or isinstance(target, str) else ",".join(target)
    return {"ids": None if ids is None else _listed(ids), "target": backends, **others}


def get_job(job_id: str) -> Operation[GetJobResponse]:
    """Fetch one job."""
    return Operation(
        "GetJob",
        "GET",
        path("/jobs/{job_id}", job_id=job_id),
        model(GetJobResponse),
        Repeat.SAFE,
    )


def delete_job(job_id: str) -> Operation[JobDeletedResponse]:
    """Delete a job and its results."""
    return Operation(
        "DeleteJob",
        "DELETE",
        path("/jobs/{job_id}", job_id=job_id),
        model(JobDeletedResponse),
        Repeat.SAFE,
    )


def delete_jobs(ids: Iterable[str]) -> Operation[JobsDeletedResponse]:
    """Delete jobs and their results.

    Raises:
        ValueError: there is no id.
    """
    return Operation(
        "DeleteJobs",
        "DELETE",
        "/jobs",
        model(JobsDeletedResponse),
        Repeat.SAFE,
        body=_bulk(ids),
    )


def cancel_job(job_id: str) -> Operation[JobCanceledResponse]:
    """Cancel a job."""
    return Operation(
        "CancelJob",
        "PUT",
        path("/jobs/{job_id}/status/cancel", job_id=job_id),
        model(JobCanceledResponse),
        Repeat.SAFE,
    )


def cancel_jobs(ids: Iterable[str]) -> Operation[JobsCanceledResponse]:
    """Cancel jobs.

    Raises:
        ValueError: there is no id.
    """
    return Operation(
        "CancelJobs",
        "PUT",
        "/jobs/status/cancel",
        model(JobsCanceledResponse),
        Repeat.SAFE,
        body=_bulk(ids),
    )


def _listed(ids: Iterable[str]) -> tuple[str, ...]:
    if isinstance(ids, str):
        raise TypeError("ids is a list of job ids, not one string")
    listed = tuple(ids)
    if not listed:
        raise ValueError("no job id is given")
    return listed


def _bulk(ids: Iterable[str]) -> bytes:
    return JobsBulkOperationRequest(ids=_listed(ids)).encoded()


def get_job_cost(job_id: str) -> Operation[GetJobCostResponse]:
    """Ask what a job costs."""
    return Operation(
        "GetJobCost",
        "GET",
        path("/jobs/{job_id}/cost", job_id=job_id),
        model(GetJobCostResponse),
        Repeat.SAFE,
    )


def estimate_job_cost(
    backend: str,
    *,
    type: str | None = None,  # noqa: A002 - the service's own name
    qubits: int | None = None,
    shots: int | None = None,
    one_qubit_gates: int | None = None,
    two_qubit_gates: int | None = None,
    error_mitigation: bool | None = None,
) -> Operation[GetJobEstimateResponse]:
    """Ask what a job would cost.

    Args:
        backend: the machine.
        type: type of the job; the service's default is ``ionq.circuit.v1``.
        qubits: qubits of the circuit; the service's default is 25.
        shots: number of shots; the service's default is 1000.
        one_qubit_gates: number of one-qubit gates, sent as ``1q_gates``; the default is 0.
        two_qubit_gates: number of two-qubit gates, sent as ``2q_gates``; the default is 0.
        error_mitigation: whether error mitigation is used; the default is false.
    """
    gates = {"1q_gates": one_qubit_gates, "2q_gates": two_qubit_gates}
    return Operation(
        "EstimateJobCost",
        "GET",
        "/jobs/estimate",
        model(GetJobEstimateResponse),
        Repeat.SAFE,
        query(
            backend=backend,
            type=type,
            qubits=qubits,
            shots=shots,
            **gates,
            error_mitigation=error_mitigation,
        ),
    )

"""The 25 operations of the IonQ Cloud Platform API v0.4, and how to fetch a result by its address.

Each function makes an `Operation`; ``cloud.send(get_job(job_id))`` carries it out. Every function
that takes an id raises AddressError for one that could not be an id; nothing else is checked
against the service's state.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Literal

from ...errors import nearest
from ...transport.operation import Operation, Repeat, path, query
from . import bodies
from .models import (
    Backend,
    Characterization,
    Characterizations,
    CreateSessionRequest,
    GetJobCostResponse,
    GetJobEstimateResponse,
    GetJobResponse,
    GetJobsResponse,
    GroupBy,
    JobCanceledResponse,
    JobCreationPayload,
    JobCreationResponse,
    JobDeletedResponse,
    JobsBulkOperationRequest,
    JobsCanceledResponse,
    JobsDeletedResponse,
    JobStatus,
    Modality,
    Session,
    SessionsResponse,
    Usages,
    Whoami,
)

MAX_RESULT_BYTES = 512 * 2**20
"""Cap of one result: 10^6 shots of 64 qubits written as decimals are 21 MB."""

_CREATED = frozenset({200, 201})
_LANGUAGES = ("native", "qasm3")

# Who and what ------------------------------------------------------------------------------------


def get_whoami() -> Operation[Whoami]:
    """Ask which API key the requests carry."""
    return Operation("getWhoami", "GET", "/whoami", bodies.model(Whoami), Repeat.SAFE)


def get_usages(
    organization_id: str,
    *,
    start_date: date | str,
    end_date: date | str,
    group_by: GroupBy | str,
    modality: Modality | str,
) -> Operation[Usages]:
    """Ask for a usage report.

    Args:
        organization_id: the organization.
        start_date: first day, as a date or ``YYYY-MM-DD``.
        end_date: the day after the last one.
        group_by: ``job``, ``project`` or ``user``.
        modality: ``daily``, ``weekly`` or ``monthly``.
    """
    return Operation(
        "get-usages",
        "GET",
        path("/organizations/{organization_id}/usage", organization_id=organization_id),
        bodies.model(Usages),
        Repeat.SAFE,
        query(
            start_date=str(start_date),
            end_date=str(end_date),
            group_by=str(group_by),
            modality=str(modality),
        ),
    )


# Machines ----------------------------------------------------------------------------------------


def get_backends() -> Operation[tuple[Backend, ...]]:
    """List the machines; the service asks for no credential."""
    return Operation(
        "getBackends", "GET", "/backends", bodies.backends, Repeat.SAFE, authenticate=False
    )


def get_backend(backend: str) -> Operation[Backend]:
    """Describe one machine; the service asks for no credential."""
    return Operation(
        "getBackend",
        "GET",
        path("/backends/{backend}", backend=backend),
        bodies.model(Backend),
        Repeat.SAFE,
        authenticate=False,
    )


def get_characterizations_for_backend(
    backend: str,
    *,
    start: date | str | None = None,
    end: date | str | None = None,
    limit: int | None = None,
    page: int | None = None,
) -> Operation[Characterizations]:
    """List the measured qualities of a machine, one page; no credential is asked for.

    Args:
        backend: the machine.
        start: earliest date.
        end: latest date.
        limit: entries of a page, 1 to 10; the service's default is 10.
        page: number of the page, from 1.
    """
    return Operation(
        "getCharacterizationsForBackend",
        "GET",
        path("/backends/{backend}/characterizations", backend=backend),
        bodies.model(Characterizations),
        Repeat.SAFE,
        query(start=_day(start), end=_day(end), limit=limit, page=page),
        authenticate=False,
    )


def get_characterization(backend: str, characterization_id: str) -> Operation[Characterization]:
    """Fetch one measured quality of a machine."""
    return Operation(
        "getCharacterization",
        "GET",
        path(
            "/backends/{backend}/characterizations/{characterization_id}",
            backend=backend,
            characterization_id=characterization_id,
        ),
        bodies.model(Characterization),
        Repeat.SAFE,
    )


def _day(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


# Jobs --------------------------------------------------------------------------------------------


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
        bodies.model(JobCreationResponse),
        Repeat.UNSAFE,
        body=payload if isinstance(payload, bytes) else payload.encoded(),
        accept=_CREATED,
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
    filters = _job_filters(ids, parent_job_id, status, target, session_id, submitter_id)
    return Operation(
        "GetJobs",
        "GET",
        "/jobs",
        bodies.model(GetJobsResponse),
        Repeat.SAFE,
        query(**filters, limit=limit, next=next),
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
    filters = _job_filters(ids, parent_job_id, status, target, None, submitter_id)
    return Operation(
        "GetSessionJobs",
        "GET",
        path("/sessions/{session_id}/jobs", session_id=session_id),
        bodies.model(GetJobsResponse),
        Repeat.SAFE,
        query(**filters, limit=limit, next=next),
    )


def _job_filters(
    ids: Sequence[str] | None,
    parent_job_id: str | None,
    status: JobStatus | str | None,
    target: str | Sequence[str] | None,
    session_id: str | None,
    submitter_id: str | None,
) -> dict[str, Any]:
    return {
        "ids": None if ids is None else _listed(ids),
        "parent_job_id": parent_job_id,
        "status": status,
        "target": target if target is None or isinstance(target, str) else ",".join(target),
        "session_id": session_id,
        "submitter_id": submitter_id,
    }


def get_job(job_id: str) -> Operation[GetJobResponse]:
    """Fetch one job."""
    return Operation(
        "GetJob",
        "GET",
        path("/jobs/{job_id}", job_id=job_id),
        bodies.model(GetJobResponse),
        Repeat.SAFE,
    )


def delete_job(job_id: str) -> Operation[JobDeletedResponse]:
    """Delete a job and its results."""
    return Operation(
        "DeleteJob",
        "DELETE",
        path("/jobs/{job_id}", job_id=job_id),
        bodies.model(JobDeletedResponse),
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
        bodies.model(JobsDeletedResponse),
        Repeat.SAFE,
        body=_bulk(ids),
    )


def cancel_job(job_id: str) -> Operation[JobCanceledResponse]:
    """Cancel a job."""
    return Operation(
        "CancelJob",
        "PUT",
        path("/jobs/{job_id}/status/cancel", job_id=job_id),
        bodies.model(JobCanceledResponse),
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
        bodies.model(JobsCanceledResponse),
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
        bodies.model(GetJobCostResponse),
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
        bodies.model(GetJobEstimateResponse),
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


def get_compiled_file(job_id: str, lang: Literal["native", "qasm3"] | str) -> Operation[str]:
    """Fetch the circuit of a job as it was compiled.

    Raises:
        ValueError: the language is not one that the contract names.
    """
    if lang not in _LANGUAGES:
        raise ValueError(f"{lang!r} is neither 'native' nor 'qasm3'.{nearest(lang, _LANGUAGES)}")
    return Operation(
        "GetCompiledFile",
        "GET",
        path("/jobs/{job_id}/circuits/{lang}", job_id=job_id, lang=lang),
        bodies.text,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


# Results -----------------------------------------------------------------------------------------


def get_job_probabilities(
    job_id: str, *, sharpen: bool | None = None
) -> Operation[dict[str, float]]:
    """Fetch probabilities by decimal state; 404 also while the job is not completed.

    Args:
        job_id: the job.
        sharpen: whether the variants of a debiased job are joined by majority instead of mean.
    """
    return Operation(
        "GetJobProbabilities",
        "GET",
        path("/jobs/{job_id}/results/probabilities", job_id=job_id),
        bodies.numbers,
        Repeat.SAFE,
        query(sharpen=sharpen),
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_probabilities(job_id: str, variant_id: str) -> Operation[dict[str, float]]:
    """Fetch the probabilities of one debiasing variant, by decimal state."""
    return Operation(
        "GetVariantProbabilities",
        "GET",
        _variant(job_id, variant_id, "probabilities"),
        bodies.numbers,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_histogram(job_id: str, variant_id: str) -> Operation[dict[str, float]]:
    """Fetch the counts of one debiasing variant, by decimal state."""
    return Operation(
        "GetVariantHistogram",
        "GET",
        _variant(job_id, variant_id, "histogram"),
        bodies.numbers,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_variant_shots(job_id: str, variant_id: str) -> Operation[bodies.Shots]:
    """Fetch the single shots of one debiasing variant."""
    return Operation(
        "GetVariantShots",
        "GET",
        _variant(job_id, variant_id, "shots"),
        bodies.shots,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
    )


def _variant(job_id: str, variant_id: str, kind: str) -> str:
    ids = {"job_id": job_id, "variant_id": variant_id, "kind": kind}
    return path("/jobs/{job_id}/variants/{variant_id}/results/{kind}", **ids)


def get_result_map(
    url: str, *, sharpen: bool | None = None
) -> Operation[dict[str, float | dict[str, float]]]:
    """Fetch probabilities or counts from the address that a job names.

    Args:
        url: path below the host, from the job's ``results``.
        sharpen: as in `get_job_probabilities`; None leaves it out.

    Returns:
        For a single circuit ``{state: number}``, for several ``{child job: {state: number}}``.
    """
    return Operation(
        "result",
        "GET",
        url,
        bodies.maps,
        Repeat.SAFE,
        query(sharpen=sharpen),
        max_bytes=MAX_RESULT_BYTES,
        host_relative=True,
    )


def get_result_shots(url: str) -> Operation[bodies.Shots]:
    """Fetch single shots from the address that a job names."""
    return Operation(
        "shots",
        "GET",
        url,
        bodies.shots,
        Repeat.SAFE,
        max_bytes=MAX_RESULT_BYTES,
        host_relative=True,
    )


# Sessions ----------------------------------------------------------------------------------------


def create_session(payload: CreateSessionRequest) -> Operation[Session]:
    """Open a session; there is nothing to recognise it by, so it is never sent twice."""
    return Operation(
        "CreateSession",
        "POST",
        "/sessions",
        bodies.model(Session),
        Repeat.UNSAFE,
        body=payload.encoded(),
        accept=_CREATED,
    )


def get_sessions(*, active: bool | None = None) -> Operation[SessionsResponse]:
    """List the sessions, all or only those that are active or are not."""
    return Operation(
        "GetSessions",
        "GET",
        "/sessions",
        bodies.model(SessionsResponse),
        Repeat.SAFE,
        query(active=active),
    )


def end_session(session_id: str) -> Operation[Session]:
    """End a session; the contract does not say what becomes of its waiting jobs."""
    return Operation(
        "EndSession",
        "POST",
        path("/sessions/{session_id}/end", session_id=session_id),
        bodies.model(Session),
        Repeat.SAFE,
    )


def get_session(session_id: str) -> Operation[Session]:
    """Fetch one session."""
    return Operation(
        "GetSession",
        "GET",
        path("/sessions/{session_id}", session_id=session_id),
        bodies.model(Session),
        Repeat.SAFE,
    )

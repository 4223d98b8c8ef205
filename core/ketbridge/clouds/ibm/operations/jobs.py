"""Operations on jobs, their results and their tags."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ....transport.operation import Operation, RateLimit, Repeat, json_body, path, query
from ...wire import model
from .. import bodies
from ..models import (
    CreateJobRequest,
    CreateJobResponse,
    JobMetrics,
    JobResponse,
    JobsResponse,
    ResultBody,
    TagsResponse,
)
from .times import moment

MAX_RESULT_BYTES = 512 * 2**20
"""Cap of one result, compressed arrays in base64 included."""

SUBMIT_RATE = RateLimit("jobs of IBM Qiskit Runtime", 5, 60.0)
"""At most 5 jobs in a minute for each user."""

DONE = frozenset({200, 204})


def list_jobs(
    *,
    limit: int | None = None,
    offset: int | None = None,
    pending: bool | None = None,
    program: str | None = None,
    backend: str | None = None,
    created_after: datetime | str | None = None,
    created_before: datetime | str | None = None,
    sort: str | None = None,
    tags: Sequence[str] | None = None,
    session_id: str | None = None,
    exclude_params: bool | None = None,
) -> Operation[JobsResponse]:
    """List jobs, one page; every filter is optional.

    Args:
        limit: entries of a page, 1 to 200; the service takes its default, 200, for any other.
        offset: how many jobs to skip.
        pending: True for jobs that are queued or running, False for those that have ended.
        program: only jobs of this program.
        backend: only jobs of this machine.
        created_after: only jobs created after this time, with a zone.
        created_before: only jobs created before it.
        sort: ``DESC``, the default, for newest first, or ``ASC``.
        tags: only jobs with all of these tags.
        session_id: only jobs of this session.
        exclude_params: whether to leave out the jobs' input; the service's default is true.
    """
    filters = query(
        limit=limit,
        offset=offset,
        pending=pending,
        program=program,
        backend=backend,
        created_after=moment(created_after),
        created_before=moment(created_before),
        sort=sort,
        tags=None if tags is None else listed(tags),
        session_id=session_id,
        exclude_params=exclude_params,
    )
    return Operation("list_jobs", "GET", "/v1/jobs", model(JobsResponse), Repeat.SAFE, filters)


def create_job(
    payload: CreateJobRequest | bytes, *, parent_job_id: str | None = None
) -> Operation[CreateJobResponse]:
    """Create a job; the client keeps the documented rate of 5 in a minute.

    By itself this is UNSAFE to repeat; `IbmCloud` makes it RECONCILABLE by a tag. A 409 says that
    the instance has used up its limit.

    Args:
        payload: a typed payload, or the JSON of one.
        parent_job_id: the job that this one belongs to.
    """
    return Operation(
        "create_job",
        "POST",
        "/v1/jobs",
        model(CreateJobResponse),
        Repeat.UNSAFE,
        headers=_parent(parent_job_id),
        body=payload if isinstance(payload, bytes) else payload.encoded(),
        accept=frozenset({200, 201}),
        rate_limit=SUBMIT_RATE,
    )


def get_job(job_id: str, *, exclude_params: bool | None = None) -> Operation[JobResponse]:
    """Fetch one job; with its input it may be as large as a result.

    Args:
        job_id: the job.
        exclude_params: whether to leave out the job's input; the service's default is false.
    """
    return Operation(
        "get_job",
        "GET",
        path("/v1/jobs/{job_id}", job_id=job_id),
        model(JobResponse),
        Repeat.SAFE,
        query(exclude_params=exclude_params),
        max_bytes=None if exclude_params else MAX_RESULT_BYTES,
    )


def delete_job(job_id: str) -> Operation[None]:
    """Delete a job that has ended, and its results."""
    return Operation(
        "delete_job",
        "DELETE",
        path("/v1/jobs/{job_id}", job_id=job_id),
        bodies.nothing,
        Repeat.SAFE,
        accept=DONE,
    )


def get_job_results_jid(job_id: str) -> Operation[ResultBody | None]:
    """Fetch the result of a job; None while it has none. That of a private job is gone after it."""
    return Operation(
        "get_job_results_jid",
        "GET",
        path("/v1/jobs/{job_id}/results", job_id=job_id),
        bodies.result,
        Repeat.SAFE,
        headers=(("Accept", "application/json, text/plain"),),
        accept=DONE,
        max_bytes=MAX_RESULT_BYTES,
    )


def get_jog_logs_jid(job_id: str) -> Operation[str]:
    """Fetch the log of a job; the name is the contract's own spelling."""
    return Operation(
        "get_jog_logs_jid",
        "GET",
        path("/v1/jobs/{job_id}/logs", job_id=job_id),
        bodies.text,
        Repeat.SAFE,
        headers=(("Accept", "text/plain, application/json"),),
    )


get_job_logs_jid = get_jog_logs_jid


def cancel_job_jid(job_id: str, *, parent_job_id: str | None = None) -> Operation[None]:
    """Cancel a job; 409 where it cannot be cancelled any more, also because it was before."""
    return Operation(
        "cancel_job_jid",
        "POST",
        path("/v1/jobs/{job_id}/cancel", job_id=job_id),
        bodies.nothing,
        Repeat.SAFE,
        headers=_parent(parent_job_id),
        accept=DONE,
    )


def get_job_metrics_jid(job_id: str) -> Operation[JobMetrics]:
    """Fetch times and use of a job, and in 2026-02-01 its place in the queue."""
    return Operation(
        "get_job_metrics_jid",
        "GET",
        path("/v1/jobs/{job_id}/metrics", job_id=job_id),
        model(JobMetrics),
        Repeat.SAFE,
    )


def replace_job_tags(job_id: str, tags: Sequence[str]) -> Operation[None]:
    """Replace all tags of a job, the one by which a submission is recognised included."""
    return Operation(
        "replace_job_tags",
        "PUT",
        path("/v1/jobs/{job_id}/tags", job_id=job_id),
        bodies.nothing,
        Repeat.SAFE,
        body=json_body({"tags": listed(tags)}),
        accept=DONE,
    )


def list_tags(search: str, *, type: str = "job") -> Operation[TagsResponse]:  # noqa: A002
    """Find tags that contain a text of 3 to 100 characters."""
    return Operation(
        "list_tags",
        "GET",
        "/v1/tags",
        model(TagsResponse),
        Repeat.SAFE,
        query(type=type, search=search),
    )


def listed(words: Sequence[str]) -> list[str]:
    """Return a list of words, refusing one string in its place."""
    if isinstance(words, str):
        raise TypeError("this is a list of strings, not one string")
    return list(words)


def _parent(job_id: str | None) -> tuple[tuple[str, str], ...]:
    return () if job_id is None else (("Parent-Job-Id", path("{job_id}", job_id=job_id)),)

"""The body that creates a job, without its circuits: those are in the bucket."""

from __future__ import annotations

from ...jobs.submission import Request
from ..ibm_shared.primitives import program_of
from .models import RunJobBody, Storage


def run_job_body(job_id: str, request: Request, timeout_s: int, storage: Storage) -> RunJobBody:
    """Return the body of ``POST /v1/jobs``.

    Args:
        job_id: the id that the job is to have.
        request: what is asked.
        timeout_s: longest time on the machine, in seconds.
        storage: the presigned URLs.
    """
    return RunJobBody(
        id=job_id,
        program_id=program_of(request),
        backend=request.backend,
        timeout_secs=timeout_s,
        storage=storage,
        log_level=request.options.get("log_level"),
    )

"""Fetching results: the bytes first, and those that can be read once into the ledger."""

from __future__ import annotations

import warnings

from ...errors import LedgerError, NotFound, ProgramError
from ...jobs.ledger import Ledger
from ...jobs.submission import Request
from ...results import Measurements
from ...transport.operation import Flow
from ..document import unreadable
from ..ibm_shared import sampled
from ..ibm_shared.primitives import SAMPLER
from . import operations
from .models import JobResponse, ResultBody

CLOUD = "ibm"


def body(job: JobResponse, ledger: Ledger) -> Flow[ResultBody]:
    """Fetch a result as the service gives it; that of a private job is kept before it is used.

    Raises:
        NotFound: the job has no result yet.
    """
    if job.private:
        kept = ledger.result(CLOUD, job.id)
        if kept is not None:
            return ResultBody(kept)
    found: ResultBody | None = yield operations.get_job_results_jid(job.id)
    if found is None:
        raise NotFound(
            f"job {job.id} has no result yet", operation="get_job_results_jid", status=204
        )
    if job.private:
        _keep(job.id, found, ledger)
    return found


def _keep(job_id: str, found: ResultBody, ledger: Ledger) -> None:
    try:
        ledger.store_result(CLOUD, job_id, found.content)
    except LedgerError as error:
        warnings.warn(
            f"the result of the private job {job_id} cannot be read again, and could not be kept: "
            f"{error}",
            stacklevel=2,
        )


def measurements(job: JobResponse, request: Request, found: ResultBody) -> list[Measurements]:
    """Read what was measured, one entry a program, in classical bits.

    Raises:
        ProgramError: the job was no sampler's, so that there are no measurements.
        ProtocolError: the result is not one of these circuits.
    """
    if job.program.id != SAMPLER:
        raise ProgramError(
            f"job {job.id} ran {job.program.id!r}, whose result is no counts: "
            "read it with the plugin's primitives, or take it as it is from result_body_flow"
        )
    readouts = [program.readout for program in request.programs] or None
    try:
        return sampled.measurements(found.content, readouts)
    except ValueError as error:
        broken = unreadable(job.id, "get_job_results_jid", found.content, error, found.request_id)
    raise broken

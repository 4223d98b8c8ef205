"""Debiasing variants: the runs on different qubits that a debiased result is joined from."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from ...errors import ProtocolError
from ...jobs.submission import Request
from ...results import Measurements
from ...transport.operation import Flow
from ..offers import Variant
from . import operations
from .fetching import states
from .models import GetJobResponse, VariantResult


def listed(job: GetJobResponse) -> tuple[VariantResult, ...]:
    """Return the variants of a job, none for a job without debiasing.

    They are in ``output.error_mitigation.debiasing.variants``, which the contract shows in an
    example only.

    Raises:
        ProtocolError: they are there in another shape.
    """
    place: Any = job.output
    for name in ("error_mitigation", "debiasing", "variants"):
        place = place.get(name) if isinstance(place, dict) else None
    try:
        return tuple(VariantResult.model_validate_json(json.dumps(one)) for one in place or ())
    except (ValidationError, TypeError) as error:
        raise ProtocolError(f"the variants of job {job.id} cannot be read: {error}") from error


def of_circuits(job_id: str, request: Request) -> Flow[tuple[Variant, ...]]:
    """Fetch what each variant of each circuit of a job measured, in its classical bits.

    The readout is applied as it is to the joined result: the contract does not say whether
    ``qubit_map`` has been undone in the counts of a variant; the sandbox has.

    Args:
        job_id: the job.
        request: what was asked, for the readouts.
    """
    job: GetJobResponse = yield operations.get_job(job_id)
    found = []
    for circuit, part_id in enumerate(job.child_job_ids or (job.id,)):
        part = job if part_id == job.id else (yield operations.get_job(part_id))
        program = request.programs[circuit]
        for variant in listed(part):
            counts = yield from measured(part.id, variant, program.num_qubits)
            read = counts.read(program.readout)
            found.append(Variant(variant.variant_id, circuit, read, variant.qubit_map))
    return tuple(found)


def measured(job_id: str, variant: VariantResult, num_bits: int) -> Flow[Measurements]:
    """Fetch the counts of one variant, in states as the service gives them.

    The contract does not say whether ``qubit_map`` has been undone in them.

    Args:
        job_id: the job.
        variant: from `listed`.
        num_bits: number of qubits of the circuit.
    """
    table = states(job_id, (yield operations.get_variant_histogram(job_id, variant.variant_id)))
    if not all(float(value).is_integer() for value in table.values()):
        raise ProtocolError(f"variant {variant.variant_id} has counts that are not whole")
    try:
        return Measurements.from_counts({k: int(v) for k, v in table.items()}, num_bits)
    except ValueError as error:
        raise ProtocolError(f"variant {variant.variant_id} cannot be read: {error}") from error

"""The body that creates a job: the settings as JSON, the PUBs spliced in as they are."""

from __future__ import annotations

from typing import Any

from ...jobs.submission import Request, Submission
from ...transport.operation import json_body
from ..ibm_shared import encoding
from . import options, tags

_SEEDS = 2**31
"""Seeds of the service are below this."""


def encode(submission: Submission) -> bytes:
    """Return the JSON body of ``POST /v1/jobs``."""
    request = submission.request
    given = request.options
    head = {
        "program_id": options.program_of(request),
        "backend": request.backend,
        "tags": [*request.tags, tags.of(submission)],
        "session_id": request.session,
        "cost": given.get("max_execution_time"),
        "log_level": given.get("log_level"),
        "calibration_id": given.get("calibration_id"),
        "runtime": given.get("runtime"),
        "private": True if given.get("private") else None,
    }
    known = {name: value for name, value in head.items() if value is not None}
    return b'%b,"params":%b}' % (json_body(known)[:-1], params(request))


def params(request: Request) -> bytes:
    """Return the JSON of the program's input."""
    program = options.program_of(request)
    if program not in (options.SAMPLER, options.ESTIMATOR):
        return str(request.options["params"]).encode()
    return encoding.params(
        request.programs,
        request.shots,
        _seeded(request, program),
        resilience_level=request.options.get("resilience_level"),
    )


def _seeded(request: Request, program: str) -> dict[str, Any]:
    """Return the primitive's options, the request's seed put where they have none."""
    chosen = options.checked(program, request.options.get("primitive_options") or {})
    if request.seed is not None:
        seed = request.seed % _SEEDS
        chosen["simulator"] = {"seed_simulator": seed} | chosen.get("simulator", {})
        if program == options.ESTIMATOR:
            chosen.setdefault("seed_estimator", seed)
    return chosen

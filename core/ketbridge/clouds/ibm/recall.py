"""What was asked, from the input that the service keeps with a job."""

from __future__ import annotations

import json
from typing import Any

from ...jobs.submission import Request
from ..ibm_shared.circuits import programs
from ..ibm_shared.primitives import ESTIMATOR, SAMPLER
from . import tags
from .models import JobResponse


def request(job: JobResponse) -> Request:
    """Recover what was asked.

    The circuits come back as they were sent. Where their bits and qubits are is written in them,
    and is not read here: the readouts are empty, and results keep the registers that the service
    names. A private job has no circuits.
    """
    program = job.program.id
    given: dict[str, Any] = {} if program == SAMPLER else {"program": program}
    params = job.params or {}
    primitive = program in (SAMPLER, ESTIMATOR)
    pubs = params.get("pubs") if primitive else None
    if params.get("options") and primitive:
        given["primitive_options"] = params["options"]
    if params.get("resilience_level") is not None and primitive:
        given["resilience_level"] = params["resilience_level"]
    if params and not primitive:
        given["params"] = json.dumps(params)
    if job.private:
        given["private"] = True
    return Request(
        job.backend or "",
        programs(params) if primitive else (),
        _shots(pubs, params) if program == SAMPLER else 0,
        tags=tags.users(job.tags),
        session=job.session_id,
        options=given,
    )


def _shots(pubs: Any, params: dict[str, Any]) -> int:
    """Return the shots of the first PUB that names them, else those of the job."""
    named = [pub[2] for pub in pubs or () if isinstance(pub, list) and len(pub) > 2]
    settings = params.get("options")
    default = settings.get("default_shots") if isinstance(settings, dict) else None
    candidates = (*named, params.get("shots"), default)
    return next((value for value in candidates if isinstance(value, int)), 0)

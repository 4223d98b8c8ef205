"""The body that creates a job: the settings as JSON, the PUBs spliced in as they are."""

from __future__ import annotations

from ...jobs.submission import Submission
from ...transport.operation import json_body
from ..ibm_shared.primitives import params, program_of
from . import tags


def encode(submission: Submission) -> bytes:
    """Return the JSON body of ``POST /v1/jobs``."""
    request = submission.request
    given = request.options
    head = {
        "program_id": program_of(request),
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

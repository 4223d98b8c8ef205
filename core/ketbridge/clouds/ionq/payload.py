"""The body that creates a job: the settings as JSON, the circuits spliced in as they are."""

from __future__ import annotations

from typing import Any

from ...jobs.submission import Request, Submission
from ...programs import Format, ionq_json
from ...transport.operation import json_body
from . import metadata


def encode(submission: Submission) -> bytes:
    """Return the JSON body of ``POST /jobs``.

    One circuit becomes ``ionq.circuit.v1`` or ``ionq.qasm3.v1``, several become
    ``ionq.multi-circuit.v1``; the circuits' own JSON is never encoded again.
    """
    request = submission.request
    head = json_body(_head(request) | {"metadata": metadata.write(submission)})
    if len(request.programs) == 1:
        body = request.programs[0].body
    else:
        body = ionq_json.join((program.name, program.body) for program in request.programs)
    return b'%b,"input":%b}' % (head[:-1], body)


def job_type(request: Request) -> str:
    """Return the service's name of the kind of job that a request becomes."""
    if len(request.programs) > 1:
        return "ionq.multi-circuit.v1"
    if request.programs[0].format is Format.IONQ_QASM3:
        return "ionq.qasm3.v1"
    return "ionq.circuit.v1"


def _head(request: Request) -> dict[str, Any]:
    options = request.options
    settings = {
        "error_mitigation": _given(debiasing=options.get("debiasing")),
        "compilation": _given(
            opt=options.get("compilation_opt"), precision=options.get("compilation_precision")
        ),
    }
    name = request.name or (request.programs[0].name if len(request.programs) == 1 else "")
    return _given(
        type=job_type(request),
        backend=request.backend,
        shots=request.shots,
        name=name or None,
        session_id=request.session,
        dry_run=options.get("dry_run"),
        noise=_noise(request),
        settings={key: value for key, value in settings.items() if value} or None,
    )


def _noise(request: Request) -> dict[str, Any] | None:
    model = request.options.get("noise_model")
    if model is None:
        return None
    seed = request.options.get("noise_seed")
    if seed is None and request.seed is not None:
        seed = request.seed % 2**31
    return _given(model=str(model), seed=seed)


def _given(**members: Any) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value is not None}

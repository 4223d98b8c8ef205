"""The body that creates a job: the settings as JSON, the programs spliced in as they are."""

from __future__ import annotations

from typing import Any

from ...jobs.submission import Request, Submission
from ...programs import Format
from ...transport.operation import json_body
from ..ibm_shared import primitives
from . import tags
from .families import NAMES, Family
from .models import SdkProvider
from .options import settings_of

_SDKS = {"qiskit": SdkProvider.QISKIT, "braket": SdkProvider.BRAKET}


def encode(submission: Submission, family: Family) -> bytes:
    """Return the JSON body of ``POST /jobs``."""
    request = submission.request
    settings = settings_of(family, request).model_dump(mode="json", exclude_none=True)
    form = request.programs[0].format if request.programs else Format.QISKIT_QPY
    in_params = {} if family is Family.IQM else settings
    head = {
        "name": request.name or _first_name(request) or None,
        "backend_id": request.backend,
        "shots": max(1, request.shots),
        "input_format": str(NAMES[form]),
        "input_params": in_params or None,
        "tags": tags.of(submission),
        "session_id": request.session,
        "sdk_provider": str(sdk_of(request)),
    }
    known = {name: value for name, value in head.items() if value is not None}
    return b'%b,"input":%b}' % (json_body(known)[:-1], _input(request, family, settings))


def sdk_of(request: Request) -> SdkProvider:
    """Return what wrote a request, in the Hub's words."""
    if any(program.format is Format.PERCEVAL for program in request.programs):
        return SdkProvider.PERCEVAL
    return _SDKS.get(request.sdk, SdkProvider.CLIENT)


def _first_name(request: Request) -> str:
    return request.programs[0].name if len(request.programs) == 1 else ""


def _input(request: Request, family: Family, settings: dict[str, Any]) -> bytes:
    if family is Family.IBM:
        return primitives.params(request)
    if family is Family.IQM:
        circuits = b",".join(program.body for program in request.programs)
        tail = json_body(settings)[1:] if settings else b"}"
        return b'{"circuits":[%b]%b%b' % (circuits, b"," if settings else b"", tail)
    body = request.programs[0].body
    if family is Family.AWS_AHS:
        return b'{"ahs_program":%b}' % body
    if family in (Family.AZURE_IONQ, Family.QUANDELA):
        return body
    return json_body({"qasm": body.decode()})

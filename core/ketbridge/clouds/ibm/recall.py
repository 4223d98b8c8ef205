"""What was asked, from the input that the service keeps with a job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...jobs.submission import Request
from ...programs import Format, Program, Readout
from ..ibm_shared.decoding import MAX_BYTES, inflate, unbase64
from . import options, tags
from .models import JobResponse

_UNKNOWN = Readout(())


def request(job: JobResponse) -> Request:
    """Recover what was asked.

    The circuits come back as they were sent. Where their bits and qubits are is written in them,
    and is not read here: the readouts are empty, and results keep the registers that the service
    names. A private job has no circuits.
    """
    program = job.program.id
    given: dict[str, Any] = {} if program == options.SAMPLER else {"program": program}
    params = job.params or {}
    primitive = program in (options.SAMPLER, options.ESTIMATOR)
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
        _shots(pubs, params) if program == options.SAMPLER else 0,
        tags=tags.users(job.tags),
        session=job.session_id,
        options=given,
    )


def programs(params: Mapping[str, Any]) -> tuple[Program, ...]:
    """Recover the circuits of the input of a sampler or estimator job, with their arguments."""
    pubs = params.get("pubs")
    return tuple(map(_program, pubs)) if isinstance(pubs, list) else ()


def _program(pub: Any) -> Program:
    items = pub if isinstance(pub, list) else [pub]
    form, body = _circuit(items[0] if items else None)
    return Program(form, body, _UNKNOWN, 1, arguments=json.dumps(items[1:], separators=(",", ":")))


def _circuit(value: Any) -> tuple[Format, bytes]:
    """Read a circuit, which is a tagged QPY file or text; one that cannot be read is empty."""
    if isinstance(value, str) and "OPENQASM" in value[:4096]:
        return (
            Format.OPENQASM2 if "OPENQASM 2" in value[:4096] else Format.OPENQASM3
        ), value.encode()
    packed = value.get("__value__") if isinstance(value, dict) else value
    if not isinstance(packed, str):
        return Format.QISKIT_QPY, b""
    try:
        data = unbase64(packed)
        return Format.QISKIT_QPY, data if data[:6] == b"QISKIT" else inflate(data, MAX_BYTES)
    except ValueError:
        return Format.QISKIT_QPY, b""


def _shots(pubs: Any, params: dict[str, Any]) -> int:
    """Return the shots of the first PUB that names them, else those of the job."""
    named = [pub[2] for pub in pubs or () if isinstance(pub, list) and len(pub) > 2]
    settings = params.get("options")
    default = settings.get("default_shots") if isinstance(settings, dict) else None
    candidates = (*named, params.get("shots"), default)
    return next((value for value in candidates if isinstance(value, int)), 0)

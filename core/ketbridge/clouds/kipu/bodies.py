"""Reading replies that are no single model."""

from __future__ import annotations

import json
import warnings
from typing import Any

from pydantic import ValidationError

from ...transport.body import decode_json
from ...transport.operation import Reply
from ...transport.redact import request_id
from ..document import Document
from ..wire import UnknownWordWarning, nothing
from .models import Backend, CalibrationResponse, Job

__all__ = ["backends", "calibration", "document", "free", "jobs", "nothing"]


def document(reply: Reply) -> Document:
    """Keep a result as it came."""
    media_type = reply.headers.get("content-type", "application/json").partition(";")[0].strip()
    return Document(reply.body, media_type, request_id(reply.headers))


def free(reply: Reply) -> dict[str, Any]:
    """Read an object whose members the contract leaves open."""
    found = decode_json(reply.body)
    if not isinstance(found, dict):
        raise ValueError("the answer is no JSON object")
    return found


def calibration(reply: Reply) -> CalibrationResponse | None:
    """Read a calibration; None where there is none (204)."""
    if reply.status == 204:
        return None
    return CalibrationResponse.model_validate_json(reply.body)


def backends(reply: Reply) -> tuple[Backend, ...]:
    """Read the list of machines, leaving out with a warning one that cannot be read."""
    entries = decode_json(reply.body)
    if not isinstance(entries, list):
        raise ValueError("the list of backends is no JSON array")
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(Backend.model_validate_json(json.dumps(entry)))
        except ValidationError as error:
            warnings.warn(
                f"backend {index} of the list is left out: "
                f"{error.error_count()} of its members cannot be read",
                UnknownWordWarning,
                stacklevel=2,
            )
    if entries and not found:
        raise ValueError("no entry of the list of backends can be read")
    return tuple(found)


def jobs(reply: Reply) -> tuple[Job, ...]:
    """Read the jobs of a session, a list that the contract types as one job: both are read."""
    entries = decode_json(reply.body)
    listed = entries if isinstance(entries, list) else [entries]
    return tuple(Job.model_validate_json(json.dumps(entry)) for entry in listed)

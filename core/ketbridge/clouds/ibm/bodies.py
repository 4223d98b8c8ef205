"""Reading replies that are no single model."""

from __future__ import annotations

import warnings
from typing import Any

from pydantic import ValidationError

from ...transport.body import decode_json
from ...transport.operation import Reply
from ...transport.redact import request_id
from ..wire import UnknownWordWarning, nothing
from .models import BackendsResponse, Device, ResultBody

__all__ = ["devices", "free", "nothing", "result", "text"]


def text(reply: Reply) -> str:
    """Read a plain text; bytes that are no UTF-8 are replaced."""
    return reply.body.decode("utf-8", "replace")


def free(reply: Reply) -> dict[str, Any]:
    """Read an object whose members the contract leaves open."""
    found = decode_json(reply.body)
    if not isinstance(found, dict):
        raise ValueError("the answer is no JSON object")
    return found


def result(reply: Reply) -> ResultBody | None:
    """Keep a result as it came; None where the job has none yet."""
    if reply.status == 204:
        return None
    media_type = reply.headers.get("content-type", "text/plain").partition(";")[0].strip()
    return ResultBody(reply.body, media_type, request_id(reply.headers))


def devices(reply: Reply) -> BackendsResponse:
    """Read the list of machines, leaving out with a warning one that cannot be read."""
    entries = free(reply).get("devices")
    if not isinstance(entries, list):
        raise ValueError("the list of backends has no array of devices")
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(Device.model_validate(entry, strict=False))
        except ValidationError as error:
            warnings.warn(
                f"backend {index} of the list is left out: "
                f"{error.error_count()} of its members cannot be read",
                UnknownWordWarning,
                stacklevel=2,
            )
    if entries and not found:
        raise ValueError("no entry of the list of backends can be read")
    return BackendsResponse(devices=tuple(found))

"""Reading replies that are no single model."""

from __future__ import annotations

import json
import warnings
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ...transport.body import decode_json
from ...transport.operation import Reply
from ...transport.redact import request_id
from ..document import Document
from ..wire import UnknownWordWarning, nothing
from .models import Backend, CalibrationResponse, Job

__all__ = ["backend", "backends", "calibration", "document", "free", "jobs", "nothing"]


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


def backend(reply: Reply) -> Backend:
    """Read a machine; a member that cannot be read is left out with a warning."""
    return _backend(decode_json(reply.body))


def backends(reply: Reply) -> tuple[Backend, ...]:
    """Read the list of machines, leaving out with a warning what cannot be read of it."""
    entries = decode_json(reply.body)
    if not isinstance(entries, list):
        raise ValueError("the list of backends is no JSON array")
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(_backend(entry))
        except ValidationError:
            warnings.warn(
                f"backend {index} of the list is left out: it has no id",
                UnknownWordWarning,
                stacklevel=2,
            )
    if entries and not found:
        raise ValueError("no entry of the list of backends can be read")
    return tuple(found)


def _backend(entry: Any) -> Backend:
    """Read a machine without those of its members that cannot be read.

    Raises:
        ValidationError: it has no id.
    """
    try:
        return Backend.model_validate_json(json.dumps(entry))
    except ValidationError as error:
        odd = {_member(one["loc"]) for one in error.errors(include_url=False)}
        if not isinstance(entry, dict) or ("id",) in odd:
            raise
        read = Backend.model_validate_json(json.dumps(_without(entry, odd)))
        names = ", ".join(sorted(".".join(member) for member in odd))
        warnings.warn(
            f"of backend {read.id!r} this cannot be read and is left out: {names}",
            UnknownWordWarning,
            stacklevel=2,
        )
        return read


def _member(location: Sequence[int | str]) -> tuple[str, ...]:
    """Return the member that an error is in; of ``configuration`` its own member."""
    depth = 2 if location and location[0] == "configuration" else 1
    return tuple(str(step) for step in location[:depth])


def _without(entry: Mapping[str, Any], members: Collection[tuple[str, ...]]) -> dict[str, Any]:
    kept = {name: value for name, value in entry.items() if (name,) not in members}
    inner = kept.get("configuration")
    if isinstance(inner, dict):
        kept["configuration"] = {
            name: value for name, value in inner.items() if ("configuration", name) not in members
        }
    return kept


def jobs(reply: Reply) -> tuple[Job, ...]:
    """Read the jobs of a session, a list that the contract types as one job: both are read."""
    entries = decode_json(reply.body)
    listed = entries if isinstance(entries, list) else [entries]
    return tuple(Job.model_validate_json(json.dumps(entry)) for entry in listed)

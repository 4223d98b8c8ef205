"""What the operations share: the version that is asked for, bodies, queries, times, errors."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ..service import HttpError, json_answer

OLD = "2026-02-01"
NEW = "2026-03-15"
FIRST_WITH_DEVICES = "2025-01-01"
VERSIONS = ("2024-01-01", "2025-01-01", "2025-05-01", OLD, NEW, "2026-04-15")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}")
_HELP = "https://quantum.cloud.ibm.com/docs/errors"


def version_of(request: Request) -> str | None:
    """Return the version of the API that a request asks for, None where it names none.

    Raises:
        HttpError: it is not written YYYY-MM-DD (400).
    """
    version = request.headers.get("ibm-api-version")
    if version is not None and not _VERSION.fullmatch(version):
        raise HttpError(400, "IBM-API-Version is written YYYY-MM-DD.")
    return version


def is_new(request: Request) -> bool:
    """Tell whether the answer takes the form of 2026-03-15 and later."""
    return (version_of(request) or OLD) >= NEW


async def json_object(request: Request) -> dict[str, Any]:
    """Read a request body that must be a JSON object.

    Raises:
        HttpError: it is not (400).
    """
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HttpError(400, "The body is no JSON.") from None
    if not isinstance(data, dict):
        raise HttpError(400, "The body is no JSON object.")
    return data


def whole(query: QueryParams, name: str, default: int, low: int, high: int) -> int:
    """Read a whole number; one that is no number or out of its range becomes the default."""
    text = query.get(name, "")
    return int(text) if text.isdigit() and low <= int(text) <= high else default


def truth(query: QueryParams, name: str) -> bool | None:
    """Read true or false; None where it is neither."""
    return {"true": True, "false": False}.get(query.get(name, "").lower())


def moment(query: QueryParams, name: str) -> datetime | None:
    """Read a time, in UTC where it has no zone.

    Raises:
        HttpError: it is no time (400).
    """
    text = query.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise HttpError(400, f'"{name}" is no time.') from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def iso(when: datetime) -> str:
    """Write a time as the service does: UTC, microseconds, Z."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def error(status: int, message: str, **more: Any) -> Response:
    """Word an error as most operations do, its code a string."""
    entry = {"code": str(more.get("code", status)), "message": message, "more_info": _HELP}
    return json_answer({"trace": str(uuid.uuid4()), "errors": [entry]}, status)


def typed_error(status: int, message: str, **more: Any) -> Response:
    """Word an error as workloads, analytics and usage do, its code a number."""
    entry = {
        "code": int(more.get("code", status)),
        "message": message,
        "solution": "Change the request.",
        "more_info": _HELP,
    }
    return json_answer({"trace": str(uuid.uuid4()), "errors": [entry]}, status)

"""What the operations share: bodies, times without a zone, pages, sorting."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams
from starlette.requests import Request

from ..service import HttpError

PAGE = 20
LONGEST_PAGE = 1000
"""The service states no maximum; this one is ours."""


async def json_object(request: Request) -> dict[str, Any]:
    """Read a request body that must be a JSON object; members that are null are left out.

    Raises:
        HttpError: it is not (400).
    """
    try:
        data = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HttpError(400, "The body is no JSON.") from None
    if not isinstance(data, dict):
        raise HttpError(400, "The body is no JSON object.")
    return {name: value for name, value in data.items() if value is not None}


def stamp(moment: datetime | None) -> str | None:
    """Write a moment as the Hub does: UTC, seconds, no zone."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def without_none(data: dict[str, Any]) -> dict[str, Any]:
    """Leave out members that are not set."""
    return {name: value for name, value in data.items() if value is not None}


def instant(query: QueryParams, name: str) -> datetime | None:
    """Read a moment, in UTC where it has no zone.

    Raises:
        HttpError: it is no ISO 8601 moment (400).
    """
    text = query.get(name)
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise HttpError(400, f"{name!r} is no ISO 8601 moment.") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def page(entries: Sequence[dict[str, Any]], query: QueryParams) -> dict[str, Any]:
    """Return one page of a list, newest first unless the query sorts it.

    A property to sort by is any member of the entries, in snake or camel case; another is passed
    over.
    """
    ordered = list(reversed(entries))
    for order in reversed(query.getlist("sort")):
        name, _, direction = order.partition(",")
        name = re.sub(r"(?<!^)(?=[A-Z])", "_", name.strip()).lower()
        if any(name in entry for entry in ordered):
            down = direction.strip().lower() == "desc"
            ordered.sort(key=lambda entry: str(entry.get(name, "")), reverse=down)
    number, size = _whole(query, "page", 0, 0), _whole(query, "size", PAGE, 1)
    size = min(size, LONGEST_PAGE)
    return {
        "content": ordered[number * size : (number + 1) * size],
        "page": number,
        "size": size,
        "total_elements": len(ordered),
        "total_pages": -(-len(ordered) // size),
    }


def _whole(query: QueryParams, name: str, default: int, low: int) -> int:
    text = query.get(name, "")
    return max(low, int(text)) if text.isascii() and text.isdigit() else default

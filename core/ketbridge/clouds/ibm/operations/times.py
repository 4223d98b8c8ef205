"""Times in queries."""

from __future__ import annotations

from datetime import datetime


def moment(value: datetime | str | None) -> str | None:
    """Write a time as the service reads it.

    Raises:
        ValueError: it has no zone.
    """
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no zone: the service would have to guess it")
    return value.isoformat()

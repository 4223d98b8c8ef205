"""The instance and the account: limits, and the time that jobs have used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..service import HttpError
from .instance import INSTANCE, PLAN
from .records import Record
from .sessions import INTERACTIVE_TTL_S, MAX_TTL_S
from .wire import iso

PERIOD = timedelta(days=28)
ALLOCATION_S = 360_000
"""Seconds of machines that the plan has in a period."""


class Account:
    """What the one instance may use.

    Args:
        limit_s: seconds that its jobs may use together; None for no limit.
        began: when the sandbox started.
    """

    def __init__(self, limit_s: int | None = None, began: datetime | None = None) -> None:
        self.limit_s = limit_s
        self._began = began or datetime.now(UTC)

    def set_limit(self, value: Any, records: Sequence[Record]) -> None:
        """Set the limit, or take it away.

        Raises:
            HttpError: it is no whole number of seconds (400), or more was used already (409).
        """
        if value is None:
            self.limit_s = None
            return
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise HttpError(400, '"instance_limit" must be a whole number of seconds, or null.')
        if used_s(records) > value:
            raise HttpError(409, "The instance has already used more than that.")
        self.limit_s = value

    def exhausted(self, records: Sequence[Record]) -> bool:
        """Tell whether the limit is reached."""
        return self.limit_s is not None and used_s(records) >= self.limit_s

    def instance(self, backends: Sequence[str]) -> dict[str, Any]:
        """Show the instance; seconds are strings here."""
        found: dict[str, Any] = {
            "backends": list(backends),
            "plan_id": PLAN,
            "usage_allocation_seconds": str(ALLOCATION_S),
        }
        if self.limit_s is not None:
            found |= {
                "instance_limit": float(self.limit_s),
                "instance_limit_seconds": str(self.limit_s),
            }
        return found

    def configuration(self) -> dict[str, Any]:
        """Show the limit, in seconds."""
        return {} if self.limit_s is None else {"instance_limit": float(self.limit_s)}

    def usage(self, records: Sequence[Record]) -> dict[str, Any]:
        """Show what the instance has used, in seconds."""
        found: dict[str, Any] = {
            "instance_id": INSTANCE,
            "plan_id": PLAN,
            "usage_period": {
                "start_time": iso(self._began),
                "end_time": iso(self._began + PERIOD),
            },
            "usage_consumed_seconds": used_s(records),
            "usage_allocation_seconds": ALLOCATION_S,
        }
        if self.limit_s is not None:
            found["usage_limit_seconds"] = self.limit_s
            found["usage_limit_reached"] = self.exhausted(records)
        return found

    def plans(self, backends: Sequence[str], plan: str | None) -> dict[str, Any]:
        """Show the plans of the account: the one that there is, or none if another is asked for."""
        if plan not in (None, PLAN):
            return {"plans": []}
        entry = {
            "plan_id": PLAN,
            "usage_allocation_seconds": ALLOCATION_S,
            "backends": list(backends),
            "max_ttl": MAX_TTL_S,
            "active_ttl": MAX_TTL_S,
            "interactive_ttl": INTERACTIVE_TTL_S["dedicated"],
            "start_time": iso(self._began),
            "end_time": iso(self._began + PERIOD),
        }
        return {"plans": [entry]}


def used_s(records: Sequence[Record]) -> int:
    """Return the seconds that jobs are charged."""
    return sum(record.charged_s for record in records)

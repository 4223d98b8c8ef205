"""Workloads: jobs outside of sessions, sessions and batches in one list, paged by cursors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from ..service import HttpError
from .access import Caller
from .instance import CRN
from .records import Record
from .sessions import Session
from .store import tags_of
from .wire import iso, moment, whole

DEFAULT_PAGE, LONGEST_PAGE = 10, 50
SORTS = ("createdAt", "-createdAt")
WORDS = {
    "Queued": "pending",
    "Running": "in_progress",
    "Completed": "completed",
    "Failed": "failed",
    "Cancelled": "canceled",
}
MODES = {"dedicated": "session", "batch": "batch"}


@dataclass(frozen=True, slots=True)
class Workload:
    """One entry: a job, a session or a batch.

    Attributes:
        id: its id.
        created: when it was made.
        user: who made it.
        tags: of a job.
        shown: the entry as the service shows it.
    """

    id: str
    created: datetime
    user: str
    tags: tuple[str, ...]
    shown: dict[str, Any]


def of_job(record: Record) -> Workload:
    """Show a job as a workload."""
    shown: dict[str, Any] = {
        "id": record.id,
        "created": iso(record.ticket.submitted),
        "backend": record.backend,
        "instance": CRN,
        "user_id": record.user,
        "mode": "job",
        "status": WORDS[record.status],
        "tags": list(record.tags),
        "usage_seconds": record.charged_s,
        "estimated_running_time_seconds": record.estimate_s,
    }
    if record.ticket.ended is not None:
        shown["ended"] = iso(record.ticket.ended)
    if record.ticket.failure is not None:
        shown["status_reason"] = record.ticket.failure[1]
    return Workload(record.id, record.ticket.submitted, record.user, tuple(record.tags), shown)


def of_session(session: Session) -> Workload:
    """Show a session or batch as a workload."""
    state = session.state
    word = {"closed": "completed", "open": "pending"}.get(state, "in_progress")
    shown: dict[str, Any] = {
        "id": session.id,
        "created": iso(session.created),
        "backend": session.backend or "",
        "instance": CRN,
        "user_id": session.user,
        "accepting_jobs": session.taking,
        "mode": MODES[session.mode],
        "status": word,
        "tags": [],
        "usage_seconds": sum(record.charged_s for record in session.jobs),
    }
    if session.closed is not None:
        shown |= {"ended": iso(session.closed), "status_reason": session.reason}
    return Workload(session.id, session.created, session.user, (), shown)


def page(
    records: Sequence[Record], sessions: Sequence[Session], query: QueryParams, caller: Caller
) -> dict[str, Any]:
    """Answer with one page.

    Raises:
        HttpError: the order, a cursor or a time is not usable (400).
    """
    everything = [of_job(record) for record in records if record.session is None]
    everything += [of_session(session) for session in sessions]
    found = [workload for workload in everything if _matches(workload, query, caller)]
    sort = query.get("sort", "createdAt")
    if sort not in SORTS:
        raise HttpError(400, f'"sort" must be one of {", ".join(SORTS)}.')
    found.sort(key=lambda workload: workload.created, reverse=sort.startswith("-"))
    limit = whole(query, "limit", DEFAULT_PAGE, 1, LONGEST_PAGE)
    begin = _begin(query, found, limit)
    shown = found[begin : begin + limit]
    answer: dict[str, Any] = {
        "workloads": [workload.shown for workload in shown],
        "total_count": len(found),
        "limit": limit,
    }
    if begin > 0:
        answer["previous"] = {"href": _href(query, "previous", found[begin].id)}
    if begin + limit < len(found):
        answer["next"] = {"href": _href(query, "next", shown[-1].id)}
    return answer


def _begin(query: QueryParams, found: Sequence[Workload], limit: int) -> int:
    """Return where the page begins: after the entry of ``next``, or before that of ``previous``."""
    places = {workload.id: place for place, workload in enumerate(found)}
    for name in ("next", "previous"):
        cursor = query.get(name)
        if cursor is None:
            continue
        if cursor not in places:
            raise HttpError(400, f'The cursor "{name}" is not known.')
        return places[cursor] + 1 if name == "next" else max(0, places[cursor] - limit)
    return 0


def _href(query: QueryParams, name: str, cursor: str) -> str:
    kept = [pair for pair in query.multi_items() if pair[0] not in ("next", "previous")]
    return f"/v1/workloads?{urlencode([*kept, (name, cursor)])}"


def _matches(workload: Workload, query: QueryParams, caller: Caller) -> bool:
    shown, search = workload.shown, query.get("search", "")
    after, before = moment(query, "created_after"), moment(query, "created_before")
    statuses = query.getlist("status")
    return (
        (query.get("user") != "me" or workload.user == caller.user)
        and query.get("backend") in (None, shown["backend"])
        and query.get("mode") in (None, shown["mode"])
        and (not statuses or shown["status"] in statuses)
        and set(tags_of(query)).issubset(workload.tags)
        and (search in workload.id or any(search in tag for tag in workload.tags))
        and (after is None or workload.created >= after)
        and (before is None or workload.created <= before)
    )

"""Analytics: how much was used, by instance, machine, user or plan. Times are in milliseconds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from ..service import HttpError
from .instance import CRN, PLAN_NAME
from .records import Record
from .sessions import Session
from .wire import iso, moment

INTERVAL = timedelta(days=28)
KEYS: dict[str, Callable[[Record], str]] = {
    "instance": lambda _: CRN,
    "backend": lambda record: record.backend,
    "user_id": lambda record: record.user,
    "plan": lambda _: PLAN_NAME,
}


def usage(
    records: Sequence[Record], sessions: Sequence[Session], query: QueryParams
) -> dict[str, Any]:
    """Answer for the whole usage in an interval."""
    return _figures(_chosen(records, query), sessions)


def grouped(
    records: Sequence[Record], sessions: Sequence[Session], query: QueryParams
) -> dict[str, Any]:
    """Answer for the usage by instance, machine, user or plan.

    Raises:
        HttpError: ``group_by`` is none of these (400).
    """
    key = KEYS.get(query.get("group_by", ""))
    if key is None:
        raise HttpError(400, f'"group_by" must be one of {", ".join(KEYS)}.')
    groups: dict[str, list[Record]] = {}
    for record in _chosen(records, query):
        groups.setdefault(key(record), []).append(record)
    return {
        "data": [{"key": name, **_figures(members, sessions)} for name, members in groups.items()]
    }


def by_date(
    records: Sequence[Record], sessions: Sequence[Session], query: QueryParams
) -> dict[str, Any]:
    """Answer for the usage of the instance by day.

    Raises:
        HttpError: ``group_by`` is not ``instance`` (400).
    """
    if query.get("group_by") != "instance":
        raise HttpError(400, '"group_by" must be instance.')
    begin, end = _interval(query)
    days: dict[datetime, list[Record]] = {}
    for record in _chosen(records, query):
        midnight = record.ticket.submitted.replace(hour=0, minute=0, second=0, microsecond=0)
        days.setdefault(midnight, []).append(record)
    return {
        "interval_start": iso(begin),
        "interval_end": iso(end),
        "data": [
            {
                "key": CRN,
                "interval_start": iso(day),
                "interval_end": iso(day + timedelta(days=1)),
                **_figures(members, sessions),
            }
            for day, members in sorted(days.items())
        ],
    }


def filters(records: Sequence[Record], backends: Sequence[str]) -> dict[str, Any]:
    """Answer for what usage can be asked by."""
    return {
        "backends": [{"name": name} for name in backends],
        "instances": [{"id": CRN, "deleted": False}],
        "users": [{"id": user} for user in sorted({record.user for record in records})],
        "plans": [{"name": PLAN_NAME}],
    }


def _interval(query: QueryParams) -> tuple[datetime, datetime]:
    end = moment(query, "interval_end") or datetime.now(UTC)
    return moment(query, "interval_start") or end - INTERVAL, end


def _chosen(records: Sequence[Record], query: QueryParams) -> list[Record]:
    begin, end = _interval(query)
    wanted = {name: set(query.getlist(name)) for name in KEYS if query.getlist(name)}
    return [
        record
        for record in records
        if begin <= record.ticket.submitted <= end
        and all(KEYS[name](record) in values for name, values in wanted.items())
    ]


def _figures(records: Sequence[Record], sessions: Sequence[Session]) -> dict[str, float]:
    alone = [record for record in records if record.session is None]
    ids = {record.session for record in records}
    used = {
        mode: [_used_ms(session.jobs) for session in sessions if session.id in ids and is_(session)]
        for mode, is_ in _MODES.items()
    }
    waits = [
        (record.ticket.started - record.ticket.submitted).total_seconds() * 1000
        for record in records
        if record.ticket.started is not None
    ]
    figures: dict[str, float] = {"usage": _used_ms(records), "jobs": len(records)}
    for mode, values in used.items():
        figures |= {mode: len(values), **_spread(f"{mode}_usage", values)}
    figures["individual_jobs"] = len(alone)
    figures |= _spread("individual_jobs_usage", [_used_ms([record]) for record in alone])
    return figures | _spread("queue_time", waits)


_MODES: dict[str, Callable[[Session], bool]] = {
    "sessions": lambda _: True,
    "batch_sessions": lambda session: session.mode == "batch",
    "dedicated_sessions": lambda session: session.mode == "dedicated",
}


def _spread(name: str, values: Sequence[float]) -> dict[str, float]:
    total = sum(values)
    mean = total / len(values) if values else 0.0
    return {name: total, f"avg_{name}": mean, f"max_{name}": max(values, default=0.0)}


def _used_ms(records: Sequence[Record]) -> float:
    return sum(record.quantum_s for record in records) * 1000

"""Usage of the organisation: jobs, time and cost by period and by job, project or user."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.datastructures import QueryParams

from .intake import bad_request
from .records import Record

GROUPS = ("job", "project", "user")
MODALITIES = ("daily", "weekly", "monthly")
TOP_GROUPS = 5


def report(organization: str, records: Sequence[Record], query: QueryParams) -> dict[str, Any]:
    """Answer for the usage between two dates, the first included and the last not.

    Raises:
        HttpError: a parameter is missing or not one of its values (400).
    """
    begin, end = _day(query, "start_date"), _day(query, "end_date")
    group_by = _word(query, "group_by", GROUPS)
    modality = _word(query, "modality", MODALITIES)
    used = [record for record in records if begin <= record.ticket.submitted.date() < end]
    periods: dict[date, list[Record]] = {}
    for record in used:
        periods.setdefault(_period(record.ticket.submitted.date(), modality), []).append(record)
    return {
        "organization": organization,
        "group_type": group_by,
        "modality": modality,
        "usage_from": _midnight(begin),
        "usage_to": _midnight(end),
        "usage_unit": "USD",
        "job_count": len(used),
        "amount_total": _amount(used),
        "time_us_total": _time_us(used),
        "usage_data": [
            {
                "from": day.isoformat(),
                "job_count": len(members),
                "amount": _amount(members),
                "time_us": _time_us(members),
                "group_usages": _groups(members, group_by),
            }
            for day, members in sorted(periods.items())
        ],
    }


def _groups(records: Sequence[Record], group_by: str) -> list[dict[str, Any]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        key = {"job": record.id, "project": record.project, "user": record.submitter}[group_by]
        groups.setdefault(key, []).append(record)
    shown: list[dict[str, Any]] = [
        {
            "group_id": key,
            "group_name": (members[0].name or key) if group_by == "job" else f"{group_by} {key}",
            "job_count": len(members),
            "amount": _amount(members),
            "time_us": _time_us(members),
        }
        for key, members in groups.items()
    ]
    return sorted(shown, key=lambda group: -group["time_us"])[:TOP_GROUPS]


def _amount(records: Sequence[Record]) -> float:
    return round(sum(record.cost_usd for record in records if not record.dry_run), 2)


def _time_us(records: Sequence[Record]) -> float:
    return sum((record.ticket.run_time_s or 0.0) * 1e6 for record in records)


def _period(day: date, modality: str) -> date:
    if modality == "weekly":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if modality == "monthly" else day


def _day(query: QueryParams, name: str) -> date:
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        raise bad_request(f'"{name}" must be a date.', name, source="query") from None


def _word(query: QueryParams, name: str, words: Sequence[str]) -> str:
    if query.get(name) not in words:
        raise bad_request(f'"{name}" must be one of {", ".join(words)}.', name, source="query")
    return query[name]


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).isoformat().replace("+00:00", "Z")

"""Operations on the use of an account; every duration is in milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ....transport.operation import Operation, Repeat, query
from ...wire import model
from ..models import (
    AnalyticsFilters,
    UsageAnalytics,
    UsageAnalyticsGrouped,
    UsageAnalyticsGroupedByDate,
)
from .jobs import listed
from .times import moment


def analytics_usage(
    *,
    instance: Sequence[str] | None = None,
    interval_start: datetime | str | None = None,
    interval_end: datetime | str | None = None,
    backend: Sequence[str] | None = None,
    user_id: Sequence[str] | None = None,
    simulators: bool | None = None,
    plan: Sequence[str] | None = None,
) -> Operation[UsageAnalytics]:
    """Ask for the use of an account.

    Args:
        instance: only of these instances.
        interval_start: from this time on, with a zone.
        interval_end: up to this time.
        backend: only of these machines.
        user_id: only of these users.
        simulators: whether simulators count; the service's default is true.
        plan: only of these plans.
    """
    return Operation(
        "analytics_usage",
        "GET",
        "/v1/analytics/usage",
        model(UsageAnalytics),
        Repeat.SAFE,
        _filters(instance, interval_start, interval_end, backend, user_id, simulators, plan),
    )


def get_usage_analytics_grouped(
    group_by: Literal["instance", "backend", "user_id", "plan"],
    *,
    instance: Sequence[str] | None = None,
    interval_start: datetime | str | None = None,
    interval_end: datetime | str | None = None,
    backend: Sequence[str] | None = None,
    user_id: Sequence[str] | None = None,
    simulators: bool | None = None,
    plan: Sequence[str] | None = None,
) -> Operation[UsageAnalyticsGrouped]:
    """Ask for the use of an account by group; the filters are those of `analytics_usage`."""
    return Operation(
        "get_usage_analytics_grouped",
        "GET",
        "/v1/analytics/usage_grouped",
        model(UsageAnalyticsGrouped),
        Repeat.SAFE,
        query(group_by=group_by)
        + _filters(instance, interval_start, interval_end, backend, user_id, simulators, plan),
    )


def get_usage_analytics_grouped_by_date(
    group_by: Literal["instance"] = "instance",
    *,
    instance: Sequence[str] | None = None,
    interval_start: datetime | str | None = None,
    interval_end: datetime | str | None = None,
    backend: Sequence[str] | None = None,
    user_id: Sequence[str] | None = None,
    simulators: bool | None = None,
    plan: Sequence[str] | None = None,
) -> Operation[UsageAnalyticsGroupedByDate]:
    """Ask for the use of an account by group and date; filters as in `analytics_usage`."""
    return Operation(
        "get_usage_analytics_grouped_by_date",
        "GET",
        "/v1/analytics/usage_grouped_by_date",
        model(UsageAnalyticsGroupedByDate),
        Repeat.SAFE,
        query(group_by=group_by)
        + _filters(instance, interval_start, interval_end, backend, user_id, simulators, plan),
    )


def analytics_filters(*, instance: Sequence[str] | None = None) -> Operation[AnalyticsFilters]:
    """List what analytics can be asked for, all of it or of these instances."""
    return Operation(
        "analytics_filters",
        "GET",
        "/v1/analytics/filters",
        model(AnalyticsFilters),
        Repeat.SAFE,
        query(instance=None if instance is None else listed(instance)),
    )


def _filters(
    instance: Sequence[str] | None,
    interval_start: datetime | str | None,
    interval_end: datetime | str | None,
    backend: Sequence[str] | None,
    user_id: Sequence[str] | None,
    simulators: bool | None,
    plan: Sequence[str] | None,
) -> tuple[tuple[str, str], ...]:
    lists = {"instance": instance, "backend": backend, "user_id": user_id, "plan": plan}
    return query(
        interval_start=moment(interval_start),
        interval_end=moment(interval_end),
        simulators=simulators,
        **{name: None if words is None else listed(words) for name, words in lists.items()},
    )

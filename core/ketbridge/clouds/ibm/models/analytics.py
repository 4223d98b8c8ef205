"""Use of an account over time; every duration is in milliseconds."""

from __future__ import annotations

from ...wire import Answer


class UsageAnalytics(Answer):
    """Numbers of jobs and sessions, and their durations in milliseconds."""

    usage: float
    jobs: float
    sessions: float
    sessions_usage: float
    avg_sessions_usage: float
    max_sessions_usage: float
    batch_sessions: float
    batch_sessions_usage: float
    avg_batch_sessions_usage: float
    max_batch_sessions_usage: float
    dedicated_sessions: float
    dedicated_sessions_usage: float
    avg_dedicated_sessions_usage: float
    max_dedicated_sessions_usage: float
    individual_jobs: float
    individual_jobs_usage: float
    avg_individual_jobs_usage: float
    max_individual_jobs_usage: float
    queue_time: float
    avg_queue_time: float
    max_queue_time: float


class UsageOfGroup(UsageAnalytics):
    """Use of one instance, backend, user or plan; ``key`` names it, None for what has no name."""

    key: str | None = None


class UsageAnalyticsGrouped(Answer):
    """Use by group."""

    data: tuple[UsageOfGroup, ...]


class UsageOfDate(UsageAnalytics):
    """Use of one group in one interval."""

    key: str
    interval_start: str
    interval_end: str


class UsageAnalyticsGroupedByDate(Answer):
    """Use by group and interval."""

    interval_start: str
    interval_end: str
    data: tuple[UsageOfDate, ...]


class BackendFilter(Answer):
    """A backend that analytics can be asked for."""

    name: str


class InstanceFilter(Answer):
    """An instance that analytics can be asked for."""

    id: str
    deleted: bool


class UserFilter(Answer):
    """A user that analytics can be asked for."""

    id: str


class PlanFilter(Answer):
    """A plan that analytics can be asked for."""

    name: str


class AnalyticsFilters(Answer):
    """What analytics can be asked for."""

    backends: tuple[BackendFilter, ...]
    instances: tuple[InstanceFilter, ...]
    users: tuple[UserFilter, ...]
    plans: tuple[PlanFilter, ...]

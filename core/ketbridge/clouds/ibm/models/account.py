"""Instances, accounts and the use of them. Times are in seconds, those of analytics in ms."""

from __future__ import annotations

from ...wire import Answer, Int, OpenEnum


class VersionResponse(Answer):
    """The API versions that the service knows."""

    versions: tuple[str, ...]


class Instance(Answer):
    """An instance; the service writes its limits as text, and ``instance_limit`` is deprecated."""

    backends: tuple[str, ...] | None = None
    plan_id: str | None = None
    instance_limit: float | None = None
    instance_limit_seconds: str | float | None = None
    usage_allocation_seconds: str | float | None = None


class InstanceConfiguration(Answer):
    """The limit of an instance, in seconds; None where it has none."""

    instance_limit: float | None = None


class UsagePeriod(Answer):
    """The time for which use is counted."""

    start_time: str | None = None
    end_time: str | None = None


class InstanceUsage(Answer):
    """What an instance has used and may use, in seconds."""

    instance_id: str
    plan_id: str
    usage_consumed_seconds: float
    usage_period: UsagePeriod | None = None
    usage_limit_seconds: float | None = None
    usage_allocation_seconds: float | None = None
    usage_limit_reached: bool | None = None


class PlanConfiguration(Answer):
    """What a plan of an account allows, in seconds."""

    plan_id: str
    backends: tuple[str, ...]
    usage_allocation_seconds: Int | None = None
    usage_limit_seconds: Int | None = None
    unallocated_usage_seconds: Int | None = None
    max_ttl: Int | None = None
    active_ttl: Int | None = None
    interactive_ttl: Int | None = None
    start_time: str | None = None
    end_time: str | None = None


class AccountConfiguration(Answer):
    """The plans of an account."""

    plans: tuple[PlanConfiguration, ...]


class WorkloadMode(OpenEnum):
    """What a workload is."""

    JOB = "job"
    SESSION = "session"
    BATCH = "batch"


class WorkloadStatus(OpenEnum):
    """State of a workload; the words are not those of jobs."""

    COMPLETED = "completed"
    CANCELED = "canceled"
    FAILED = "failed"
    PENDING = "pending"
    IN_PROGRESS = "in_progress"


class Workload(Answer):
    """A job, a session or a batch in the list of workloads."""

    id: str
    created: str
    backend: str
    instance: str
    user_id: str
    mode: WorkloadMode
    status: WorkloadStatus
    ended: str | None = None
    accepting_jobs: bool | None = None
    status_reason: str | None = None
    tags: tuple[str, ...] | None = None
    usage_seconds: float | None = None
    estimated_running_time_seconds: float | None = None


class Link(Answer):
    """A further page; the cursor is a parameter of the address."""

    href: str | tuple[str, ...] | None = None


class WorkloadsResponse(Answer):
    """One page of workloads; ``total_count`` is that of all pages."""

    workloads: tuple[Workload, ...]
    total_count: float
    limit: float
    previous: Link | None = None
    next: Link | None = None

"""Who calls, what was used, and how the service words an error."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from ...wire import Answer, Int, OpenEnum


class Whoami(Answer):
    """The API key that a request carried."""

    key_id: str
    key_name: str
    project_id: str | None = None


class GroupBy(OpenEnum):
    """What a usage report is grouped by."""

    JOB = "job"
    PROJECT = "project"
    USER = "user"


class Modality(OpenEnum):
    """Length of the periods of a usage report."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class GroupUsage(Answer):
    """Usage of one group in one period; only the five largest groups are listed."""

    amount: float | None = None
    group_id: str | None = None
    group_name: str | None = None
    job_count: Int | None = None
    time_us: float | None = None


class Usage(Answer):
    """Usage in one period."""

    begin: date = Field(alias="from")
    job_count: Int
    amount: float
    time_us: float
    group_usages: tuple[GroupUsage, ...] = ()


class Usages(Answer):
    """A usage report; ``usage_unit`` is the unit of the amounts."""

    group_type: GroupBy
    modality: Modality
    amount_total: float | None = None
    job_count: Int | None = None
    organization: str | None = None
    time_us_total: float | None = None
    usage_data: tuple[Usage, ...] = ()
    usage_from: datetime | None = None
    usage_to: datetime | None = None
    usage_unit: str | None = None


class RequestValidation(Answer):
    """Which parameters of a request were wrong."""

    keys: tuple[str, ...] = ()
    source: str | None = None


class Error(Answer):
    """An error as the service words it; ``validation`` comes with a 400."""

    statusCode: Int  # noqa: N815 - the service's own spelling
    error: str
    message: str
    validation: RequestValidation | None = None

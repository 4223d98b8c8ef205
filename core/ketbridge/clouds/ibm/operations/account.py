"""Operations on instances, accounts and workloads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ....transport.operation import Operation, Repeat, json_body, path, query
from ...wire import model
from .. import bodies
from ..models import (
    AccountConfiguration,
    Instance,
    InstanceConfiguration,
    InstanceUsage,
    WorkloadMode,
    WorkloadsResponse,
    WorkloadStatus,
)
from .jobs import DONE, listed
from .times import moment


def get_instance() -> Operation[Instance]:
    """Fetch the instance that the requests go to."""
    return Operation("get_instance", "GET", "/v1/instance", model(Instance), Repeat.SAFE)


def get_instance_configuration() -> Operation[InstanceConfiguration]:
    """Fetch the limit of the instance."""
    return Operation(
        "get_instance_configuration",
        "GET",
        "/v1/instances/configuration",
        model(InstanceConfiguration),
        Repeat.SAFE,
    )


def replace_instance_configuration(instance_limit: int | None) -> Operation[None]:
    """Set the limit of the instance, in seconds; None takes it away."""
    return Operation(
        "replace_instance_configuration",
        "PUT",
        "/v1/instances/configuration",
        bodies.nothing,
        Repeat.SAFE,
        body=json_body({"instance_limit": instance_limit}),
        accept=DONE,
    )


def get_usage() -> Operation[InstanceUsage]:
    """Ask how much of the instance's time is used, in seconds."""
    return Operation("get_usage", "GET", "/v1/instances/usage", model(InstanceUsage), Repeat.SAFE)


def get_account(account_id: str, *, plan_id: str | None = None) -> Operation[AccountConfiguration]:
    """Fetch the plans of an account.

    Args:
        account_id: the account, without ``a/`` before it.
        plan_id: only this plan.
    """
    return Operation(
        "get_account",
        "GET",
        path("/v1/accounts/{account_id}", account_id=account_id),
        model(AccountConfiguration),
        Repeat.SAFE,
        query(plan_id=plan_id),
    )


def find_instance_workloads(
    *,
    user: Literal["me"] | None = None,
    sort: Literal["createdAt", "-createdAt"] | None = None,
    limit: int | None = None,
    previous: str | None = None,
    next: str | None = None,  # noqa: A002 - the service's own name
    backend: str | None = None,
    search: str | None = None,
    status: Sequence[WorkloadStatus | str] | None = None,
    mode: WorkloadMode | str | None = None,
    created_after: datetime | str | None = None,
    created_before: datetime | str | None = None,
    tags: Sequence[str] | None = None,
) -> Operation[WorkloadsResponse]:
    """List jobs, sessions and batches of the instance, one page.

    Args:
        user: only one's own.
        sort: oldest first, or with ``-`` newest first.
        limit: entries of a page, 1 to 50; the service's default is 10.
        previous: cursor of the page before.
        next: cursor of the page after.
        backend: only of this machine.
        search: only with this text.
        status: only in one of these states.
        mode: only jobs, sessions or batches.
        created_after: only created after this time, with a zone.
        created_before: only created before it.
        tags: only with these tags.
    """
    filters = query(
        user=user,
        sort=sort,
        limit=limit,
        previous=previous,
        next=next,
        backend=backend,
        search=search,
        status=None if status is None else listed(status),
        mode=mode,
        created_after=moment(created_after),
        created_before=moment(created_before),
        tags=None if tags is None else listed(tags),
    )
    return Operation(
        "find_instance_workloads",
        "GET",
        "/v1/workloads",
        model(WorkloadsResponse),
        Repeat.SAFE,
        filters,
    )

"""Who calls and what was used."""

from __future__ import annotations

from datetime import date

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from ..models import GroupBy, Modality, Usages, Whoami


def get_whoami() -> Operation[Whoami]:
    """Ask which API key the requests carry."""
    return Operation("getWhoami", "GET", "/whoami", model(Whoami), Repeat.SAFE)


def get_usages(
    organization_id: str,
    *,
    start_date: date | str,
    end_date: date | str,
    group_by: GroupBy | str,
    modality: Modality | str,
) -> Operation[Usages]:
    """Ask for a usage report.

    Args:
        organization_id: the organization.
        start_date: first day, as a date or ``YYYY-MM-DD``.
        end_date: the day after the last one.
        group_by: ``job``, ``project`` or ``user``.
        modality: ``daily``, ``weekly`` or ``monthly``.
    """
    return Operation(
        "get-usages",
        "GET",
        path("/organizations/{organization_id}/usage", organization_id=organization_id),
        model(Usages),
        Repeat.SAFE,
        query(
            start_date=str(start_date),
            end_date=str(end_date),
            group_by=str(group_by),
            modality=str(modality),
        ),
    )

"""Describing machines: flows over the listing, one machine and its characterizations."""

from __future__ import annotations

from datetime import date, datetime

from ...errors import NotFound, ServiceError, TransportError, UnknownBackendError, nearest
from ...transport.operation import Flow
from ..base import BackendInfo, Calibration
from . import operations, readings

PAGE = 10
MAX_PAGES = 200


def listing() -> Flow[list[BackendInfo]]:
    """List the machines, without their calibrations."""
    found = yield operations.get_backends()
    return [readings.backend_info(one) for one in found]


def describe(name: str) -> Flow[BackendInfo]:
    """Describe one machine with its newest characterization; the simulator has none.

    Raises:
        UnknownBackendError: there is no such machine; the message names the nearest.
    """
    try:
        backend = yield operations.get_backend(name)
    except ServiceError as error:
        yield from blame(name, error)
        raise
    measured = None
    if backend.characterization_id:
        try:
            measured = yield operations.get_characterization(name, backend.characterization_id)
        except NotFound:
            measured = None
    return readings.backend_info(backend, measured)


def blame(name: str, error: ServiceError) -> Flow[None]:
    """Turn a refusal into an UnknownBackendError if the name of the machine is why.

    The machines are listed only here, once a request was refused as wrong (400, 404, 422). A
    list that cannot be had leaves the refusal as it is.
    """
    if error.status not in (400, 404, 422):
        return
    try:
        names = [info.name for info in (yield from listing())]
    except TransportError:
        return
    if name not in names:
        raise UnknownBackendError(
            f"IonQ has no backend {name!r}; there is {', '.join(sorted(names))}."
            f"{nearest(name, names)}"
        ) from error


def calibrations_page(
    name: str, page: int, start: date | str | None, end: date | str | None
) -> Flow[tuple[list[Calibration], int | None]]:
    """Fetch one page of calibrations and the number of the next page, None at the end."""
    answer = yield operations.get_characterizations_for_backend(
        name, start=start, end=end, limit=PAGE, page=page
    )
    more = bool(answer.pages and answer.characterizations)
    found = [readings.calibration(one) for one in answer.characterizations]
    return found, page + 1 if more else None


def calibration_at(name: str, moment: datetime) -> Flow[Calibration | None]:
    """Find the newest characterization that was not younger than a moment.

    Args:
        name: the machine.
        moment: with a zone.

    Returns:
        The calibration, or None where there was none yet.
    """
    best: Calibration | None = None
    page: int | None = 1
    while page is not None and page <= MAX_PAGES:
        found, page = yield from calibrations_page(name, page, None, moment.isoformat())
        dated = [(one.date, one) for one in [best, *found] if one and one.date]
        dated = [pair for pair in dated if pair[0] <= moment]
        best = max(dated, key=lambda pair: pair[0])[1] if dated else None
    return best

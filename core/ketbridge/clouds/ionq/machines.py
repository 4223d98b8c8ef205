"""Describing machines: flows over the listing, one machine and its characterizations."""

from __future__ import annotations

from datetime import datetime

from ...errors import NotFound, ServiceError, UnknownBackendError, nearest
from ...transport.operation import Flow
from ..base import BackendInfo, Calibration
from . import operations, readings
from .models import Characterization

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

    The machines are listed only here, once a request was refused as wrong (400, 404, 422).
    """
    if error.status not in (400, 404, 422):
        return
    names = [info.name for info in (yield from listing())]
    if name not in names:
        raise UnknownBackendError(
            f"IonQ has no backend {name!r}; there is {', '.join(sorted(names))}."
            f"{nearest(name, names)}"
        ) from error


def calibration_at(name: str, moment: datetime) -> Flow[Calibration | None]:
    """Find the newest characterization that was not younger than a moment.

    Args:
        name: the machine.
        moment: with a zone.

    Returns:
        The calibration, or None where there was none yet.
    """
    best: Characterization | None = None
    for page in range(1, MAX_PAGES + 1):
        answer = yield operations.get_characterizations_for_backend(
            name, end=moment.isoformat(), limit=10, page=page
        )
        known = [best, *answer.characterizations] if best else answer.characterizations
        best = readings.newest(known, moment)
        if not answer.pages or not answer.characterizations:
            break
    return readings.calibration(best) if best else None

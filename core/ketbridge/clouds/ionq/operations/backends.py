"""Machines and their characterizations."""

from __future__ import annotations

from datetime import date

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from .. import bodies
from ..models import Backend, Characterization, Characterizations


def get_backends() -> Operation[tuple[Backend, ...]]:
    """List the machines; the service asks for no credential."""
    return Operation(
        "getBackends", "GET", "/backends", bodies.backends, Repeat.SAFE, authenticate=False
    )


def get_backend(backend: str) -> Operation[Backend]:
    """Describe one machine; the service asks for no credential."""
    return Operation(
        "getBackend",
        "GET",
        path("/backends/{backend}", backend=backend),
        model(Backend),
        Repeat.SAFE,
        authenticate=False,
    )


def get_characterizations_for_backend(
    backend: str,
    *,
    start: date | str | None = None,
    end: date | str | None = None,
    limit: int | None = None,
    page: int | None = None,
) -> Operation[Characterizations]:
    """List the measured qualities of a machine, one page; no credential is asked for.

    Args:
        backend: the machine.
        start: earliest date.
        end: latest date.
        limit: entries of a page, 1 to 10; the service's default is 10.
        page: number of the page, from 1.
    """
    return Operation(
        "getCharacterizationsForBackend",
        "GET",
        path("/backends/{backend}/characterizations", backend=backend),
        model(Characterizations),
        Repeat.SAFE,
        query(start=_day(start), end=_day(end), limit=limit, page=page),
        authenticate=False,
    )


def get_characterization(backend: str, characterization_id: str) -> Operation[Characterization]:
    """Fetch one measured quality of a machine."""
    return Operation(
        "getCharacterization",
        "GET",
        path(
            "/backends/{backend}/characterizations/{characterization_id}",
            backend=backend,
            characterization_id=characterization_id,
        ),
        model(Characterization),
        Repeat.SAFE,
    )


def _day(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value

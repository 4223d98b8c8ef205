"""Operations on machines, and the versions of the service."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from .. import bodies
from ..models import (
    BackendConfiguration,
    BackendProperties,
    BackendsResponse,
    BackendStatusResponse,
    VersionResponse,
)
from .times import moment


def get_versions() -> Operation[VersionResponse]:
    """List the API versions that the service knows; no credential is asked for."""
    return Operation(
        "get_versions",
        "GET",
        "/v1/versions",
        model(VersionResponse),
        Repeat.SAFE,
        authenticate=False,
    )


def list_backends(
    *, fields: Literal["wait_time_seconds"] | None = None
) -> Operation[BackendsResponse]:
    """List the machines of the instance.

    Args:
        fields: what to add to each entry; waiting times are left out unless asked for.
    """
    return Operation(
        "list_backends", "GET", "/v1/backends", bodies.devices, Repeat.SAFE, query(fields=fields)
    )


def get_backend_configuration(
    backend: str, *, calibration_id: str | None = None
) -> Operation[BackendConfiguration]:
    """Fetch what a machine can do."""
    return Operation(
        "get_backend_configuration",
        "GET",
        path("/v1/backends/{backend}/configuration", backend=backend),
        model(BackendConfiguration),
        Repeat.SAFE,
        query(calibration_id=calibration_id),
    )


def get_backend_properties(
    backend: str,
    *,
    updated_before: datetime | str | None = None,
    calibration_id: str | None = None,
) -> Operation[BackendProperties]:
    """Fetch what was measured of a machine; a simulator may have nothing.

    Args:
        backend: the machine.
        updated_before: for the newest properties before a time, with a zone.
        calibration_id: for those of a calibration.
    """
    return Operation(
        "get_backend_properties",
        "GET",
        path("/v1/backends/{backend}/properties", backend=backend),
        model(BackendProperties),
        Repeat.SAFE,
        query(updated_before=moment(updated_before), calibration_id=calibration_id),
    )


def get_backend_status(backend: str) -> Operation[BackendStatusResponse]:
    """Ask whether a machine takes jobs, and how many wait."""
    return Operation(
        "get_backend_status",
        "GET",
        path("/v1/backends/{backend}/status", backend=backend),
        model(BackendStatusResponse),
        Repeat.SAFE,
    )


def get_backend_defaults(backend: str) -> Operation[dict[str, Any]]:
    """Fetch a machine's default pulses; the contract leaves the members open."""
    return Operation(
        "get_backend_defaults",
        "GET",
        path("/v1/backends/{backend}/defaults", backend=backend),
        bodies.free,
        Repeat.SAFE,
    )

"""Machines: list, description, state, configuration and calibration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ....transport.operation import Operation, Repeat, path, query
from ...wire import model
from .. import bodies
from ..models import Backend, BackendStateInfo, CalibrationResponse, Provider

MAX_CONFIG_BYTES = 64 * 2**20
FOUND = frozenset({200, 204})


def get_backends(
    *, provider: Provider | str | None = None, only_planqk_sdk: bool | None = None
) -> Operation[tuple[Backend, ...]]:
    """List the machines; one that cannot be read is left out with a warning.

    Without a credential the service leaves out queues and availability, and says of no machine
    that it has a calibration.

    Args:
        provider: only those of this provider, in any case, with ``-`` or ``_``.
        only_planqk_sdk: whether to list only those that the service's own SDK can use.
    """
    return Operation(
        "getBackends",
        "GET",
        "/backends",
        bodies.backends,
        Repeat.SAFE,
        query(provider=provider, onlyPlanqkSdk=only_planqk_sdk),
    )


def get_backend(backend_id: str) -> Operation[Backend]:
    """Describe one machine."""
    return Operation(
        "getBackend",
        "GET",
        path("/backends/{backend_id}", backend_id=backend_id),
        bodies.backend,
        Repeat.SAFE,
    )


def get_backend_status(backend_id: str) -> Operation[BackendStateInfo]:
    """Ask for the state and the queue of a machine."""
    return Operation(
        "getBackendStatus",
        "GET",
        path("/backends/{backend_id}/status", backend_id=backend_id),
        model(BackendStateInfo),
        Repeat.SAFE,
    )


def get_backend_config(backend_id: str) -> Operation[dict[str, Any]]:
    """Fetch the provider's own document of a machine, whose form depends on the provider."""
    return Operation(
        "getBackendConfig",
        "GET",
        path("/backends/{backend_id}/config", backend_id=backend_id),
        bodies.free,
        Repeat.SAFE,
        max_bytes=MAX_CONFIG_BYTES,
    )


def get_backend_calibration(
    backend_id: str, *, effective_at: datetime | str | None = None
) -> Operation[CalibrationResponse | None]:
    """Fetch the calibration of a machine; None where there is none.

    Args:
        backend_id: the machine.
        effective_at: moment at which it was in force; None for now.

    Raises:
        ValueError: the moment has no zone.
    """
    return Operation(
        "getBackendCalibration",
        "GET",
        path("/backends/{backend_id}/calibration", backend_id=backend_id),
        bodies.calibration,
        Repeat.SAFE,
        query(effectiveAt=_moment(effective_at)),
        accept=FOUND,
        max_bytes=MAX_CONFIG_BYTES,
    )


def get_least_busy_backend(
    provider: Provider | str, *, min_qubits: int | None = None
) -> Operation[Backend]:
    """Ask for the machine of a provider with the shortest queue; the service knows IBM's only.

    Args:
        provider: whose machines.
        min_qubits: qubits that it has at least.
    """
    return Operation(
        "getLeastBusyBackend",
        "GET",
        "/backends/least-busy",
        bodies.backend,
        Repeat.SAFE,
        query(provider=provider, minQubits=min_qubits),
    )


def _moment(value: datetime | str | None) -> str | None:
    """Write a moment in UTC, as the service reads it."""
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value} has no zone: the service would have to guess it")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")

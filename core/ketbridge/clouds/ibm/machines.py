"""Describing machines: flows over the listing, and over the documents of one machine."""

from __future__ import annotations

from dataclasses import replace

from ...errors import NotFound, ServiceError, TransportError, UnknownBackendError, nearest
from ...transport.operation import Flow
from ..base import BackendInfo
from ..ibm_shared.machines import Machine, describe
from . import operations, readings


def listing() -> Flow[list[BackendInfo]]:
    """List the machines in one request, with their queues and without their gates."""
    found = yield operations.list_backends(fields="wait_time_seconds")
    return [readings.backend_info(device) for device in found.devices]


def documents(name: str, calibration_id: str | None = None) -> Flow[Machine]:
    """Fetch configuration and properties; a simulator may have no properties.

    Raises:
        UnknownBackendError: there is no such machine; the message names the nearest.
    """
    try:
        config = yield operations.get_backend_configuration(name, calibration_id=calibration_id)
    except ServiceError as error:
        yield from blame(name, error)
        raise
    try:
        measured = yield operations.get_backend_properties(name, calibration_id=calibration_id)
    except NotFound:
        measured = None
    return Machine(config, measured)


def with_status(name: str, machine: Machine) -> Flow[BackendInfo]:
    """Describe a machine by its documents and ask whether it takes jobs."""
    now = yield operations.get_backend_status(name)
    return replace(
        describe(machine, name, "ibm"),
        status=now.status or ("active" if readings.online(now) else "internal"),
        online=readings.online(now),
        queue_length=now.length_queue,
    )


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
            f"the instance has no backend {name!r}; there is {', '.join(sorted(names))}."
            f"{nearest(name, names)}"
        ) from error

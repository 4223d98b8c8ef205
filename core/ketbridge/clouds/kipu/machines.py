"""Describing machines: flows over the listing, and over the documents of one machine."""

from __future__ import annotations

import warnings
from datetime import datetime
from typing import TypeVar

from ...address import Address
from ...errors import (
    AddressError,
    NotFound,
    ProtocolError,
    RequestRefused,
    ServiceError,
    TransportError,
    UnknownBackendError,
    nearest,
)
from ...transport.operation import Flow, Operation
from ..base import BackendInfo, Calibration
from ..wire import UnknownWordWarning
from . import describing, operations
from .describing import HubMachine
from .models import Backend, BackendStateInfo, Provider

T = TypeVar("T")


def listing(provider: Provider | str | None = None) -> Flow[list[BackendInfo]]:
    """List the machines in one request, without their providers' documents and calibrations.

    One whose id cannot be part of an address is left out with a warning.
    """
    found = yield operations.get_backends(provider=provider)
    return [describing.describe(HubMachine(one)) for one in found if _has_address(one)]


def _has_address(backend: Backend) -> bool:
    try:
        Address.parse(f"{describing.CLOUD}/{backend.id}")
    except AddressError as error:
        warnings.warn(f"a backend is left out: {error}", UnknownWordWarning, stacklevel=2)
        return False
    return True


def documents(name: str, *, whole: bool | None = None) -> Flow[HubMachine]:
    """Fetch what the Hub has on a machine.

    A simulator is described by the Hub alone, in one request; for another machine its provider's
    document, its state and its newest calibration are asked for too. One of these that is not
    there or cannot be read does not hide the machine.

    Args:
        name: the machine.
        whole: whether to fetch all documents; None as above.

    Raises:
        UnknownBackendError: there is no such machine; the message names the nearest.
    """
    try:
        backend: Backend = yield operations.get_backend(name)
    except ServiceError as error:
        yield from blame(name, error)
        raise
    if not (describing.is_documented(backend) if whole is None else whole):
        return describing.machine(backend)
    state = yield from _if_there(operations.get_backend_status(name))
    config = yield from _if_there(operations.get_backend_config(name))
    calibration = None
    if backend.has_calibration:
        calibration = yield from _if_there(operations.get_backend_calibration(name))
    return describing.machine(backend, config, calibration, state or BackendStateInfo())


def _if_there(operation: Operation[T]) -> Flow[T | None]:
    """Fetch a document; None where there is none, or with a warning where it cannot be read."""
    try:
        return (yield operation)  # type: ignore[no-any-return]
    except NotFound:
        return None
    except ProtocolError as error:
        warnings.warn(f"a document is passed over: {error}", UnknownWordWarning, stacklevel=2)
        return None


def calibration_at(name: str, moment: datetime | None) -> Flow[Calibration | None]:
    """Find the calibration that was in force at a moment, None where there was none."""
    answer = yield operations.get_backend_calibration(name, effective_at=moment)
    return None if answer is None else describing.calibration(answer)


def least_busy(provider: Provider | str, min_qubits: int | None) -> Flow[BackendInfo]:
    """Ask for the machine of a provider with the shortest queue.

    Raises:
        UnknownBackendError: no machine is large enough and takes jobs.
        RequestRefused: the service does not compare the machines of this provider.
    """
    try:
        found = yield operations.get_least_busy_backend(provider, min_qubits=min_qubits)
    except NotFound as error:
        size = f" with {min_qubits} qubits" if min_qubits else ""
        raise UnknownBackendError(f"{provider} has no machine{size} that takes jobs") from error
    except RequestRefused as error:
        error.add_note(f"the Kipu Hub compares queues for IBM only, not for {provider}")
        raise
    return describing.describe(HubMachine(found))


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
            f"the Kipu Hub has no backend {name!r}; there is {', '.join(sorted(names))}."
            f"{nearest(name, names)}"
        ) from error

"""Describing machines: flows over the listing, and over the documents of one machine."""

from __future__ import annotations

from dataclasses import replace

from ...errors import (
    NotFound,
    RequestRefused,
    ServiceError,
    TransportError,
    UnknownBackendError,
    nearest,
)
from ...transport.operation import Flow
from ..base import BackendInfo
from ..ibm_shared.machines import Machine, describe
from . import operations
from .models import Backend, BackendsResponse, BackendStatus

CLOUD = "ibm-direct"
_LOCKED = 423


def documents(name: str) -> Flow[Machine]:
    """Fetch configuration and properties; a machine may have no properties yet.

    Raises:
        UnknownBackendError: there is no such machine; the message names the nearest.
    """
    try:
        config = yield operations.get_backend_configuration(name)
    except NotFound as error:
        yield from _check_name(name, error)
        raise
    try:
        measured = yield operations.get_backend_properties(name)
    except NotFound:
        measured = None
    return Machine(config, measured)


def described(machine: Machine, status: Backend) -> BackendInfo:
    """Describe a machine by its documents and by whether it takes jobs."""
    return replace(
        describe(machine, status.name, CLOUD),
        status=str(status.status),
        online=status.status is BackendStatus.ONLINE,
    )


def blame(name: str, error: ServiceError) -> Flow[None]:
    """Say in words what a refused submission means, where the machine is why.

    A question that is not answered leaves the refusal as it is.

    Raises:
        UnknownBackendError: there is no such machine; the message names the nearest.
        RequestRefused: the machine is reserved (423), or takes no jobs.
    """
    if error.status == _LOCKED:
        raise _reworded(
            error, f"{name} is reserved for somebody else at the moment and takes no jobs of yours"
        ) from error
    if error.status == 404:
        yield from _check_name(name, error)
    if error.status not in (400, 404, 422):
        return
    try:
        now: Backend = yield operations.get_backend(name)
    except TransportError:
        return
    if now.status is not BackendStatus.ONLINE:
        why = f": {now.message}" if now.message else ""
        raise _reworded(error, f"{name} is {now.status} and takes no jobs{why}") from error


def _check_name(name: str, error: ServiceError) -> Flow[None]:
    try:
        listed: BackendsResponse = yield operations.list_backends()
    except TransportError:
        return
    names = [backend.name for backend in listed.backends]
    if name not in names:
        raise UnknownBackendError(
            f"the system has no backend {name!r}; there is {', '.join(sorted(names)) or 'none'}."
            f"{nearest(name, names)}"
        ) from error


def _reworded(error: ServiceError, words: str) -> RequestRefused:
    return RequestRefused(
        f"{words} ({error})",
        code=error.code,
        detail=error.detail,
        operation=error.operation,
        status=error.status,
        request_id=error.request_id,
    )

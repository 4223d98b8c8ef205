"""Reading what POST /v1/jobs brings, and what is refused at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ibm.fleet import Device, Fleet
from ..service import HttpError
from .choices import RESERVED, DirectChoices
from .exchange import is_local

PROGRAMS = ("sampler", "estimator")
LOG_LEVELS = ("info", "debug", "warning", "error", "critical")
MEMBERS = frozenset({"id", "program_id", "backend", "timeout_secs", "storage", "log_level"})
LONGEST = {"id": 36, "program_id": 256, "backend": 256}
PLACES = ("input", "results", "logs")


def invalid(message: str, member: str) -> HttpError:
    """Make the 422 answer that names the member at fault."""
    return HttpError(422, message, target=member)


def check_payload(payload: Mapping[str, Any], fleet: Fleet, choices: DirectChoices) -> Device:
    """Check a job, and return its machine.

    Raises:
        HttpError: a member is missing or not of its kind (422), there is no such program or
            machine (404), or the machine takes no jobs (422) or is reserved (423).
    """
    for name in payload:
        if name not in MEMBERS:
            raise invalid(f"There is no member {name[:64]!r}.", name[:64])
    for name, longest in LONGEST.items():
        value = payload.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise invalid(f'"{name}" must be a string of 1 to {longest} characters.', name)
    seconds = payload.get("timeout_secs")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 1:
        raise invalid('"timeout_secs" must be a whole number, at least 1.', "timeout_secs")
    if payload.get("log_level", "warning") not in LOG_LEVELS:
        raise invalid(f'"log_level" must be one of {", ".join(LOG_LEVELS)}.', "log_level")
    if payload["program_id"] not in PROGRAMS:
        raise HttpError(404, f"There is no program {payload['program_id'][:64]!r}.")
    _check_storage(payload.get("storage"))
    return _machine(payload["backend"], fleet, choices)


def _check_storage(storage: Any) -> None:
    if not isinstance(storage, dict):
        raise invalid('"storage" must be an object.', "storage")
    for name in PLACES:
        option = storage.get(name)
        if option is None and name == "logs":
            continue
        member = f"storage.{name}"
        if not isinstance(option, dict) or option.get("type") != "s3_compatible":
            raise invalid(f'"{member}" must be of type s3_compatible.', member)
        url = option.get("presigned_url")
        if not isinstance(url, str) or not is_local(url):
            raise invalid(
                f'"{member}.presigned_url" must be a URL; the sandbox uses those on this computer.',
                member,
            )


def _machine(name: str, fleet: Fleet, choices: DirectChoices) -> Device:
    device = fleet.devices.get(name)
    if device is None:
        raise HttpError(404, f"There is no backend {name[:64]!r}.")
    status = choices.of(name)
    if status == RESERVED:
        raise HttpError(423, f"Backend {name} is reserved.")
    if status != "online":
        raise HttpError(422, f"Backend {name} is {status} and takes no jobs.", target="backend")
    return device

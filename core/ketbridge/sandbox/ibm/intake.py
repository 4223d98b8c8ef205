"""Reading what POST /v1/jobs brings: what is refused at once, and what a job will take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..service import HttpError
from .fleet import Device, Fleet
from .programs import PROGRAMS
from .records import LONGEST_COST_S

OLD_TAGS, NEW_TAGS = (1, 5, 1, 24), (0, 8, 0, 86)
"""Least and largest number of tags, and of letters of one, by version."""
LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
LONGEST = {"session_id": 36, "calibration_id": 100, "runtime": 10_000}
OVERHEAD_S = 1.0
DEFAULT_SHOTS = 4096
BACKEND_NOT_FOUND = 1007
NEEDED = {
    "sampler": ("pubs", list),
    "estimator": ("pubs", list),
    "executor": ("quantum_program", dict),
}


def check_payload(payload: Mapping[str, Any], fleet: Fleet, new: bool) -> Device:
    """Check what every job has, and return its machine.

    Raises:
        HttpError: a member is missing or not of its kind (400), or names a program or machine
            that there is not (404, and 400 for the machine).
    """
    program = payload.get("program_id")
    if not isinstance(program, str) or not program:
        raise HttpError(400, '"program_id" is required.')
    if program not in PROGRAMS:
        raise HttpError(404, f"There is no program {program[:64]!r}.")
    if payload.get("remote_storage") is not None:
        raise HttpError(400, "The sandbox has no remote storage: send params.")
    device = fleet.devices.get(str(payload.get("backend")))
    if device is None:
        raise HttpError(
            400, f"Backend not found: {str(payload.get('backend'))[:64]}.", code=BACKEND_NOT_FOUND
        )
    _check_params(program, payload.get("params"))
    check_tags(payload.get("tags"), new)
    _check_words(payload)
    return device


def check_tags(tags: Any, new: bool) -> list[str]:
    """Check tags by the limits of a version, and return them.

    Raises:
        HttpError: they are not a list of strings, too many, or too long (400).
    """
    if tags is None:
        return []
    fewest, most, shortest, longest = NEW_TAGS if new else OLD_TAGS
    if not isinstance(tags, list) or not fewest <= len(tags) <= most:
        raise HttpError(400, f'"tags" must be a list of {fewest} to {most} strings.')
    for tag in tags:
        if not isinstance(tag, str) or not shortest <= len(tag) <= longest:
            raise HttpError(400, f"A tag must have {shortest} to {longest} characters.")
    return tags


def estimate_s(program: str, params: Mapping[str, Any], device: Device) -> float:
    """Estimate how long the machine is used, in seconds: every shot takes the same time."""
    if program in ("sampler", "estimator"):
        shots = (params.get("options") or {}).get("default_shots")
        circuits = len(params["pubs"])
    else:
        inner = params.get("quantum_program") or {}
        shots, circuits = inner.get("shots"), len(inner.get("items", ())) or 1
    count = shots if isinstance(shots, int) and shots > 0 else DEFAULT_SHOTS
    return round(OVERHEAD_S + circuits * count * device.shot_s, 3)


def _check_params(program: str, params: Any) -> None:
    if not isinstance(params, dict):
        raise HttpError(400, '"params" must be an object.')
    if program in NEEDED:
        name, kind = NEEDED[program]
        if not isinstance(params.get(name), kind):
            raise HttpError(400, f'"params.{name}" is required for the program {program}.')


def _check_words(payload: Mapping[str, Any]) -> None:
    for name, longest in LONGEST.items():
        value = payload.get(name)
        if value is not None and (not isinstance(value, str) or not 0 < len(value) <= longest):
            raise HttpError(400, f'"{name}" must be a string of 1 to {longest} characters.')
    level = payload.get("log_level")
    if level is not None and str(level).lower() not in LOG_LEVELS:
        raise HttpError(400, f'"log_level" must be one of {", ".join(LOG_LEVELS)}.')
    cost = payload.get("cost")
    if cost is not None and (isinstance(cost, bool) or not isinstance(cost, int) or cost < 0):
        raise HttpError(400, f'"cost" must be a whole number of seconds, up to {LONGEST_COST_S}.')
    if not isinstance(payload.get("private", False), bool):
        raise HttpError(400, '"private" must be true or false.')

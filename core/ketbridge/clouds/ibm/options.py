"""Which run options there are, and what can be refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ..base import BackendInfo
from ..ibm_shared import primitives
from ..ibm_shared.primitives import (
    ESTIMATOR,
    SAMPLER,
    check_log_level,
    check_primitive,
    program_of,
    whole,
)
from ..sessions import SessionLimits
from . import tags

RUN = primitives.RUN | {
    "program": "program to run: sampler, the default, estimator, or another with its params",
    "params": "whole input of another program than sampler and estimator, as JSON text",
    "private": "whether the input is never shown again and the result can be read only once",
    "max_execution_time": "longest time on the machine, in seconds, up to 10800",
    "calibration_id": "calibration of the machine to run with",
    "runtime": "software image to run in",
}
RESULT: Mapping[str, str] = {}

_LONGEST_S = 10_800


def refuse_unknown(given: Mapping[str, Any], allowed: Iterable[str], what: str) -> None:
    """Refuse an option that is not in the table.

    Raises:
        UnknownOptionError: with the nearest option.
    """
    allowed = sorted(allowed)
    for name in given:
        if name not in allowed:
            there = f"there is {', '.join(allowed)}" if allowed else "there is none"
            raise UnknownOptionError(
                f"IBM Qiskit Runtime has no {what} {name!r}; {there}.{nearest(name, allowed)}"
            )


def check_request(request: Request, info: BackendInfo | None, api_version: str) -> None:
    """Refuse a request that cannot run.

    Args:
        request: what is asked.
        info: what is known of the backend; None skips the checks that need it.
        api_version: version of the API that it goes to.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option does not exist; with the nearest.
    """
    refuse_unknown(request.options, RUN, "run option")
    tags.check(request.tags, api_version)
    _check_job(request.options)
    program = program_of(request)
    if program not in (SAMPLER, ESTIMATOR):
        _check_params(program, request.options.get("params"))
        return
    if request.options.get("params") is not None:
        raise ProgramError(f"params is for other programs: the input of {program} is its circuits")
    check_primitive(request, info)


def _check_job(options: Mapping[str, Any]) -> None:
    if not isinstance(options.get("private", False), bool):
        raise ProgramError(f"private is True or False, not {options['private']!r}")
    if options.get("max_execution_time") is not None:
        whole("max_execution_time", options["max_execution_time"], 1, _LONGEST_S)
    check_log_level(options.get("log_level"))
    for name in ("program", "calibration_id", "runtime"):
        value = options.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise ProgramError(f"{name} is a text, not {value!r}")


def _check_params(program: str, params: Any) -> None:
    if not isinstance(params, str):
        raise ProgramError(f"the program {program!r} needs its input as JSON text in params")
    try:
        found = json.loads(params)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProgramError("params is no text of a JSON object")


def longest_life(limits: SessionLimits) -> int | None:
    """Return the longest life of a session in seconds, None for the service's default.

    Raises:
        ProgramError: there are limits of another kind, or the time is not in whole seconds.
    """
    if limits.max_jobs is not None or limits.max_cost is not None:
        raise ProgramError("IBM limits sessions by time only: max_time_s")
    if limits.max_time_s is None:
        return None
    if limits.max_time_s < 1 or limits.max_time_s != int(limits.max_time_s):
        raise ProgramError(f"max_time_s is a whole number of seconds, not {limits.max_time_s!r}")
    return int(limits.max_time_s)

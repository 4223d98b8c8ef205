"""Which run options there are, and what can be refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ...programs import Format, Program
from ..base import BackendInfo
from ..sessions import SessionLimits
from . import tags
from .models import EstimatorOptions, SamplerOptions

SAMPLER, ESTIMATOR = "sampler", "estimator"

RUN = {
    "program": "program to run: sampler, the default, estimator, or another with its params",
    "primitive_options": "options of sampler or estimator by name, nested as they document them",
    "resilience_level": "how much the estimator mitigates errors, 0, 1 or 2",
    "params": "whole input of another program than sampler and estimator, as JSON text",
    "private": "whether the input is never shown again and the result can be read only once",
    "max_execution_time": "longest time on the machine, in seconds, up to 10800",
    "log_level": "critical, error, warning, info or debug",
    "calibration_id": "calibration of the machine to run with",
    "runtime": "software image to run in",
}
RESULT: Mapping[str, str] = {}

_PRIMITIVES: Mapping[str, type[BaseModel]] = {SAMPLER: SamplerOptions, ESTIMATOR: EstimatorOptions}
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
_LONGEST_S = 10_800
_MOST_SHOTS = 2**31 - 1
FORMATS = (Format.QISKIT_QPY,)


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


def program_of(request: Request) -> str:
    """Return the id of the program that a request runs."""
    return str(request.options.get("program", SAMPLER))


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
    if program not in _PRIMITIVES:
        _check_params(program, request.options.get("params"))
        return
    if request.options.get("params") is not None:
        raise ProgramError(f"params is for other programs: the input of {program} is its circuits")
    check_primitive(request, info)


def check_primitive(request: Request, info: BackendInfo | None) -> None:
    """Refuse the options, the seed or the circuits of a sampler or estimator that cannot run.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option of the primitive does not exist; with the nearest.
    """
    program = program_of(request)
    _check_options(program, request.options)
    if request.seed is not None:
        _whole("the seed", request.seed, 0, 2**63 - 1)
    _check_programs(request, program, info)


def checked(program: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of a primitive as they go on the wire.

    Raises:
        ProgramError: a value is not allowed; the message has the path to it.
        UnknownOptionError: an option does not exist; with the nearest.
    """
    kind = _PRIMITIVES[program]
    try:
        # None is kept: for some options it is a value, such as no limit.
        return kind.model_validate(options).model_dump(mode="json", exclude_unset=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        if first["type"] == "extra_forbidden":
            known = _members(kind, first["loc"][:-1])
            raise UnknownOptionError(
                f"{program} has no option {where!r}.{nearest(str(first['loc'][-1]), known)}"
            ) from None
        raise ProgramError(f"option {where!r} of {program}: {first['msg']}") from None


def _members(kind: Any, path: Iterable[Any]) -> list[str]:
    """Return the names of the options beside one that was refused."""
    for step in path:
        annotation = kind.model_fields[step].annotation
        members = getattr(annotation, "__args__", (annotation,))
        kind = next(one for one in members if hasattr(one, "model_fields"))
    return list(kind.model_fields)


def _check_job(options: Mapping[str, Any]) -> None:
    if not isinstance(options.get("private", False), bool):
        raise ProgramError(f"private is True or False, not {options['private']!r}")
    if options.get("max_execution_time") is not None:
        _whole("max_execution_time", options["max_execution_time"], 1, _LONGEST_S)
    check_log_level(options.get("log_level"))
    for name in ("program", "calibration_id", "runtime"):
        value = options.get(name)
        if value is not None and (not isinstance(value, str) or not value):
            raise ProgramError(f"{name} is a text, not {value!r}")


def check_log_level(level: Any) -> None:
    """Refuse a level of logs that there is not.

    Raises:
        ProgramError: with the nearest level.
    """
    if level is not None and level not in _LOG_LEVELS:
        raise ProgramError(
            f"log_level {level!r} is none of {', '.join(_LOG_LEVELS)}."
            f"{nearest(str(level), _LOG_LEVELS)}"
        )


def _check_params(program: str, params: Any) -> None:
    if not isinstance(params, str):
        raise ProgramError(f"the program {program!r} needs its input as JSON text in params")
    try:
        found = json.loads(params)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProgramError("params is no text of a JSON object")


def _check_options(program: str, options: Mapping[str, Any]) -> None:
    given = options.get("primitive_options") or {}
    if not isinstance(given, Mapping):
        raise ProgramError("primitive_options is a mapping of options by name")
    checked(program, given)
    level = options.get("resilience_level")
    if level is None:
        return
    if program != ESTIMATOR:
        raise ProgramError("resilience_level is for the estimator only")
    _whole("resilience_level", level, 0, 2)


def _check_programs(request: Request, program: str, info: BackendInfo | None) -> None:
    if not request.programs:
        raise ProgramError("there is no circuit to run")
    most = info.shots[1] if info else _MOST_SHOTS
    for index, one in enumerate(request.programs):
        where = f"circuit {index}{f' ({one.name})' if one.name else ''}"
        if one.format not in FORMATS:
            raise ProgramError(f"{where} is {one.format.value}; IBM reads {FORMATS[0].value}")
        if not one.body:
            raise ProgramError(f"{where} is empty")
        if info is not None and one.num_qubits > info.num_qubits:
            raise ProgramError(
                f"{where} uses {one.num_qubits} qubits; {request.backend} has {info.num_qubits}"
            )
        _check_arguments(one, program, where)
    if program == SAMPLER and any(not one.arguments for one in request.programs):
        _whole("shots", request.shots, 1, most)


def _check_arguments(one: Program, program: str, where: str) -> None:
    """Check what a PUB brings along: a JSON array, and for the estimator its observables."""
    try:
        found = json.loads(one.arguments) if one.arguments else []
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list):
        raise ProgramError(f"{where} has arguments that are no JSON array")
    if program == ESTIMATOR and not found:
        raise ProgramError(f"{where} has no observables to estimate")
    if program == SAMPLER and not one.readout.num_bits and one.readout.registers:
        raise ProgramError(f"{where} measures nothing")


def _whole(what: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ProgramError(f"{what} is a whole number from {low} to {high}, not {value!r}")


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

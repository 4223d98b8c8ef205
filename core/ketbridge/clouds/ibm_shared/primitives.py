"""The sampler and the estimator: their options, what can be refused, and their input.

They are the same programs wherever IBM's machines are reached: over IBM Qiskit Runtime, IBM Direct
Access and the Kipu Hub.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ...programs import Format, Program
from ..description import BackendInfo
from . import encoding
from .option_models import EstimatorOptions, SamplerOptions

SAMPLER, ESTIMATOR = "sampler", "estimator"

RUN = {
    "program": "program to run: sampler, the default, or estimator",
    "primitive_options": "options of sampler or estimator by name, nested as they document them",
    "resilience_level": "how much the estimator mitigates errors, 0, 1 or 2",
    "log_level": "critical, error, warning, info or debug",
}
"""Run options wherever the primitives are reached."""

FORMATS = (Format.QISKIT_QPY,)

_PRIMITIVES: Mapping[str, type[BaseModel]] = {SAMPLER: SamplerOptions, ESTIMATOR: EstimatorOptions}
_LOG_LEVELS = ("critical", "error", "warning", "info", "debug")
_MOST_SHOTS = 2**31 - 1
_SEEDS = 2**31
"""Seeds of the service are below this."""


def program_of(request: Request) -> str:
    """Return the id of the program that a request runs."""
    return str(request.options.get("program", SAMPLER))


def check_primitive(request: Request, info: BackendInfo | None) -> None:
    """Refuse the options, the seed or the circuits of a sampler or estimator that cannot run.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option of the primitive does not exist; with the nearest.
    """
    program = program_of(request)
    _check_options(program, request.options)
    if request.seed is not None:
        whole("the seed", request.seed, 0, 2**63 - 1)
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
        found = error.errors(include_url=False)
        first, where = found[0], _place(found[0]["loc"])
        if first["type"] == "extra_forbidden":
            known = _members(kind, first["loc"][:-1])
            raise UnknownOptionError(
                f"{program} has no option {where!r}.{nearest(str(first['loc'][-1]), known)}"
            ) from None
        reasons = dict.fromkeys(one["msg"] for one in found if _place(one["loc"]) == where)
        raise ProgramError(f"option {where!r} of {program}: {', or '.join(reasons)}") from None


def _place(path: Iterable[int | str]) -> str:
    """Write the path to an option without the kinds of value that were tried on it."""
    steps = (str(step) for step in path if isinstance(step, int) or step.isidentifier())
    return ".".join(steps)


def params(request: Request) -> bytes:
    """Return the JSON of the program's input."""
    program = program_of(request)
    if program not in (SAMPLER, ESTIMATOR):
        return str(request.options["params"]).encode()
    return encoding.params(
        request.programs,
        request.shots,
        _seeded(request, program),
        resilience_level=request.options.get("resilience_level"),
    )


def _seeded(request: Request, program: str) -> dict[str, Any]:
    """Return the primitive's options, the request's seed put where they have none."""
    chosen = checked(program, request.options.get("primitive_options") or {})
    if request.seed is not None:
        seed = request.seed % _SEEDS
        chosen["simulator"] = {"seed_simulator": seed} | chosen.get("simulator", {})
        if program == ESTIMATOR:
            chosen.setdefault("seed_estimator", seed)
    return chosen


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


def _members(kind: Any, path: Iterable[Any]) -> list[str]:
    """Return the names of the options beside one that was refused."""
    for step in path:
        annotation = kind.model_fields[step].annotation
        members = getattr(annotation, "__args__", (annotation,))
        kind = next(one for one in members if hasattr(one, "model_fields"))
    return list(kind.model_fields)


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
    whole("resilience_level", level, 0, 2)


def _check_programs(request: Request, program: str, info: BackendInfo | None) -> None:
    if not request.programs:
        raise ProgramError("there is no circuit to run")
    most = info.shots[1] if info else _MOST_SHOTS
    for index, one in enumerate(request.programs):
        where = f"circuit {index}{f' ({one.name})' if one.name else ''}"
        if one.format not in FORMATS:
            raise ProgramError(f"{where} is {one.format.value}; IBM reads {FORMATS[0].value}")
        if not one.body or one.num_qubits < 1:
            raise ProgramError(f"{where} is empty")
        if info is not None and one.num_qubits > info.num_qubits:
            raise ProgramError(
                f"{where} uses {one.num_qubits} qubits; {request.backend} has {info.num_qubits}"
            )
        _check_arguments(one, program, where)
    if program == SAMPLER and any(not one.arguments for one in request.programs):
        whole("shots", request.shots, 1, most)


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


def whole(what: str, value: Any, low: int, high: int) -> None:
    """Refuse what is no whole number in a range.

    Raises:
        ProgramError: with the range.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ProgramError(f"{what} is a whole number from {low} to {high}, not {value!r}")

"""Which run options the Hub has, and what can be refused before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ...programs import Format, Program, ahs_json
from ..base import BackendInfo
from ..ibm_shared import primitives
from ..sessions import SessionLimits
from ..wire import Answer, Payload
from .families import Family
from .models import (
    AwsParams,
    IbmParams,
    IqmSettings,
    KipuParams,
    NoParams,
    QuandelaParams,
    QudoraParams,
)

RUN = {
    "disable_qubit_rewiring": "AWS: whether qubits stay where the circuit has them",
    "qubit_count": "AWS: number of qubits, where it is not that of the circuit",
    "calibration_set_id": "IQM: calibration to run with",
    "qubit_mapping": "IQM: physical_name of each logical_name in the circuits, a list",
    "custom_settings": "IQM: settings of the machine by name",
    "dd_mode": "IQM: dynamical decoupling, disabled or enabled",
    "dd_strategy": "IQM: how to decouple, by name",
    "heralding_mode": "IQM: none, or zeros to keep only shots that began in zeros",
    "move_gate_frame_tracking_mode": "IQM: full, no_detuning_correction or none",
    "move_validation_mode": "IQM: strict, allow_prx or none",
    "max_circuit_duration_over_t2": "IQM: longest circuit, as a fraction of the shortest T2",
    "active_reset_cycles": "IQM: cycles of active reset before a shot",
    "backend_settings": "Qudora: settings of the machine by name",
    "mode": "Kipu simulator: sample, statevector or amplitudes",
    "max_fused_gate_size": "Kipu simulator: most qubits of gates that are joined",
    "cpu_threads": "Kipu simulator: number of threads",
    "bitstrings": "Kipu simulator: states whose amplitudes are wanted, qubit 0 leftmost",
    "pcvl_version": "Quandela: version of Perceval that wrote the job",
    "platform_name": "Quandela: name of the platform",
    "process_id": "Quandela: id of the process",
    "job_group_name": "Quandela: group that the job is listed in",
    "max_duration": "Quandela: longest duration; the contract states no unit",
    "program": "IBM: sampler, the default, estimator, or another with its params",
    "primitive_options": "IBM: options of sampler or estimator by name, nested",
    "resilience_level": "IBM: how much the estimator mitigates errors, 0, 1 or 2",
    "params": "IBM: whole input of another program than sampler and estimator, as JSON text",
    "max_execution_time": "IBM: longest time on the machine, in seconds",
    "log_level": "IBM: critical, error, warning, info or debug",
}
RESULT: Mapping[str, str] = {}
SETTINGS = {
    "organization": "id of the organisation that pays and owns the jobs",
    "username": "user name, with password instead of a token",
    "password": "password of the user; it goes to the login only",
    "client_id": "id of the application at the login, where it asks for one",
    "login_url": "where the login is, if not at its usual place",
    "service_execution": "id of a service execution whose jobs and sessions are meant",
    "settle_s": "seconds after which an unclear submission that is not listed counts as lost",
    "backend_age_s": "seconds for which a machine's description is used again",
}


class _JsonObject(Answer):
    """A JSON object that is parsed without making anything of it: circuits may be large."""


_SETTINGS: Mapping[Family, type[Payload]] = {
    Family.AWS_QASM: AwsParams,
    Family.IQM: IqmSettings,
    Family.QUDORA: QudoraParams,
    Family.KIPU: KipuParams,
    Family.QUANDELA: QuandelaParams,
    Family.IBM: IbmParams,
}
_IBM_ONLY = ("program", "primitive_options", "resilience_level", "params")
_LANGUAGES = {Format.OPENQASM2: "OpenQASM2", Format.OPENQASM3: "OpenQASM3"}
_MOST_SHOTS = 2**63 - 1


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
                f"the Kipu Hub has no {what} {name!r}; {there}.{nearest(name, allowed)}"
            )


def settings_of(family: Family, request: Request) -> Payload:
    """Return what is said of a job beside its circuits, checked.

    Raises:
        ProgramError: an option is of another family, or its value is not allowed.
    """
    kind = _SETTINGS.get(family, NoParams)
    given = {name: value for name, value in request.options.items() if value is not None}
    if family is Family.IBM:
        program = primitives.program_of(request)
        given = {name: given[name] for name in given if name not in _IBM_ONLY}
        given["program_id"] = program
    if family is Family.QUDORA:
        given.setdefault("language", _LANGUAGES[request.programs[0].format])
    other = next((name for name in given if name not in kind.model_fields), None)
    if other is not None:
        raise ProgramError(
            f"{other} is not for a job of the kind {family.value}: "
            f"{RUN.get(other, 'it is no option')}"
        )
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ProgramError(f"option {where}: {first['msg']}") from None


def check_request(request: Request, family: Family | None, info: BackendInfo | None) -> None:
    """Refuse a request that cannot run.

    Args:
        request: what is asked.
        family: what kind of job it is; None where its format is not for such a machine.
        info: what is known of the backend; None skips the checks that need it.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option does not exist; with the nearest.
    """
    refuse_unknown(request.options, RUN, "run option")
    _check_tags(request.tags)
    if family is Family.IBM and primitives.program_of(request) not in ("sampler", "estimator"):
        settings_of(family, request)
        if not isinstance(request.options.get("params"), str):
            raise ProgramError("another program of IBM needs its input as JSON text in params")
        return
    if not request.programs:
        raise ProgramError("there is no circuit to run")
    _check_formats(request, family, info)
    assert family is not None
    settings_of(family, request)
    if len(request.programs) > 1 and not family.takes_several:
        raise ProgramError(
            f"{request.backend} takes one circuit a job, not {len(request.programs)}: submit each "
            "by itself"
        )
    for index, program in enumerate(request.programs):
        _check_program(f"circuit {index}{f' ({program.name})' if program.name else ''}", program)
        _check_size(index, program, request, info)
    _check_readouts(request, family)
    if family is Family.KIPU:
        _check_states(request)
    if family is Family.IBM:
        _check_ibm(request)
    if request.seed is not None:
        whole("the seed", request.seed, 0, _MOST_SHOTS)
    low, high = info.shots if info else (1, _MOST_SHOTS)
    if family is not Family.IBM or any(not program.arguments for program in request.programs):
        whole("shots", request.shots, low, high)


def _check_tags(tags: Iterable[str]) -> None:
    for tag in tags:
        if not isinstance(tag, str) or not tag:
            raise ProgramError(f"tag {tag!r} is no text")


def _check_formats(request: Request, family: Family | None, info: BackendInfo | None) -> None:
    formats = {program.format for program in request.programs}
    if len(formats) > 1:
        raise ProgramError("the circuits of one job are written in different formats")
    (form,) = formats
    if family is None or (info is not None and form not in info.formats):
        reads = ", ".join(one.value for one in info.formats) if info else ""
        raise ProgramError(
            f"{request.backend} does not read {form.value}"
            + (f"; it reads {reads}" if reads else "")
        )


def _check_program(where: str, program: Program) -> None:
    if program.num_qubits < 1 or not program.body:
        raise ProgramError(f"{where} is empty")
    if program.format not in (Format.BRAKET_AHS, Format.PERCEVAL, Format.IQM, Format.IONQ_QIS):
        return
    try:
        _JsonObject.model_validate_json(program.body)
    except ValidationError:
        raise ProgramError(f"{where} is no JSON object") from None
    if program.format is Format.BRAKET_AHS:
        ahs_json.check(json.loads(program.body))


def _check_size(index: int, program: Program, request: Request, info: BackendInfo | None) -> None:
    if info is not None and info.num_qubits and program.num_qubits > info.num_qubits:
        raise ProgramError(
            f"circuit {index} uses {program.num_qubits} qubits; "
            f"{request.backend} has {info.num_qubits}"
        )


def _check_readouts(request: Request, family: Family) -> None:
    """Refuse circuits that measure nothing where shots are asked for."""
    if not family.samples or family is Family.IBM or not samples(request):
        return
    for index, program in enumerate(request.programs):
        if all(source is None for source in program.readout.sources):
            raise ProgramError(f"circuit {index} measures nothing: add a measurement")


def _check_states(request: Request) -> None:
    """Refuse bit strings that are no states of the circuit."""
    size = request.programs[0].num_qubits
    for index, state in enumerate(request.options.get("bitstrings") or ()):
        if len(state) != size:
            raise ProgramError(
                f"bitstrings[{index}] has {len(state)} bits; the circuit has {size} qubits"
            )


def samples(request: Request) -> bool:
    """Whether a request asks for shots, and not for a state vector or amplitudes."""
    return request.options.get("mode") in (None, "sample")


def _check_ibm(request: Request) -> None:
    program = primitives.program_of(request)
    given = request.options.get("primitive_options") or {}
    if not isinstance(given, Mapping):
        raise ProgramError("primitive_options is a mapping of options by name")
    primitives.checked(program, given)
    level = request.options.get("resilience_level")
    if level is not None:
        if program != primitives.ESTIMATOR:
            raise ProgramError("resilience_level is for the estimator only")
        whole("resilience_level", level, 0, 2)


def whole(what: str, value: Any, low: int, high: int) -> None:
    """Refuse what is no whole number in a range.

    Raises:
        ProgramError: with the range.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ProgramError(f"{what} is a whole number from {low} to {high}, not {value!r}")


def longest_life(limits: SessionLimits) -> int | None:
    """Return the longest life of a session in seconds, None for the service's default.

    Raises:
        ProgramError: there are limits of another kind, or the time is not in whole seconds.
    """
    if limits.max_jobs is not None or limits.max_cost is not None:
        raise ProgramError("the Kipu Hub limits sessions by time only: max_time_s")
    if limits.max_time_s is None:
        return None
    if limits.max_time_s < 1 or limits.max_time_s != int(limits.max_time_s):
        raise ProgramError(f"max_time_s is a whole number of seconds, not {limits.max_time_s!r}")
    return int(limits.max_time_s)

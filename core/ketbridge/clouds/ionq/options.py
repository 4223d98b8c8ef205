"""Which run options IonQ has, and what can be refused before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ...programs import Format
from ..base import BackendInfo
from ..sessions import SessionLimits
from . import metadata
from .models import CostLimitRequest, SessionSettingsRequest

RUN = {
    "noise_model": "noise that the simulator imitates: ideal, harmony, aria-1, forte-1, ...",
    "noise_seed": "seed of that noise, -2147483648 to 2147483647; by default made of the seed",
    "debiasing": "whether to use debiasing on a machine; needs at least 500 shots",
    "dry_run": "whether to check and price the job without running it",
    "compilation_opt": "how much the service optimizes the circuit, a number",
    "compilation_precision": "precision of the service's compilation, a text",
}
RESULT = {
    "sharpen": "whether the variants of a debiased job are joined by majority instead of mean"
}

NOISE_MODELS = (
    "ideal", "harmony", "harmony-1", "harmony-2", "aria-1", "aria-2", "forte-1",
    "forte-enterprise-1",
)  # fmt: skip
SIMULATOR = "simulator"
SHOTS = (1, 1_000_000)
DEBIASING_SHOTS = 500
FORMATS = (Format.IONQ_QIS, Format.IONQ_NATIVE, Format.IONQ_QASM3)


def refuse_unknown(given: Mapping[str, Any], allowed: Iterable[str], what: str) -> None:
    """Refuse an option that is not in the table.

    Raises:
        UnknownOptionError: with the nearest option.
    """
    allowed = sorted(allowed)
    for name in given:
        if name not in allowed:
            raise UnknownOptionError(
                f"IonQ has no {what} {name!r}; there is {', '.join(allowed)}."
                f"{nearest(name, allowed)}"
            )


def check_request(request: Request, info: BackendInfo | None) -> None:
    """Refuse a request that cannot run.

    Args:
        request: what is asked.
        info: what is known of the backend; None skips the checks that need it.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option is not in the table.
    """
    refuse_unknown(request.options, RUN, "run option")
    metadata.check(request.metadata)
    _whole("shots", request.shots, *SHOTS)
    if request.seed is not None and (
        isinstance(request.seed, bool) or not isinstance(request.seed, int)
    ):
        raise ProgramError(f"the seed is a whole number, not {request.seed!r}")
    _check_programs(request, info)
    _check_noise(request)
    _check_settings(request)


def _check_programs(request: Request, info: BackendInfo | None) -> None:
    programs = request.programs
    if not programs:
        raise ProgramError("there is no circuit to run")
    for index, program in enumerate(programs):
        where = f"circuit {index}{f' ({program.name})' if program.name else ''}"
        if program.format not in FORMATS:
            raise ProgramError(f"{where} is {program.format.value}, which IonQ does not read")
        if program.num_qubits < 1 or not program.body:
            raise ProgramError(f"{where} is empty")
        if program.readout.num_bits == 0 or (
            program.format is not Format.IONQ_QASM3
            and all(source is None for source in program.readout.sources)
        ):
            raise ProgramError(f"{where} measures nothing: add a measurement")
        if info is not None and program.num_qubits > info.num_qubits:
            raise ProgramError(
                f"{where} uses {program.num_qubits} qubits; {request.backend} has {info.num_qubits}"
            )
    if len(programs) > 1 and any(program.format is Format.IONQ_QASM3 for program in programs):
        raise ProgramError(
            "IonQ takes circuits with mid-circuit measurement, reset or conditions only one at a "
            "time: submit each by itself"
        )


def _check_noise(request: Request) -> None:
    model = request.options.get("noise_model")
    seed = request.options.get("noise_seed")
    if model is None:
        if seed is not None:
            raise ProgramError("noise_seed has no meaning without noise_model")
        return
    if request.backend != SIMULATOR:
        raise ProgramError(f"noise_model is for {SIMULATOR} only, not for {request.backend}")
    if model not in NOISE_MODELS:
        raise ProgramError(
            f"noise_model {model!r} is none of {', '.join(NOISE_MODELS)}."
            f"{nearest(str(model), NOISE_MODELS)}"
        )
    if seed is not None:
        _whole("noise_seed", seed, -(2**31), 2**31 - 1)


def _check_settings(request: Request) -> None:
    options = request.options
    for name in ("debiasing", "dry_run"):
        if options.get(name) is not None and not isinstance(options[name], bool):
            raise ProgramError(f"{name} is True or False, not {options[name]!r}")
    if options.get("debiasing") and request.shots < DEBIASING_SHOTS:
        raise ProgramError(f"debiasing needs at least {DEBIASING_SHOTS} shots, not {request.shots}")
    opt = options.get("compilation_opt")
    if opt is not None and (
        isinstance(opt, bool) or not isinstance(opt, int | float) or not abs(opt) < float("inf")
    ):
        raise ProgramError(f"compilation_opt is a finite number, not {opt!r}")
    precision = options.get("compilation_precision")
    if precision is not None and not isinstance(precision, str):
        raise ProgramError(f"compilation_precision is a text, not {precision!r}")


def _whole(what: str, value: Any, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ProgramError(f"{what} is a whole number from {low} to {high}, not {value!r}")


def session_settings(limits: SessionLimits) -> SessionSettingsRequest | None:
    """Say limits of a session in the service's words; None for none.

    Raises:
        ProgramError: a limit is not above 0, or the time is not in whole minutes.
    """
    if limits == SessionLimits():
        return None
    for name in ("max_jobs", "max_time_s", "max_cost"):
        value = getattr(limits, name)
        if value is not None and not value > 0:
            raise ProgramError(f"{name} of a session is above 0, not {value}")
    minutes = None if limits.max_time_s is None else limits.max_time_s / 60
    if minutes is not None and minutes != int(minutes):
        raise ProgramError(
            f"IonQ limits sessions in whole minutes, and {limits.max_time_s:g} s are not"
        )
    cost = limits.max_cost
    return SessionSettingsRequest(
        job_count_limit=limits.max_jobs,
        duration_limit_min=None if minutes is None else int(minutes),
        cost_limit=None if cost is None else CostLimitRequest(unit=limits.cost_unit, value=cost),
    )

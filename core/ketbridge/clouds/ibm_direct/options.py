"""Which options and settings there are, and what can be refused before anything is sent."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ...errors import ProgramError, UnknownOptionError, nearest
from ...jobs.submission import Request
from ..account_fields import AccountField
from ..base import BackendInfo
from ..ibm_shared import decoding, primitives
from ..ibm_shared.primitives import ESTIMATOR, SAMPLER, program_of

RUN = primitives.RUN | {
    "max_execution_time": "longest time on the machine, in whole seconds; without it an estimate",
}
RESULT: Mapping[str, str] = {}
SETTINGS = {
    "instance": "CRN of the instance, sent as Service-CRN",
    "api_version": "version of the API, YYYY-MM-DD",
    "iam_url": "where tokens come from, instead of IBM Cloud IAM",
    "machine_age_s": "how long a machine's configuration and properties are used again",
    "endpoint": "URL of the S3-compatible store; AWS without it",
    "bucket": "bucket for inputs, results and logs",
    "prefix": "what the name of every object begins with",
    "region": "region of the bucket",
    "access_key": "id of the key of the store",
    "secret_key": "key of the store",
    "addressing": "whether the bucket is in the path or the host: path, virtual or auto",
    "queue_s": "how long a job may wait before its presigned URLs run out, besides its own time",
    "settle_s": "seconds after which the service knows a job for sure",
    "slot_wait_s": "how long a submission waits for a free place among the machine's jobs",
    "delete_finished": "whether finished jobs of ours are deleted to make room for new ones",
    "keep": "whether nothing is ever deleted from the bucket",
}

FIELDS = (
    AccountField("url", "URL of the system"),
    AccountField("bucket", "name of a bucket for inputs, results and logs"),
    AccountField("endpoint", "URL of the S3-compatible store; empty for AWS", needed=False),
    AccountField(
        "access_key", "id of the store's key; empty for what boto3 finds", True, needed=False
    ),
    AccountField("secret_key", "the store's key; empty for what boto3 finds", True, needed=False),
)
"""What an account needs besides the API key."""

LEAST_S = 300
"""Shortest time on the machine that an estimate gives, in seconds."""
_SHOT_S = 0.001
_DEFAULT_SHOTS = 4096
_DEFAULT_PRECISION = 0.015625
_MITIGATION = {0: 1, 1: 2, 2: 20}
_LONGEST_TIMEOUT_S = 6 * 24 * 3600


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
                f"IBM Direct Access has no {what} {name!r}; {there}.{nearest(name, allowed)}"
            )


def check_request(request: Request, info: BackendInfo | None) -> None:
    """Refuse a request that cannot run.

    Args:
        request: what is asked.
        info: what is known of the backend; None skips the checks that need it.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
        UnknownOptionError: an option does not exist; with the nearest.
    """
    refuse_unknown(request.options, RUN, "run option")
    if request.session is not None:
        raise ProgramError("IBM Direct Access has no sessions")
    program = program_of(request)
    if program not in (SAMPLER, ESTIMATOR):
        raise ProgramError(f"IBM Direct Access runs {SAMPLER} and {ESTIMATOR}, not {program!r}")
    given = request.options.get("max_execution_time")
    whole = isinstance(given, int) and not isinstance(given, bool)
    if given is not None and not (whole and 1 <= given <= _LONGEST_TIMEOUT_S):
        raise ProgramError(
            f"max_execution_time is a whole number of seconds from 1 to {_LONGEST_TIMEOUT_S}, as "
            f"long as presigned URLs can live, not {given!r}"
        )
    primitives.check_log_level(request.options.get("log_level"))
    primitives.check_primitive(request, info)


def timeout_s(request: Request) -> int:
    """Return the longest time on the machine: as given, else an estimate with room to spare.

    The estimate takes a millisecond a shot, which is four times the usual delay between shots, for
    as many shots as were asked for, and at least `LEAST_S`. The service counts time on the machine
    only, so that an estimate that is too long costs nothing.
    """
    given = request.options.get("max_execution_time")
    if given is not None:
        return int(given)
    shots = sum(_shots(program.arguments, request) for program in request.programs)
    return min(_LONGEST_TIMEOUT_S, max(LEAST_S, math.ceil(shots * _SHOT_S)))


def _shots(arguments: str, request: Request) -> int:
    """Estimate the shots of one PUB."""
    pub = decoding.loads(arguments) if arguments else []
    chosen = request.options.get("primitive_options") or {}
    if program_of(request) == SAMPLER:
        named = pub[1] if len(pub) > 1 else request.shots
        shots = int(named or chosen.get("default_shots") or _DEFAULT_SHOTS)
        return shots * _sets(pub[0] if pub else None)
    precision = (pub[2] if len(pub) > 2 else None) or chosen.get("default_precision")
    shots = math.ceil(float(precision or _DEFAULT_PRECISION) ** -2)
    level = int(request.options.get("resilience_level", 1))
    return shots * _terms(pub[0]) * _sets(pub[1] if len(pub) > 1 else None) * _MITIGATION[level]


def _terms(observables: Any) -> int:
    """Count the Pauli terms of observables, which are maps or nested lists of them."""
    if isinstance(observables, list):
        return sum(map(_terms, observables))
    return max(1, len(observables)) if isinstance(observables, dict) else 1


def _sets(values: Any) -> int:
    """Count the sets of parameter values: an array of shape ``(..., parameters)``."""
    shape = getattr(values, "shape", ())
    return max(1, int(math.prod(shape[:-1])))

"""Keyword arguments of ``run`` and ``run_batch``: ours, Braket's, and each cloud's own."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from logging import Logger, getLogger
from typing import Any

from ketbridge.errors import ProgramError, UnknownOptionError, nearest

DEFAULT_SHOTS = 1000
DEFAULT_TIMEOUT_S = 432_000.0

_OURS = {
    "poll_timeout_seconds": "how long result() waits, in seconds",
    "tags": "labels of the task, strings by name",
    "quiet": "whether to log less",
    "logger": "where to log",
    "seed": "seed of the simulation and of sampling",
    "name": "name of the job",
    "disable_qubit_rewiring": "whether each qubit stays on the machine's qubit of its number",
}
_WITHOUT_EFFECT = (
    "s3_destination_folder",
    "poll_interval_seconds",
    "max_connections",
    "experimental_capabilities",
)
"""Options of Braket that change nothing here: there is no bucket, polling adapts to the job, and
experimental capabilities that a circuit has are written or refused without being enabled again."""
_NOT_HERE = ("reservation_arn",)


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a task is run.

    Attributes:
        poll_timeout_s: how long ``result()`` waits, in seconds.
        tags: labels of the task.
        quiet: whether to log less.
        logger: where to log.
        seed: seed of the simulation and of sampling.
        name: name of the job.
        disable_qubit_rewiring: whether each qubit stays on the machine's qubit of its number;
            without effect where all qubits are connected alike.
        cloud: options of the cloud.
    """

    poll_timeout_s: float = DEFAULT_TIMEOUT_S
    tags: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    logger: Logger = field(default_factory=lambda: getLogger("braket_ketbridge"))
    seed: int | None = None
    name: str = ""
    disable_qubit_rewiring: bool = False
    cloud: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, Any], of_cloud: Mapping[str, str]) -> RunOptions:
        """Sort keyword arguments.

        Args:
            given: what the user wrote; None is the same as nothing.
            of_cloud: options that the cloud has.

        Raises:
            UnknownOptionError: there is no such option; it names the nearest.
            ProgramError: pulses were given, which no machine here takes.
        """
        known = (*_OURS, *_WITHOUT_EFFECT, *_NOT_HERE, "device_parameters", "gate_definitions")
        for name in given:
            if name not in known and name not in of_cloud:
                raise UnknownOptionError(
                    f"there is no run option {name!r}.{nearest(name, [*known, *of_cloud])}"
                )
        set_here = {name: value for name, value in given.items() if value is not None}
        _warn(set_here)
        if set_here.get("gate_definitions"):
            raise ProgramError("gate_definitions are pulses, which this machine does not take")
        theirs = [name for name in of_cloud if name not in _OURS]
        cloud = {name: set_here[name] for name in theirs if name in set_here}
        cloud |= _from_device_parameters(set_here.get("device_parameters"), of_cloud)
        ours = {name: set_here[name] for name in _OURS if name in set_here}
        timeout_s = ours.pop("poll_timeout_seconds", DEFAULT_TIMEOUT_S)
        return cls(poll_timeout_s=timeout_s, cloud=cloud, **ours)


def _warn(given: Mapping[str, Any]) -> None:
    for name in _NOT_HERE:
        if given.get(name):
            warnings.warn(
                f"{name} belongs to Amazon's own service and has no effect here", stacklevel=5
            )


def _from_device_parameters(given: Any, of_cloud: Mapping[str, str]) -> dict[str, Any]:
    """Read Braket's ``{"errorMitigation": Debias()}``; nothing else is known here.

    Raises:
        UnknownOptionError: it holds something else.
    """
    parameters = dict(given or {})
    scheme = parameters.pop("errorMitigation", None)
    if parameters:
        raise UnknownOptionError(f"device_parameters {', '.join(parameters)} are not known here")
    if scheme is None:
        return {}
    from braket.error_mitigation import Debias

    if not isinstance(scheme, Debias) or "debiasing" not in of_cloud:
        raise UnknownOptionError(f"this machine has no error mitigation {scheme!r}")
    return {"debiasing": True}


def positional(
    given: tuple[Any, ...], names: tuple[str, ...], named: Mapping[str, Any]
) -> dict[str, Any]:
    """Put positional arguments under their names.

    An S3 folder, a pair of strings, comes first in code written for ``AwsDevice`` and is left
    out; so is a None in its place.

    Args:
        given: the positional arguments after the circuits.
        names: their names in order, without the folder.
        named: what was given by name; None is the same as nothing.

    Returns:
        A value, or None, for each name of ``names``.

    Raises:
        TypeError: there are too many, or one is given twice.
    """
    folder = bool(given) and isinstance(given[0], tuple | list) and len(given[0]) == 2
    folder = folder and all(isinstance(part, str) for part in given[0])
    if folder or (len(given) > 1 and given[0] is None and isinstance(given[1], int)):
        given = given[1:]
    if len(given) > len(names):
        raise TypeError(f"at most {len(names)} positional arguments follow the circuits")
    placed: dict[str, Any] = dict(zip(names, given, strict=False))
    for name, value in named.items():
        if value is not None and placed.get(name) is not None:
            raise TypeError(f"{name} is given twice")
        placed[name] = placed.get(name) if value is None else value
    return placed


def check_shots(shots: Any) -> int:
    """Return the number of shots, 1000 where none is given.

    Raises:
        ProgramError: it is 0, which asks for exact values, or no positive whole number.
    """
    if shots is None:
        return DEFAULT_SHOTS
    if shots == 0 and not isinstance(shots, bool):
        raise ProgramError(
            "shots=0 asks for exact results, which this machine does not give: ask for shots, "
            "at least 1"
        )
    if isinstance(shots, bool) or not isinstance(shots, int) or shots < 0:
        raise ProgramError(f"shots is a whole number, at least 1, not {shots!r}")
    return shots

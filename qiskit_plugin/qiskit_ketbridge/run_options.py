"""What can be given to ``backend.run``: our names, those of the cloud, and those of qiskit-ionq."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ketbridge.errors import ProgramError, UnknownOptionError, nearest

ALIASES = {
    "seed_simulator": "seed",
    "sampler_seed": "seed",
    "extra_metadata": "metadata",
    "session_id": "session",
}
"""Names that other Qiskit backends use for the same thing."""

_JOB_SETTINGS = {
    ("error_mitigation", "debiasing"): "debiasing",
    ("compilation", "opt"): "compilation_opt",
    ("compilation", "precision"): "compilation_precision",
}
"""Where qiskit-ionq's ``job_settings`` has what are options of their own here."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Options of one run.

    Attributes:
        shots: shots of each circuit.
        memory: whether the result has the outcome of each shot.
        seed: seed of simulating and of drawing shots from probabilities.
        name: name of the job.
        tags: labels of the job.
        metadata: strings to be stored with the job.
        session: id of the session that the job belongs to.
        max_cost: nothing is sent if the service's estimate is above it, in its own unit.
        cloud: options that only this cloud has.
    """

    shots: int = 1024
    memory: bool = False
    seed: int | None = None
    name: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    max_cost: float | None = None
    cloud: Mapping[str, Any] = field(default_factory=dict)


_OWN = ("shots", "memory", "seed", "name", "tags", "metadata", "session", "max_cost")


def gather(
    defaults: Mapping[str, Any], given: Mapping[str, Any], cloud_options: Mapping[str, str]
) -> RunOptions:
    """Put options together: what is given comes before the backend's defaults.

    Args:
        defaults: the options set on the backend.
        given: what ``run`` was called with; None stands for the default.
        cloud_options: names of the options that the cloud has.

    Raises:
        UnknownOptionError: an option does not exist; the message names the nearest.
        ProgramError: one has a value that it cannot have, or is given twice.
    """
    wanted = {key: value for key, value in defaults.items() if value is not None}
    wanted |= _own_names(given, cloud_options)
    own = {name: wanted.pop(name) for name in _OWN if name in wanted}
    for name in ("shots", "seed"):
        if name in own:
            own[name] = _whole(name, own[name])
    if not isinstance(own.get("memory", False), bool):
        raise ProgramError(f"memory is True or False, not {own['memory']!r}")
    own["tags"] = tuple(own.get("tags", ()))
    return RunOptions(**own, cloud=wanted)


def _own_names(given: Mapping[str, Any], cloud_options: Mapping[str, str]) -> dict[str, Any]:
    known = {*_OWN, *cloud_options}
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name in ("job_settings", "error_mitigation"):
            pairs = _settings(name, value)
        else:
            pairs = {ALIASES.get(name, name): value}
        for own, setting in pairs.items():
            if own not in known:
                names = sorted(known | set(ALIASES))
                raise UnknownOptionError(
                    f"run() has no option {name!r}.{nearest(name, names)} "
                    f"The options are {', '.join(sorted(known))}"
                )
            if setting is None:
                continue
            if own in found:
                raise ProgramError(f"the option {own!r} is given twice, once as {name!r}")
            found[own] = setting
    return found


def _settings(name: str, value: Any) -> dict[str, Any]:
    """Read ``job_settings`` and ``error_mitigation`` as qiskit-ionq takes them."""
    value = getattr(value, "value", value)  # error_mitigation may be an enumeration
    settings = {"error_mitigation": value} if name == "error_mitigation" else value
    found: dict[str, Any] = {}
    for group, members in (settings or {}).items():
        for member, setting in (members or {}).items():
            if (group, member) not in _JOB_SETTINGS:
                raise ProgramError(f"{name} has a setting {group}.{member} that is not known")
            found[_JOB_SETTINGS[group, member]] = setting
    return found


def _whole(name: str, value: Any) -> int:
    """Take any whole number, numpy's too, but no bool, which is a slip."""
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise ProgramError(f"{name} is a whole number, not {value!r}")

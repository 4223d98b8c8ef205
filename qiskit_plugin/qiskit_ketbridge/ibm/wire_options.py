"""From options to what is sent: the program's own, and what the job as a whole is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from qiskit.transpiler import CouplingMap

from ketbridge.errors import ProgramError

from .options import ProgramOptions
from .optionset import Unset

POINTS = {"linear": 2, "exponential": 2, "double_exponential": 4, "fallback": 2} | {
    f"polynomial_degree_{degree}": degree + 1 for degree in range(1, 8)
}
"""How many noise factors each extrapolator needs."""


@dataclass(frozen=True, slots=True)
class Split:
    """Options, divided.

    Attributes:
        program: options that go into the program's input, as JSON data.
        job: run options of the cloud.
        tags: labels of the job.
        seed: seed of simulations.
    """

    program: dict[str, Any]
    job: dict[str, Any]
    tags: tuple[str, ...]
    seed: int | None


def split(options: ProgramOptions) -> Split:
    """Divide options and write them as JSON data.

    Raises:
        ProgramError: options contradict each other, or a value has no form in JSON.
    """
    chosen = options.chosen()
    environment = chosen.pop("environment", {})
    seed = chosen.pop("seed", None)
    job: dict[str, Any] = {
        "max_execution_time": chosen.pop("max_execution_time", None),
        "resilience_level": chosen.pop("resilience_level", None),
        "private": environment.get("private") or None,
    }
    if "log_level" in environment:
        job["log_level"] = str(environment["log_level"]).lower()
    experimental = dict(chosen.get("experimental") or {})
    job["runtime"] = experimental.pop("image", None)
    if "experimental" in chosen:
        chosen["experimental"] = experimental or Unset
    _check_resilience(chosen.get("resilience", {}))
    return Split(
        {name: plain(value, name) for name, value in chosen.items() if value is not Unset},
        {name: value for name, value in job.items() if value is not None},
        tuple(environment.get("job_tags") or ()),
        seed,
    )


def plain(value: Any, where: str) -> Any:
    """Return JSON data for a value of an option; models of noise as the service reads them.

    Raises:
        ProgramError: it has none; the message has the path to it.
    """
    if where.endswith("layer_noise_model") and value is not None:
        from .noise_wire import model_data

        return model_data(value)
    value = _simplified(value)
    if value is None or isinstance(value, bool | str | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): plain(one, f"{where}.{name}") for name, one in value.items()}
    if where == "simulator.noise_model" and hasattr(value, "to_dict"):
        data = plain(value.to_dict(serializable=True), f"{where}()")
        return {"__type__": "NoiseModel", "__value__": data}
    if isinstance(value, list | tuple | set | range | np.ndarray):
        return [plain(one, where) for one in value]
    raise ProgramError(f"option {where!r} cannot be a {type(value).__name__}")


def _simplified(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, CouplingMap):
        return [list(pair) for pair in value.get_edges()]
    return value


def _check_resilience(resilience: Mapping[str, Any]) -> None:
    if resilience.get("zne_mitigation") is True and resilience.get("pec_mitigation") is True:
        raise ProgramError("zne_mitigation and pec_mitigation exclude each other")
    zne = resilience.get("zne", {})
    factors = zne.get("noise_factors", (1, 3, 5))
    if any(factor < 1 for factor in factors):
        raise ProgramError(f"noise_factors are at least 1 each, not {list(factors)}")
    wanted = zne.get("extrapolator", ())
    for name in [wanted] if isinstance(wanted, str) else wanted:
        if len(factors) < POINTS.get(name, 0):
            raise ProgramError(
                f"extrapolator {name!r} needs {POINTS[name]} noise_factors, not {len(factors)}"
            )

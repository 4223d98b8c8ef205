"""The primitives' options: known names, values of the documented kind. Others fail the job.

A simulator does what it can with them: shots, precision, seeds and the kind of measurement count;
dynamical decoupling, twirling and error mitigation are taken and have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....errors import nearest
from .decode import invalid

_DECOUPLING = {
    "enable": bool,
    "sequence_type": ("XX", "XpXm", "XY4"),
    "extra_slack_distribution": ("middle", "edges"),
    "scheduling_method": ("alap", "asap"),
    "skip_reset_qubits": bool,
}
_COUNT = (int, "auto")
_TWIRLING = {
    "enable_gates": bool,
    "enable_measure": bool,
    "num_randomizations": _COUNT,
    "shots_per_randomization": _COUNT,
    "strategy": ("active", "active-circuit", "active-accum", "all"),
}
_SIMULATOR = {
    "noise_model": dict,
    "seed_simulator": int,
    "coupling_map": list,
    "basis_gates": list,
}
_EXECUTION = {"init_qubits": bool, "rep_delay": float}
_RESILIENCE = {
    "measure_mitigation": bool,
    "measure_noise_learning": {"num_randomizations": int, "shots_per_randomization": _COUNT},
    "zne_mitigation": bool,
    "zne": {
        "noise_factors": object,
        "extrapolator": object,
        "amplifier": ("gate_folding", "gate_folding_front", "gate_folding_back", "pea"),
        "extrapolated_noise_factors": object,
    },
    "pec_mitigation": bool,
    "pec": {"max_overhead": float, "noise_gain": (float, "auto")},
    "layer_noise_learning": {
        "max_layers_to_learn": int,
        "shots_per_randomization": int,
        "num_randomizations": int,
        "layer_pair_depths": object,
    },
    "layer_noise_model": object,
}
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "sampler": {
        "default_shots": int,
        "dynamical_decoupling": _DECOUPLING,
        "execution": {**_EXECUTION, "meas_type": ("classified", "kerneled", "avg_kerneled")},
        "twirling": _TWIRLING,
        "simulator": _SIMULATOR,
        "experimental": object,
    },
    "estimator": {
        "default_shots": int,
        "default_precision": float,
        "seed_estimator": int,
        "dynamical_decoupling": _DECOUPLING,
        "resilience": _RESILIENCE,
        "execution": _EXECUTION,
        "twirling": _TWIRLING,
        "simulator": _SIMULATOR,
        "experimental": object,
    },
    "noise-learner": {
        "simulator": _SIMULATOR,
        "max_layers_to_learn": int,
        "shots_per_randomization": int,
        "num_randomizations": int,
        "layer_pair_depths": list,
        "twirling_strategy": _TWIRLING["strategy"],
        "experimental": object,
        "support_qiskit": bool,
    },
}
"""Names and kinds; a tuple lists the allowed words, and the types besides them."""


def check(program: str, options: Any) -> Mapping[str, Any]:
    """Check options and return them, without those that are null.

    Raises:
        WorkError: a name is not known or a value is of another kind.
    """
    if options is None:
        return {}
    return _checked(options, KNOWN[program], "options")


def seed_of(options: Mapping[str, Any], index: int) -> int | None:
    """Return the seed for a PUB; None for chance."""
    seed = options.get("seed_estimator", options.get("simulator", {}).get("seed_simulator"))
    return None if seed is None else (int(seed) + index) % (1 << 31)


def _checked(value: Any, known: Mapping[str, Any], path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise invalid(f"{path} must be an object.")
    found: dict[str, Any] = {}
    for name, entry in value.items():
        if name not in known:
            raise invalid(f"{path} has no {name!r}.{nearest(name, known)}")
        if entry is None:
            continue
        kind, place = known[name], f"{path}.{name}"
        if isinstance(kind, Mapping):
            found[name] = _checked(entry, kind, place)
        elif _is(entry, kind):
            found[name] = entry
        else:
            raise invalid(f"{place} cannot be {str(entry)[:80]!r}.")
    return found


def _is(value: Any, kind: Any) -> bool:
    if isinstance(kind, tuple):
        return any(value == one if isinstance(one, str) else _is(value, one) for one in kind)
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, kind)

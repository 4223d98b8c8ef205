"""What can be refused before anything is sent: experiments, their iterations, the machine."""

from __future__ import annotations

import cmath
from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ProgramError
from .machine import Abilities


def whole(what: str, value: Any, low: int, high: int) -> None:
    """Refuse what is no whole number in a range.

    Raises:
        ProgramError: with the range.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ProgramError(f"{what} is a whole number from {low} to {high}, not {value!r}")


def check_experiment(
    experiment: Any,
    iterations: Sequence[Mapping[str, Any]],
    machine: Abilities,
    *,
    noise_is_ignored: bool = False,
) -> None:
    """Refuse an experiment that cannot run.

    Args:
        experiment: Perceval's.
        iterations: what changes from one iteration to the next.
        machine: what the machine can do.
        noise_is_ignored: whether a noise model may go to a machine that ignores it.

    Raises:
        ProgramError: with what was wrong, where, and what is allowed.
    """
    if not experiment.circuit_size:
        raise ProgramError("the experiment has no circuit")
    _check_numbers(experiment, iterations)
    _check_modes(experiment, machine)
    _check_inputs(experiment, iterations, machine)
    _check_filters(experiment, iterations)
    if not noise_is_ignored:
        _check_noise(experiment, iterations, machine)


# Parameters --------------------------------------------------------------------------------------


def _check_numbers(experiment: Any, iterations: Sequence[Mapping[str, Any]]) -> None:
    """Refuse parameters without a value in some iteration, and values that are no numbers."""
    free = {name for name, one in experiment.get_circuit_parameters().items() if not one.defined}
    for index, step in enumerate(iterations or ({},)):
        values = step.get("circuit_params") or {}
        missing = sorted(free - {name for name, value in values.items() if value is not None})
        where = f"iteration {index}: " if iterations else ""
        if missing:
            raise ProgramError(
                f"{where}{', '.join(missing)} has no value: set it with set_value(), or give it in "
                "circuit_params of each iteration"
            )
        wrong = next((name for name, value in values.items() if not _is_number(value)), None)
        if wrong is not None:
            raise ProgramError(f"{where}{wrong} is no finite real number: {values[wrong]!r}")
    for index, (modes, component) in enumerate(experiment.flatten()):
        for parameter in _parameters(component):
            if parameter.defined and not _is_number(float(parameter)):
                raise ProgramError(
                    f"component {index} ({component.name} on modes {_modes(modes)}) has "
                    f"{parameter.name} = {float(parameter)}: it must be a finite number"
                )


def _parameters(component: Any) -> Sequence[Any]:
    get = getattr(component, "get_parameters", None)
    return () if get is None else get(all_params=True)


def _modes(modes: Any) -> str:
    return ", ".join(map(str, modes)) if isinstance(modes, Sequence) else str(modes)


def _is_number(value: Any) -> bool:
    return not isinstance(value, complex) and value is not None and cmath.isfinite(value)


# The machine -------------------------------------------------------------------------------------


def _check_modes(experiment: Any, machine: Abilities) -> None:
    modes = experiment.circuit_size
    if not machine.modes.has(modes):
        raise ProgramError(
            f"the circuit has {modes} modes; {machine.name} takes {machine.modes} modes"
        )


def _check_inputs(
    experiment: Any, iterations: Sequence[Mapping[str, Any]], machine: Abilities
) -> None:
    """Refuse inputs that are missing or do not fit into the machine, heralds counted."""
    heralds = sum(experiment.in_heralds.values())
    given = [(index, step.get("input_state")) for index, step in enumerate(iterations)]
    whole_state = experiment.input_state
    if whole_state is None and (not given or any(state is None for _, state in given)):
        raise ProgramError(
            "there is no input state: give input_state, for example BasicState('|1,0>'), or call "
            "with_input()"
        )
    states = [] if whole_state is None else [("", whole_state, 0)]
    states += [(f"iteration {at}: ", one, heralds) for at, one in given if one is not None]
    for where, state, more in states:
        photons = _photons(state) + more
        if not machine.photons.has(photons):
            counted = f", {heralds} of them heralds" if heralds else ""
            raise ProgramError(
                f"{where}the input {state} has {photons} photons{counted}; {machine.name} takes "
                f"{machine.photons}"
            )
        if not machine.several and _fullest(state) > 1:
            raise ProgramError(
                f"{where}the input {state} has several photons in a mode; {machine.name} takes at "
                "most one"
            )


def _photons(state: Any) -> int:
    """Return the most photons of a state, or of a distribution of states."""
    most = getattr(state, "n_max", None)
    return int(state.n if most is None else most)


def _fullest(state: Any) -> int:
    """Return the most photons in one mode; a superposition or mixture is left to the service."""
    try:
        return max(map(int, state))
    except (TypeError, ValueError):
        return 1


def _check_filters(experiment: Any, iterations: Sequence[Mapping[str, Any]]) -> None:
    """Refuse jobs that do not say how many photons have to be detected, as Perceval does."""
    in_each = bool(iterations) and all("min_detected_photons" in step for step in iterations)
    if experiment.min_photons_filter is None and not in_each:
        raise ProgramError(
            "it is not said how many photons have to be detected: give min_detected_photons, at "
            "most the photons of the input, heralds not counted"
        )


def _check_noise(
    experiment: Any, iterations: Sequence[Mapping[str, Any]], machine: Abilities
) -> None:
    noisy = experiment.noise is not None or any(step.get("noise") for step in iterations)
    if noisy and not machine.simulator:
        raise ProgramError(
            f"{machine.name} is no simulator: it has noise of its own and takes no noise model"
        )

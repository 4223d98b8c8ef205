"""From Perceval's objects to the program that goes on the wire: pure functions.

The body is the payload that Perceval itself writes for a remote job: the command, the experiment,
the iterations, and two numbers: ``max_shots``, for which one pays, and ``max_samples``, the
detections to stop at. The Hub has a third, ``shots``; which of them counts is not documented, so
``shots`` and ``max_shots`` are always the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import perceval as pcvl
from perceval.serialization import serialize

from ..errors import ProgramError, nearest
from ..programs import Format, Program, Readout
from .checking import check_experiment, whole
from .machine import COMMANDS, Abilities

PROBS_SAMPLES = 10_000
"""Samples of which probabilities are made where a machine has none; as many as Perceval takes."""
MOST_SHOTS = 2**63 - 1

CONVERTERS: Mapping[tuple[str, str], str] = {
    ("probs", "sample_count"): "sample_count_to_probs",
    ("probs", "samples"): "samples_to_probs",
    ("sample_count", "probs"): "probs_to_sample_count",
    ("sample_count", "samples"): "samples_to_sample_count",
    ("samples", "probs"): "probs_to_samples",
    ("samples", "sample_count"): "sample_count_to_samples",
}
"""The function in ``perceval.utils`` that makes what was asked for of what a machine gives."""

_REFUSALS = (AssertionError, RuntimeError, ValueError, TypeError, NotImplementedError, LookupError)
"""What Perceval raises for an input, a filter or an iteration that does not fit."""


def encode(
    what: Any,
    command: str = "sample_count",
    *,
    shots: int,
    max_samples: int | None = None,
    input_state: Any = None,
    min_detected_photons: int | None = None,
    postselect: Any = None,
    noise: Any = None,
    iterations: Sequence[Mapping[str, Any]] = (),
    parameters: Mapping[str, Any] | None = None,
    name: str = "",
    machine: Abilities | None = None,
) -> Program:
    """Write what a photonic machine is to run; the arguments are those of `run`.

    Args:
        what: a Perceval circuit, experiment or processor.
        command: ``probs``, ``sample_count`` or ``samples``.
        shots: most shots, of each iteration.
        max_samples: most detections that pass the filters.
        input_state: instead of that of ``what``.
        min_detected_photons: instead of that of ``what``.
        postselect: instead of that of ``what``.
        noise: instead of that of ``what``.
        iterations: what changes from one iteration to the next.
        parameters: of the machine, by name.
        name: the program's name.
        machine: what the machine can do; None for one that can do everything.

    Raises:
        ProgramError: it cannot run; with what was wrong, where, and what is allowed.
    """
    able = machine or Abilities("the machine")
    if command not in COMMANDS:
        raise ProgramError(
            f"there is no command {command!r}: it is {', '.join(COMMANDS)}."
            f"{nearest(str(command), COMMANDS)}"
        )
    whole("shots", shots, 1, MOST_SHOTS)
    if max_samples is not None:
        whole("max_samples", max_samples, 1, shots)
    experiment = prepared(what, input_state, min_detected_photons, postselect, noise)
    steps = _checked_steps(experiment, iterations)
    check_experiment(experiment, steps, able)
    payload = {
        **_asked(command, able, shots, max_samples),
        "experiment": experiment,
        "max_shots": shots,
    }
    if steps:
        payload["iterator"] = steps
    if parameters:
        payload["parameters"] = dict(parameters)
    return Program(Format.PERCEVAL, encoded(payload), Readout(()), 1, name)


def encoded(payload: Mapping[str, Any]) -> bytes:
    """Return a payload in Perceval's serialization, as JSON.

    Raises:
        ProgramError: something in it cannot be written.
    """
    try:
        data = serialize(dict(payload))
        return json.dumps(data, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, NotImplementedError) as error:
        raise ProgramError(f"the experiment cannot be written: {error}") from error


def prepared(
    what: Any, input_state: Any, min_detected_photons: int | None, postselect: Any, noise: Any
) -> Any:
    """Return the experiment that something stands for, with what is set beside it.

    Raises:
        ProgramError: it is nothing that can run, or the settings do not fit it.
    """
    experiment = _experiment(what)
    if noise is not None:
        experiment.noise = noise
    try:
        if postselect is not None:
            experiment.set_postselection(_postselect(postselect))
        if input_state is not None:
            experiment.with_input(_state(input_state))
    except _REFUSALS as error:
        raise ProgramError(f"the input or the post-selection does not fit: {error}") from error
    if min_detected_photons is not None:
        whole("min_detected_photons", min_detected_photons, 0, MOST_SHOTS)
        experiment.min_detected_photons_filter(min_detected_photons)
    return experiment


def _experiment(what: Any) -> Any:
    if isinstance(what, pcvl.Processor | pcvl.RemoteProcessor):
        experiment = what.experiment.copy()
        if experiment.noise is None and _is_noisy(what.noise):
            experiment.noise = what.noise
        return experiment
    if isinstance(what, pcvl.Experiment):
        return what.copy()
    if isinstance(what, pcvl.ACircuit):
        return pcvl.Experiment(what)
    raise ProgramError(
        "what runs is a Perceval circuit, Experiment or Processor, not "
        f"{type(what).__module__}.{type(what).__qualname__}"
    )


def _is_noisy(noise: Any) -> bool:
    return noise is not None and noise != pcvl.NoiseModel()


def _state(state: Any) -> Any:
    """Read a Fock state in text or as numbers of photons; other states are taken as they are."""
    if isinstance(state, str):
        return pcvl.BasicState(state)
    if type(state) in (list, tuple):  # a LogicalState is a list of another kind
        return pcvl.BasicState(list(state))
    return state


def _postselect(given: Any) -> Any:
    return pcvl.PostSelect(given) if isinstance(given, str) else given


def _checked_steps(
    experiment: Any, iterations: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the iterations as Perceval keeps them, each checked by Perceval's own rules."""
    from perceval.algorithm import Sampler

    if not iterations:
        return []
    sampler = Sampler(pcvl.Processor("SLOS", experiment))
    steps = []
    for index, given in enumerate(iterations):
        try:
            step = dict(given)
            if "input_state" in step:
                step["input_state"] = _state(step["input_state"])
            if "postselect" in step:
                step["postselect"] = _postselect(step["postselect"])
            sampler.add_iteration(**step)
        except _REFUSALS as error:
            raise ProgramError(f"iteration {index}: {error or type(error).__name__}") from error
        steps.append(step)
    return steps


def _asked(command: str, machine: Abilities, shots: int, max_samples: int | None) -> dict[str, Any]:
    """Say what the machine is asked for, and how the answer is made of it where that differs.

    Raises:
        ProgramError: the machine has no command that the answer can be made of.
    """
    possible = [command, *(has for wants, has in CONVERTERS if wants == command)]
    primitive = next((one for one in possible if one in machine.commands), None)
    if primitive is None:
        raise ProgramError(
            f"{machine.name} cannot do {command}: it can do {', '.join(machine.commands)}"
        )
    context: dict[str, Any] | None = None
    samples = max_samples or shots
    if primitive != command:
        context = {"result_mapping": ["perceval.utils", CONVERTERS[command, primitive]]}
    if primitive == "probs":
        if context is not None:
            context["mapping_delta_parameters"] = {"max_samples": samples, "max_shots": shots}
        return {"command": primitive, "job_context": context}
    if command == "probs":
        samples = max_samples or min(PROBS_SAMPLES, shots)
    return {"command": primitive, "max_samples": samples, "job_context": context}

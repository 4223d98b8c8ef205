"""Quandela's machines: Perceval's own payloads on its local simulators.

The payload has a ``circuit`` with an ``input_state``, or an ``experiment``, or a ``computation``,
as the versions of Perceval write it, in Perceval's serialization; and so has the result, as JSON
inside JSON. A simulator simulates the noise model of the payload, a machine ignores it and has
none of its own.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ...workers import WorkError
from .. import photons
from .plan import INVALID, Plan

EXACT_STATES = 200_000
"""Most output states whose probabilities are computed; beyond them samples are drawn one by one."""
_TIMED_OUT = "The sandbox computes at most {most} output states; these are {states}."


def run(plan: Plan) -> dict[str, Any]:
    """Run a job; its numbers of shots and samples are the payload's, or else the job's shots.

    Raises:
        WorkError: the payload cannot be run, with the reason.
    """
    import perceval as pcvl
    from perceval.serialization import serialize

    begin = time.monotonic()
    payload = _payload(plan)
    kind = "QPU" if ".qpu." in plan.machine else "SIMULATOR"
    command, known = payload["command"], photons.commands(kind)
    if command not in known:
        raise WorkError(INVALID, f'"command" must be one of {", ".join(known)}.')
    experiment, steps = _experiment(payload), payload.get("iterator") or []
    if kind == "QPU":
        experiment.noise = None
        steps = [{key: step[key] for key in step if key != "noise"} for step in steps]
    states = _checked(experiment, steps, plan)
    if command == "probs" and states > EXACT_STATES:
        raise WorkError(INVALID, _TIMED_OUT.format(most=EXACT_STATES, states=states))
    pcvl.random_seed(plan.seed)
    backend = "SLOS" if states <= EXACT_STATES else "CliffordClifford2017"
    found = _asked(pcvl.Processor(backend, experiment), command, steps, payload, plan.shots)
    if payload.get("job_context"):
        found["job_context"] = payload["job_context"]
    return {
        "job_id": plan.job_id,
        "duration": round(time.monotonic() - begin),
        "results": json.dumps(serialize(found)),
        "results_type": "application/json",
    }


def _payload(plan: Plan) -> dict[str, Any]:
    """Read a payload; one of the newest form is brought into that of the other versions.

    Raises:
        WorkError: it is no payload.
    """
    from perceval.serialization import deserialize

    given = plan.input
    if isinstance(given, dict) and "command" not in given:
        given = given.get("value", given)  # where public clients put it
    if not isinstance(given, dict):
        raise WorkError(INVALID, "The input is no object.")
    payload: dict[str, Any] = deserialize(given, strict=False)
    computation = payload.pop("computation", None)
    if computation is not None:
        base = getattr(computation, "base_computation", computation)
        given = {name: payload[name] for name in payload if payload[name] is not None}
        payload = {
            **given,
            **base.parameters,
            "command": base.command.name,
            "experiment": base.experiment,
            "iterator": list(getattr(computation, "iterations", ())),
        }
        if payload.get("noise") is not None:
            base.experiment.noise = payload["noise"]
    if payload.get("command") not in photons.COMMANDS:
        raise WorkError(INVALID, f'"command" must be one of {", ".join(photons.COMMANDS)}.')
    return payload


def _experiment(payload: Mapping[str, Any]) -> Any:
    """Make the experiment that a payload describes.

    Raises:
        WorkError: it describes none.
    """
    import perceval as pcvl

    experiment, circuit = payload.get("experiment"), payload.get("circuit")
    if experiment is None:
        if circuit is None:
            raise WorkError(INVALID, 'The input needs an "experiment" or a "circuit".')
        experiment = pcvl.Experiment(circuit)
        for mode, photon in (payload.get("heralds") or {}).items():
            experiment.add_herald(int(mode), photon)
        if payload.get("postselect") is not None:
            experiment.set_postselection(payload["postselect"])
        if payload.get("noise") is not None:
            experiment.noise = payload["noise"]
    fewest = (payload.get("parameters") or {}).get("min_detected_photons")
    if fewest is not None:
        experiment.min_detected_photons_filter(fewest)
    if payload.get("input_state") is not None:
        experiment.with_input(payload["input_state"])
    return experiment


def _checked(experiment: Any, steps: Sequence[Mapping[str, Any]], plan: Plan) -> int:
    """Return the number of output states of the largest input.

    Raises:
        WorkError: there is no input, or the machine is too small.
    """
    most = photons.limits(plan.qubits)
    heralds = sum(experiment.in_heralds.values())
    given = [one.n + heralds for step in steps if (one := step.get("input_state")) is not None]
    if experiment.input_state is not None:
        state = experiment.input_state
        given.append(getattr(state, "n_max", None) or state.n)
    elif len(given) < max(1, len(steps)):
        raise WorkError(INVALID, 'The input needs an "input_state".')
    modes, photon_count = experiment.circuit_size, max(given)
    if modes > most["max_modes"] or photon_count > most["max_photons"]:
        raise WorkError(
            INVALID,
            f"{photon_count} photons in {modes} modes are too many: {plan.machine} takes "
            f"{most['max_photons']} photons in {most['max_modes']} modes.",
        )
    return math.comb(modes + photon_count - 1, photon_count)


def _asked(
    processor: Any,
    command: str,
    steps: Sequence[Mapping[str, Any]],
    payload: Mapping[str, Any],
    shots: int,
) -> dict[str, Any]:
    """Run a command on a local processor, with its iterations.

    Raises:
        WorkError: the simulator refuses it, with its reason.
    """
    from perceval.algorithm import Sampler

    limit = payload.get("max_shots") or shots
    samples = min(payload.get("max_samples") or limit, limit)
    if command == "probs":
        sampler = Sampler(processor)
    else:
        sampler = Sampler(processor, max_shots_per_call=limit)
    sampler.add_iteration_list(list(steps))
    job = getattr(sampler, command)
    found = job() if command == "probs" else job(samples)
    if not isinstance(found, dict):
        raise WorkError(INVALID, str(job.status.stop_message))
    return found

"""Running a photonic experiment in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Required, TypedDict, Unpack

from perceval.utils import PMetadata

from ..clouds.kipu import prices
from ..jobs.state import Cost
from ..jobs.submission import Request
from .encoding import encode
from .handler import RpcHandler
from .jobs import PhotonicJob
from .machine import Abilities, Machine, abilities_of


class Settings(TypedDict, total=False):
    """What is set beside an experiment, its command and its machine; `run` says what each is."""

    shots: Required[int]
    max_samples: int | None
    input_state: Any
    min_detected_photons: int | None
    postselect: Any
    noise: Any
    iterations: Sequence[Mapping[str, Any]]
    parameters: Mapping[str, Any] | None


def run(
    what: Any,
    on: str | RpcHandler,
    command: str = "sample_count",
    *,
    name: str = "",
    tags: Iterable[str] = (),
    options: Mapping[str, Any] | None = None,
    **settings: Unpack[Settings],
) -> PhotonicJob:
    """Submit an experiment to a photonic machine, once.

    What the machine cannot run, as far as the service describes it, is refused before anything is
    submitted. Where the machine has not the command itself, it is asked for what the answer can be
    made of, as Perceval's `Sampler` does.

    Args:
        what: a Perceval circuit, experiment or processor; it is copied.
        on: address of the machine, for example ``kipu/quandela.sim.altair``, or a handler of it.
        command: ``probs``, ``sample_count`` or ``samples``.
        name: name of the job.
        tags: the job's labels.
        options: Quandela's run options of the Hub, such as ``job_group_name``.
        **settings: ``shots``: most shots, of each iteration, which is what one pays for;
            ``max_samples``: most detections that pass the filters, without it as many as shots
            (10 000 where probabilities are made of samples);
            ``input_state``: a Perceval state, ``"|1,0>"`` or a list of photon numbers, without
            heralds; ``min_detected_photons``: detections of fewer are dropped, heralds not
            counted; ``postselect``: a `PostSelect` or its text; ``noise``: a `NoiseModel`, for a
            simulator (each of these four instead of that of ``what``);
            ``iterations``: what changes from one iteration to the next, as in
            `Sampler.add_iteration`; ``parameters``: of the machine, by name.

    Returns:
        The job, which may still have to run.

    Raises:
        ProgramError: it cannot run; nothing was submitted.
        UnknownBackendError: there is no such machine; the message names the nearest.
        AmbiguousSubmissionError: it may have been taken and the service could not be asked;
            ``ketbridge jobs settle`` finishes it later.
        TransportError: it was not taken.
    """
    machine = _machine(on)
    request = _request(machine.abilities(), what, command, name, tags, options, settings)
    return PhotonicJob(machine.cloud.submit(request))


async def arun(
    what: Any,
    on: str | RpcHandler,
    command: str = "sample_count",
    *,
    name: str = "",
    tags: Iterable[str] = (),
    options: Mapping[str, Any] | None = None,
    **settings: Unpack[Settings],
) -> PhotonicJob:
    """Submit an experiment to a photonic machine, once and asynchronously; see `run`."""
    machine = _machine(on)
    request = _request(await machine.aabilities(), what, command, name, tags, options, settings)
    return PhotonicJob(await machine.cloud.asubmit(request))


def estimate(
    what: Any, on: str | RpcHandler, command: str = "sample_count", **settings: Unpack[Settings]
) -> Cost:
    """Estimate by the machine's list prices what `run` would cost at most; submits nothing.

    Raises:
        ProgramError: it cannot run, the machine has no prices, or one of run time.
        UnknownBackendError: there is no such machine; the message names the nearest.
    """
    machine = _machine(on)
    found = machine.cloud.run(machine.cloud.machine_flow(machine.name))
    request = _request(abilities_of(found), what, command, "", (), None, settings)
    machine.cloud.check(request)
    iterations = max(1, len(settings.get("iterations", ())))
    return prices.estimate(found.backend, request.shots * iterations)


def _machine(on: str | RpcHandler) -> Machine:
    return Machine(on) if isinstance(on, str) else on.machine


def _request(
    able: Abilities,
    what: Any,
    command: str,
    name: str,
    tags: Iterable[str],
    options: Mapping[str, Any] | None,
    settings: Settings,
) -> Request:
    program = encode(what, command, name=name, machine=able, **settings)
    chosen = {"pcvl_version": PMetadata.short_version(), **(options or {})}
    return Request(able.name, (program,), settings["shots"], name, tuple(tags), options=chosen)

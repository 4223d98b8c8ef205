"""Photonic results on the command line: Fock states in the place of bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..programs import Format
from .console import counts_table, print_json, print_table, queue_s, run_s, seconds

if TYPE_CHECKING:
    from ..jobs.handle import Job
    from ..jobs.submission import Request


def is_photonic(asked: Request) -> bool:
    """Whether a request is of Perceval."""
    return any(program.format is Format.PERCEVAL for program in asked.programs)


def show(job: Job, as_json: bool) -> None:
    """Print the result of a finished photonic job, one table for each of its iterations.

    Raises:
        MissingExtraError: Perceval is not installed.
    """
    from ..photonic import PhotonicJob

    found = PhotonicJob(job).result()
    iterations = found.get("results_list", [found])
    if as_json:
        print_json(
            {
                "job": str(job.address),
                "backend": job.request().backend,
                "queue_s": queue_s(job.state()),
                "run_s": run_s(job.state()),
                "iterations": [_data(one) for one in iterations],
            }
        )
        return
    for one in iterations:
        step = ", ".join(f"{name} = {value}" for name, value in _step(one).items())
        click.echo(step or job.request().name or "experiment")
        print_table(counts_table(_amounts(one["results"])))
    state = job.state()
    times = f"queued {seconds(queue_s(state))}, ran {seconds(run_s(state))}"
    click.echo(f"{job.address} on {job.request().backend}: {times}")


def _data(one: dict[str, Any]) -> dict[str, Any]:
    """Return one iteration as JSON data, single samples in their order."""
    results = one["results"]
    plain = {name: value for name, value in one.items() if isinstance(value, int | float)}
    step = _step(one)
    listed = None if hasattr(results, "items") else [str(state) for state in results]
    return {
        **plain,
        **({"iteration": step} if step else {}),
        "results": _amounts(results) if listed is None else listed,
    }


def _step(one: dict[str, Any]) -> dict[str, Any]:
    """Return what is different in an iteration, the circuit's parameters by their names."""
    given = dict(one.get("iteration") or {})
    parameters = given.pop("circuit_params", None) or {}
    others = {
        name: value if isinstance(value, int | float) else str(value)
        for name, value in given.items()
    }
    return {**parameters, **others}


def _amounts(results: Any) -> dict[str, int | float]:
    """Return counts or probabilities by state; single samples are counted."""
    if hasattr(results, "items"):
        return {str(state): amount for state, amount in results.items()}
    counts: dict[str, int | float] = {}
    for state in results:
        counts[str(state)] = counts.get(str(state), 0) + 1
    return counts

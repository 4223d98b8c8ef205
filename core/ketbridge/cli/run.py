"""``ketbridge run``: one circuit from a file, and what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .console import (
    counts_table,
    json_option,
    print_json,
    print_table,
    queue_s,
    run_s,
    seconds,
    spinner,
    wait,
)

if TYPE_CHECKING:
    from ..jobs.handle import Job
    from ..results import Measurements


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "address", required=True, metavar="ADDRESS", help="The machine.")
@click.option("--shots", default=1000, show_default=True, type=int)
@click.option("--seed", type=int, help="Seed of simulation and sampling.")
@click.option("--name", help="Name of the job; by default the name of the file.")
@click.option("--timeout-s", type=float, help="Longest wait; the job goes on after it.")
@click.option("--no-wait", is_flag=True, help="Submit, print the job's address, and end.")
@json_option
def run(
    file: Path,
    address: str,
    shots: int,
    seed: int | None,
    name: str | None,
    timeout_s: float | None,
    no_wait: bool,
    as_json: bool,
) -> None:
    """Run a circuit from a file and print the counts.

    FILE is in OpenQASM 2 or 3. Where the machine does not have its gates, it is transpiled.
    """
    from .circuits import request

    with spinner(f"submitting {file.name} to {address}"):
        cloud, asked = request(file, address, shots, seed=seed, name=name)
        job = cloud.submit(asked)
    if no_wait:
        print_json({"job": str(job.address)}) if as_json else click.echo(job.address)
        return
    wait(job, timeout_s)
    show_result(job, as_json)


def show_result(job: Job, as_json: bool) -> None:
    """Print the result of a finished job, one table for each of its circuits."""
    from . import photons

    if photons.is_photonic(job.request()):
        photons.show(job, as_json)
        return
    circuits = job.result()
    if as_json:
        print_json(_data(job, circuits))
        return
    state = job.state()
    programs = job.request().programs
    for program, measured in zip(programs, circuits, strict=True):
        shots = "" if measured.shots is None else f", {measured.shots} shots"
        click.echo(f"{program.name or 'circuit'}{shots}")
        print_table(counts_table(_seen(measured)))
    times = f"queued {seconds(queue_s(state))}, ran {seconds(run_s(state))}"
    click.echo(f"{job.address} on {job.request().backend}: {times}")


def _seen(measured: Measurements) -> dict[str, Any]:
    return measured.counts or measured.probabilities or {}


def _data(job: Job, circuits: list[Measurements]) -> dict[str, Any]:
    state, asked = job.state(), job.request()
    return {
        "job": str(job.address),
        "backend": asked.backend,
        "queue_s": queue_s(state),
        "run_s": run_s(state),
        "circuits": [
            {
                "name": program.name,
                "shots": measured.shots,
                "counts": measured.counts,
                "probabilities": measured.probabilities,
            }
            for program, measured in zip(asked.programs, circuits, strict=True)
        ],
    }

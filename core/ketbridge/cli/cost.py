"""``ketbridge cost``: what a circuit would cost, before anything is paid."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .console import json_option, print_json, seconds, spinner

if TYPE_CHECKING:
    from ..jobs.state import Cost


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "address", required=True, metavar="ADDRESS", help="The machine.")
@click.option("--shots", default=1000, show_default=True, type=int)
@json_option
def cost(file: Path, address: str, shots: int, as_json: bool) -> None:
    """Ask the service what a circuit would cost; nothing is run."""
    from .circuits import request

    with spinner(f"asking what {file.name} costs on {address}"):
        cloud, asked = request(file, address, shots)
        estimate = cloud.run(cloud.estimate_flow(asked))
    if as_json:
        print_json(asdict(estimate))
    else:
        about = "about " if estimate.estimated else ""
        click.echo(f"{shots} shots of {file.name} on {address}: {about}{price(estimate)}")


def price(amount: Cost) -> str:
    """Write a cost with its unit; nanoseconds, which are those of a machine, as a time."""
    if amount.unit == "nanoseconds":
        return f"{seconds(amount.value * 1e-9)} of the machine"
    return f"{amount.value:.6g} {amount.unit}"

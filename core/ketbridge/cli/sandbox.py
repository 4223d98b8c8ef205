"""``ketbridge sandbox``: the services on this computer, until Ctrl-C."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import click

DEFAULT_PORT = 8484


@click.command()
@click.option("--port", default=DEFAULT_PORT, show_default=True, help="0: any free port.")
@click.option("--latency-ms", default=0.0, help="Delay of every answer.")
@click.option(
    "--faults",
    metavar="SPEC",
    help="What goes wrong: name[=value][@Operation][*times], separated by commas, "
    "for example 'reset_after@CreateJob*1'.",
)
@click.option("--dask", metavar="ADDRESS", help="Simulate on the Dask cluster there.")
@click.option("--ibm-noise", is_flag=True, help="Simulate the errors of IBM's machines.")
@click.option(
    "--ibm-rate",
    type=click.IntRange(1),
    metavar="N",
    help="Take N jobs a minute and user at IBM, then answer 429; the service's own limit is 5.",
)
def sandbox(
    port: int,
    latency_ms: float,
    faults: str | None,
    dask: str | None,
    ibm_noise: bool,
    ibm_rate: int | None,
) -> None:
    """Serve the clouds on this computer, for notebooks and for tests.

    A program uses it with KETBRIDGE_SANDBOX_URL in its environment and addresses that begin with
    'sandbox:', or with the URL below as the base URL of any other client.
    """
    from ..sandbox import Faults, IbmChoices, start

    try:
        knobs = Faults(faults)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--faults'") from error
    executor = _dask(dask) if dask else None
    ibm = IbmChoices(noise=ibm_noise, jobs_per_minute=ibm_rate)
    with (
        contextlib.suppress(KeyboardInterrupt),
        start(port, latency_ms=latency_ms, faults=knobs, executor=executor, ibm=ibm) as running,
    ):
        click.echo(f"The sandbox is at {running.url} (Ctrl-C stops it).")
        for cloud, account in running.accounts.items():
            click.echo(f"  {cloud:<10} {account.url}   any token will do")
        click.echo(f"  export KETBRIDGE_SANDBOX_URL={running.url}")
        threading.Event().wait()


def _dask(address: str) -> Any:
    """Connect to a Dask cluster and return it as an executor."""
    from importlib import import_module

    from ..errors import MissingExtraError

    try:
        distributed = import_module("distributed")
    except ImportError:
        raise MissingExtraError("Dask", "distributed") from None
    return distributed.Client(address).get_executor()

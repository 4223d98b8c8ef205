"""``ketbridge jobs``: jobs of any process and any day, by their address."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from .console import (
    json_option,
    print_json,
    print_table,
    queue_s,
    run_s,
    seconds,
    spinner,
    state_json,
    table,
    wait,
)
from .cost import price
from .settle import settle, users_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..clouds.base import Cloud
    from ..jobs.state import JobInfo

SEARCHED = 10_000
"""Entries of the ledger that are looked through at most."""
_NONE_RECORDED = (
    "this computer has submitted no jobs; those on a sandbox are not recorded, and listed by "
    "'ketbridge jobs list sandbox:ionq' while it runs"
)


@click.group()
def jobs() -> None:
    """List, show, fetch and cancel jobs.

    A JOB is the address that 'ketbridge run' printed, for example ionq/617a1f8b-...
    """


@jobs.command("list")
@click.argument("cloud", required=False)
@click.option("--limit", default=20, show_default=True, type=click.IntRange(min=1))
@json_option
def list_(cloud: str | None, limit: int, as_json: bool) -> None:
    """List jobs, the newest first.

    Without CLOUD, those that this computer submitted, from the ledger and without asking anybody.
    With it (ionq, work:ionq), all that the service shows to that account.
    """
    rows = _recorded(limit) if cloud is None else _listed(cloud, limit)
    if as_json:
        print_json(rows)
        return
    if not rows:
        click.echo(_NONE_RECORDED if cloud is None else f"{cloud} shows no jobs", err=True)
        return
    made = table("job", "backend", "state", "name", "shots", right=("shots",))
    for row in rows:
        shots = "-" if row["shots"] is None else str(row["shots"])
        made.add_row(row["job"] or "-", row["backend"], row["state"], row["name"], shots)
    print_table(made)


def _recorded(limit: int) -> list[dict[str, Any]]:
    """Return the newest entries of the ledger but those of sandboxes, which are gone."""
    entries = users_ledger().history(SEARCHED)
    lasting = (entry for entry in entries if not entry.submission.at.startswith("sandbox:"))
    return [
        {
            "job": sent.job_id and f"{sent.at}/{sent.job_id}",
            "backend": sent.request.backend,
            "state": entry.state.value,
            "name": sent.request.name,
            "shots": sent.request.shots,
            "created": sent.created,
            "submission": sent.id,
        }
        for entry in islice(lasting, limit)
        for sent in (entry.submission,)
    ]


def _listed(cloud: str, limit: int) -> list[dict[str, Any]]:
    from ..connection import connect

    service = connect(cloud)
    with spinner(f"asking {cloud}"):
        infos = list(islice(_pages(service), limit))
    return [
        {
            "job": f"{service.account.at}/{info.id}",
            "backend": info.backend,
            "state": info.state.status.value,
            "name": info.name,
            "shots": info.shots,
            "created": info.state.created,
        }
        for info in infos
    ]


def _pages(service: Cloud) -> Iterator[JobInfo]:
    cursor = None
    while True:
        page, cursor = service.run(service.jobs_flow(cursor, {}))
        yield from page
        if cursor is None:
            return


@jobs.command()
@click.argument("job")
@json_option
def show(job: str, as_json: bool) -> None:
    """Show what was asked and how far it is."""
    from ..connection import job as open_job

    handle = open_job(job)
    with spinner(f"asking for {job}"):
        state, asked = handle.state(), handle.request()
    if as_json:
        print_json({"job": str(handle.address), "backend": asked.backend, **state_json(state)})
        return
    made = table(str(handle.address), "")
    lines = {
        "state": state.status.value,
        "backend": asked.backend,
        "name": asked.name,
        "circuits": str(len(asked.programs)),
        "shots": str(asked.shots),
        "created": state.created and state.created.isoformat(timespec="seconds"),
        "queued": seconds(queue_s(state)),
        "ran": seconds(run_s(state)),
        "failure": " ".join(filter(None, (state.failure_code, state.failure_reason))),
    }
    for label, value in lines.items():
        if value:
            made.add_row(label, value)
    print_table(made)


@jobs.command("wait")
@click.argument("job")
@click.option("--timeout-s", type=float, help="Longest wait; the job goes on after it.")
@json_option
def wait_(job: str, timeout_s: float | None, as_json: bool) -> None:
    """Wait until a job is done, failed or cancelled, and say which."""
    from ..connection import job as open_job

    handle = open_job(job)
    state = wait(handle, timeout_s)
    if as_json:
        print_json({"job": str(handle.address), **state_json(state)})
    else:
        click.echo(f"{handle.address}: {state.status.value}")


@jobs.command()
@click.argument("job")
@click.option("--timeout-s", type=float, help="Longest wait; the job goes on after it.")
@json_option
def result(job: str, timeout_s: float | None, as_json: bool) -> None:
    """Wait for a job and print what was measured."""
    from ..connection import job as open_job
    from .run import show_result

    handle = open_job(job)
    wait(handle, timeout_s)
    show_result(handle, as_json)


@jobs.command()
@click.argument("job")
@json_option
def cost(job: str, as_json: bool) -> None:
    """Show what a job costs."""
    from ..connection import job as open_job

    handle = open_job(job)
    amount = handle.cost()
    if as_json:
        print_json({"job": str(handle.address), **asdict(amount)})
    else:
        click.echo(f"{handle.address}: {'about ' if amount.estimated else ''}{price(amount)}")


@jobs.command()
@click.argument("job")
def cancel(job: str) -> None:
    """Ask the service to cancel a job."""
    from ..connection import job as open_job

    handle = open_job(job)
    handle.cancel()
    click.echo(f"{handle.address}: asked to cancel, now {handle.state().status.value}")


@jobs.command()
@click.argument("job")
@click.confirmation_option(prompt="This deletes the job and its results at the service. Go on?")
def delete(job: str) -> None:
    """Delete a job and its results at the service."""
    from ..connection import job as open_job

    handle = open_job(job)
    handle.delete()
    click.echo(f"{handle.address}: deleted")


jobs.add_command(settle)

"""``ketbridge jobs settle``: submissions of which it is not known whether they became jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ..errors import LedgerError
from .console import json_option, print_json, print_table, spinner, table

if TYPE_CHECKING:
    from ..jobs.ledger import Entry, Ledger


@click.command()
@click.argument("submissions", nargs=-1, metavar="[SUBMISSION]...")
@click.option("--all", "every", is_flag=True, help="Settle every open submission.")
@json_option
def settle(submissions: tuple[str, ...], every: bool, as_json: bool) -> None:
    """Ask the services what became of submissions that broke off.

    Without arguments, lists the open ones. What a process is still sending is not among them.
    """
    ledger = users_ledger()
    if not every and not submissions:
        _show(_left(ledger), as_json)
        return
    chosen = _left(ledger) if every else [_entry(ledger, each) for each in submissions]
    rows = [_settled(entry) for entry in chosen]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        became = f"became {row['job']}" if row["job"] else "was not taken; it can be sent again"
        click.echo(f"{row['submission']} {became}")


def users_ledger() -> Ledger:
    """Open the user's own ledger."""
    from ..accounts import Account
    from ..address import CloudAddress
    from ..jobs.ledger import Ledger

    return Ledger.of(Account(CloudAddress("ionq")))


def _left(ledger: Ledger) -> list[Entry]:
    """Return the open entries that nobody is at any more."""
    return [entry for entry in ledger.pending() if not ledger.is_sending(entry.submission.id)]


def _entry(ledger: Ledger, submission_id: str) -> Entry:
    entry = ledger.entry(submission_id)
    if entry is None:
        raise LedgerError(f"there is no submission {submission_id} in {ledger.path}")
    return entry


def _settled(entry: Entry) -> dict[str, Any]:
    from ..connection import connect

    sent = entry.submission
    with spinner(f"asking {sent.at} for {sent.id}"):
        job = connect(sent.at).settle(sent.id)
    return {"submission": sent.id, "job": None if job is None else job.address}


def _show(entries: list[Entry], as_json: bool) -> None:
    rows: list[dict[str, Any]] = [
        {
            "submission": entry.submission.id,
            "at": entry.submission.at,
            "backend": entry.submission.request.backend,
            "state": entry.state.value,
            "created": entry.submission.created,
            "error": entry.error,
        }
        for entry in entries
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo("Every submission is settled.")
    else:
        made = table("submission", "backend", "state", "error")
        for row in rows:
            made.add_row(
                row["submission"], f"{row['at']}/{row['backend']}", row["state"], row["error"]
            )
        print_table(made)

"""``ketbridge accounts``: the tokens that are kept on this computer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from .console import json_option, print_json, print_table, spinner, table

if TYPE_CHECKING:
    from ..secret import Secret


@click.group()
def accounts() -> None:
    """Keep, list and test accounts.

    An ACCOUNT is a cloud such as ionq, or a name and a cloud such as work:ionq.
    """


@accounts.command()
@click.argument("account")
@click.option("--token-stdin", is_flag=True, help="Read the token from standard input.")
@click.option("--url", help="Base URL, where it is not the cloud's usual one.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A further field: instance=..."
)
@click.option("--replace", is_flag=True, help="Overwrite an account of that name.")
def add(
    account: str, token_stdin: bool, url: str | None, settings: tuple[str, ...], replace: bool
) -> None:
    """Keep the token of an account; it is asked for and not shown."""
    from .. import accounts_file
    from ..address import CloudAddress

    at = CloudAddress.parse(account)
    fields = dict(map(_field, settings))
    accounts_file.add(at, _token(account, token_stdin), url=url, settings=fields, replace=replace)
    click.echo(f"{at} is kept in {accounts_file.path()}")


def _field(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="'--set'")
    return name, value


def _token(account: str, from_stdin: bool) -> Secret:
    """Take the token from where it is not kept or shown: a hidden prompt, or standard input."""
    from ..secret import Secret

    if from_stdin:
        return Secret(sys.stdin.readline())
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for the token at: use --token-stdin")
    return Secret(click.prompt(f"Token of {account}", hide_input=True))


@accounts.command("list")
@json_option
def list_(as_json: bool) -> None:
    """List the accounts that are kept; no token is shown."""
    from .. import accounts_file

    kept = accounts_file.read()
    rows = [
        (str(at), kept[at.cloud][at.account or "default"].get("url"))
        for at in accounts_file.listed()
    ]
    if as_json:
        print_json([{"account": account, "url": url} for account, url in rows])
        return
    made = table("account", "service")
    made.add_row("sandbox:ionq", "this computer")
    for account, url in rows:
        made.add_row(account, url or "the usual URL")
    print_table(made)


@accounts.command()
@click.argument("account")
def remove(account: str) -> None:
    """Forget an account."""
    from .. import accounts_file
    from ..address import CloudAddress

    at = CloudAddress.parse(account)
    accounts_file.remove(at)
    click.echo(f"{at} is forgotten")


@accounts.command()
@click.argument("account")
def test(account: str) -> None:
    """Ask the service whether it accepts an account's token; nothing is run."""
    from ..connection import connect

    with spinner(f"asking {account}"):
        cloud = connect(account)
        cloud.run(cloud.jobs_flow(None, {}))
    click.echo(f"{account}: the service accepts the token")

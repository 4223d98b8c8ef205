"""``ketbridge accounts``: the tokens that are kept on this computer."""

from __future__ import annotations

from typing import Any

import click

from .console import json_option, print_json, print_table, spinner, table

_SET = "'--set'"
_WORDS = {"true": True, "false": False}


@click.group()
def accounts() -> None:
    """Keep, list and test accounts.

    An ACCOUNT is a cloud such as ionq, or a name and a cloud such as work:ionq.
    """


@accounts.command()
@click.argument("account")
@click.option(
    "--token-stdin",
    is_flag=True,
    help="Read the token from the first line of standard input, and further secret fields as "
    "NAME=VALUE from the lines after it.",
)
@click.option("--url", help="Base URL, where it is not the cloud's usual one.")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A further field: instance=..."
)
@click.option("--replace", is_flag=True, help="Overwrite an account of that name.")
def add(
    account: str, token_stdin: bool, url: str | None, settings: tuple[str, ...], replace: bool
) -> None:
    """Keep the token of an account; it is asked for and not shown.

    What else the cloud needs, such as a bucket and its key, is asked for too.
    """
    from .. import accounts_file
    from ..address import CloudAddress
    from .fields import gathered

    at = CloudAddress.parse(account)
    token, fields = gathered(at, dict(map(_field, settings)), url, from_stdin=token_stdin)
    accounts_file.add(at, token, url=fields.pop("url", None), settings=fields, replace=replace)
    click.echo(f"{at} is kept in {accounts_file.path()}")


def _field(text: str) -> tuple[str, Any]:
    """Read NAME=VALUE: a time in seconds as a number, true and false as what they say."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.BadParameter(f"{text.partition('=')[0]!r} is not NAME=VALUE", param_hint=_SET)
    if not name.endswith("_s"):
        return name, _WORDS.get(value, value)
    try:
        return name, float(value)
    except ValueError:
        raise click.BadParameter(f"{name} is a number of seconds", param_hint=_SET) from None


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
    """Ask the service whether it accepts an account's token; nothing is run.

    Where jobs go through a bucket, a small object is written there, read and deleted.
    """
    from ..connection import connect

    with spinner(f"asking {account}"):
        cloud = connect(account)
        found = cloud.run(cloud.trial_flow())
    for words in found:
        click.echo(f"{account}: {words}")

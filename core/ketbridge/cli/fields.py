"""Gathering the fields of an account: from options, standard input, or a person at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..address import CloudAddress
    from ..clouds.account_fields import AccountField
    from ..secret import Secret


def gathered(
    at: CloudAddress, given: Mapping[str, Any], url: str | None, *, from_stdin: bool
) -> tuple[Secret, dict[str, Any]]:
    """Return the token and the other fields of an account, asking for what is not given.

    Args:
        at: cloud and account name.
        given: fields of the command line; no secret ones.
        url: base URL of the command line.
        from_stdin: whether token and secret fields come from standard input.

    Raises:
        UsageError: a secret is on the command line, a field is missing and there is nobody to
            ask, or standard input has other lines.
        CredentialError: a secret is malformed, or the account would be of no use.
        UnknownOptionError: a setting does not exist; with the nearest.
    """
    from ..accounts import SECRET_SETTINGS, Account
    from ..connection import client_class
    from ..secret import Secret

    cloud = client_class(at.cloud)
    shown = sorted(SECRET_SETTINGS & given.keys())
    if shown:
        raise click.UsageError(
            f"{shown[0]} on a command line can be read by others: give it in standard input, as "
            f"a line {shown[0]}=... after the token, with --token-stdin"
        )
    fields = {**given, **({} if url is None else {"url": url})}
    if from_stdin:
        token, fields = _read(fields)
    elif sys.stdin.isatty():
        token = Secret(click.prompt(f"Token of {at}", hide_input=True))
        fields.update(_asked(cloud.fields, fields))
    else:
        raise click.UsageError("there is no terminal to ask for the token at: use --token-stdin")
    _check_complete(cloud.fields, fields)
    settings = {name: value for name, value in fields.items() if name != "url"}
    account = Account(at, fields.get("url"), token, settings)
    cloud(account).check_account()
    plain = {n: v.reveal() if isinstance(v, Secret) else v for n, v in fields.items()}
    return token, plain


def _read(fields: Mapping[str, Any]) -> tuple[Secret, dict[str, Any]]:
    """Read the token and secret fields from standard input."""
    from ..accounts import SECRET_SETTINGS
    from ..secret import Secret

    token = Secret(sys.stdin.readline())
    found = dict(fields)
    for line in filter(str.strip, sys.stdin):
        name, _, value = line.partition("=")
        if name not in SECRET_SETTINGS:
            raise click.UsageError(
                "after the token, standard input has lines NAME=VALUE for "
                f"{', '.join(sorted(SECRET_SETTINGS))}"
            )
        found[name] = Secret(value, name.replace("_", " "))
    return token, found


def _asked(wanted: tuple[AccountField, ...], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for fields that are not given; secrets are not shown as they are typed."""
    from ..secret import Secret

    found: dict[str, Any] = {}
    for field in wanted:
        if field.name in fields:
            continue
        default = None if field.needed else ""
        words = f"{field.name} ({field.words})"
        text = click.prompt(words, default=default, show_default=False, hide_input=field.secret)
        if text:
            found[field.name] = Secret(text, field.name) if field.secret else text
    return found


def _check_complete(wanted: tuple[AccountField, ...], fields: Mapping[str, Any]) -> None:
    missing = [field.name for field in wanted if field.needed and field.name not in fields]
    if missing:
        option = "--url ..." if missing[0] == "url" else f"--set {missing[0]}=..."
        raise click.UsageError(f"the account needs {missing[0]}: give {option}")

"""Accounts that the services' own clients keep on this computer; they are read, never written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TypeAlias

from .accounts_file import read_private
from .errors import CredentialError

_IBM_DEFAULTS = ("default-ibm-quantum-platform", "default-ibm-cloud")
_IBM_FIELDS = {
    "token": "token",
    "instance": "instance",
    "channel": "channel",
    "url": "platform_url",
    "region": "region",
    "tags": "tags",
    "plans_preference": "plans_preference",
}


def read(cloud: str, name: str | None = None, file: Path | None = None) -> dict[str, Any]:
    """Return the fields of an account that a cloud's own client keeps, empty without one.

    Args:
        cloud: whose client.
        name: of the account; None for the one that the client would use by itself.
        file: where it keeps them; None for its usual file.

    Raises:
        CredentialError: other users can read the file, or it is not what that client writes.
    """
    if cloud not in _FILES:
        return {}
    place, pick = _FILES[cloud]
    file = Path.home() / place if file is None else file.expanduser()
    text = read_private(file)
    if text is None:
        return {}
    try:
        found = pick(json.loads(text), name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CredentialError(
            f"{file} is not of the form that {cloud}'s own client writes"
        ) from None
    return {field: value for field, value in found.items() if value}


def names(cloud: str, file: Path | None = None) -> list[str]:
    """List the accounts that a cloud's own client keeps by name.

    Args:
        cloud: whose client.
        file: where it keeps them; None for its usual file.

    Raises:
        CredentialError: other users can read the file, or it is not what that client writes.
    """
    if cloud != "ibm":
        return []
    file = Path.home() / _FILES[cloud][0] if file is None else file.expanduser()
    try:
        return list(_usable(json.loads(read_private(file) or "{}")))
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise CredentialError(
            f"{file} is not of the form that {cloud}'s own client writes"
        ) from None


def _qiskit_ibm(data: Mapping[str, Any], name: str | None) -> dict[str, Any]:
    accounts = _usable(data)
    if name is None:
        marked = (account for account in accounts.values() if account.get("is_default_account"))
        usual = (accounts[known] for known in _IBM_DEFAULTS if known in accounts)
        only = accounts.values() if len(accounts) == 1 else ()
        account = next(chain(marked, usual, only), {})
    else:
        account = accounts.get(name, {})
    return {ours: account.get(theirs) for theirs, ours in _IBM_FIELDS.items()}


def _usable(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Leave out accounts of the former service, whose tokens the present one does not take."""
    return {
        name: account for name, account in data.items() if account.get("channel") != "ibm_quantum"
    }


def _qhubctl(data: Mapping[str, Any], _name: str | None) -> dict[str, Any]:
    context = data.get("context") or {}
    return {"token": (data.get("auth") or {}).get("value"), "organization": context.get("id")}


_Pick: TypeAlias = Callable[[Mapping[str, Any], str | None], dict[str, Any]]

_FILES: Mapping[str, tuple[str, _Pick]] = {
    "ibm": (".qiskit/qiskit-ibm.json", _qiskit_ibm),
    "kipu": (".config/qhubctl/config.json", _qhubctl),
}

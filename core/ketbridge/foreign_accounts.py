"""Accounts that the services' own clients keep on this computer; they are read, never written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .accounts_file import read_private
from .errors import CredentialError

_IBM_DEFAULT = "default-ibm-quantum-platform"


def read(cloud: str) -> dict[str, Any]:
    """Return the fields of the account that a cloud's own client would use, empty without one.

    Raises:
        CredentialError: other users can read the file, or it is not what that client writes.
    """
    if cloud not in _FILES:
        return {}
    place, pick = _FILES[cloud]
    file = Path.home() / place
    text = read_private(file)
    if text is None:
        return {}
    try:
        found = pick(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CredentialError(
            f"{file} is not of the form that {cloud}'s own client writes"
        ) from None
    return {name: value for name, value in found.items() if value}


def _qiskit_ibm(data: Mapping[str, Any]) -> dict[str, Any]:
    marked = (account for account in data.values() if account.get("is_default_account"))
    account = next(marked, data.get(_IBM_DEFAULT, {}))
    names = {"token": "token", "instance": "instance", "channel": "channel", "url": "platform_url"}
    return {ours: account.get(theirs) for theirs, ours in names.items()}


def _qhubctl(data: Mapping[str, Any]) -> dict[str, Any]:
    context = data.get("context") or {}
    return {"token": (data.get("auth") or {}).get("value"), "organization": context.get("id")}


_FILES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    "ibm": (".qiskit/qiskit-ibm.json", _qiskit_ibm),
    "kipu": (".config/qhubctl/config.json", _qhubctl),
}

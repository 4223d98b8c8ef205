"""Accounts: where a service is and what shows who asks, and the places where they are found.

An account without a name is looked for in this order, and the first place that has a token ends
the search: the arguments of the call, the environment, ``accounts.toml``, the file of the service's
own client. A field of an earlier place wins over the same field of a later one. An account with a
name (``work:ibm``) comes from ``accounts.toml`` and from the arguments only, so that a call never
runs on another account than it names. An ``instance`` of IBM may be the name of an account in one
of the files, which is then the account.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from .address import CloudAddress
from .errors import AddressError, CredentialError, nearest
from .secret import Secret

__all__ = ["DEFAULT", "SANDBOX", "Account", "Secret", "load"]

SANDBOX = "sandbox"
"""Name of the built-in account; no saved account can have it."""
DEFAULT = "default"
"""Name under which ``accounts.toml`` keeps the account of an address that names none."""

Fields: TypeAlias = Mapping[str, Any]

SECRET_SETTINGS = frozenset({"password", "refresh_token", "secret_key", "access_key"})
"""Fields that are credentials besides the token."""

_ENVIRONMENT: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ionq": {
        "token": (
            "KETBRIDGE_IONQ_TOKEN",
            "IONQ_API_KEY",
            "QISKIT_IONQ_API_TOKEN",
            "IONQ_API_TOKEN",
        ),
        "url": ("KETBRIDGE_IONQ_URL", "IONQ_API_URL"),
    },
    "ibm": {
        "token": ("KETBRIDGE_IBM_TOKEN", "QISKIT_IBM_TOKEN"),
        "url": ("KETBRIDGE_IBM_URL",),
        "instance": ("KETBRIDGE_IBM_INSTANCE", "QISKIT_IBM_INSTANCE"),
        "channel": ("QISKIT_IBM_CHANNEL",),
        "platform_url": ("QISKIT_IBM_URL",),
    },
    "ibm-direct": {
        "token": ("KETBRIDGE_IBM_DIRECT_TOKEN",),
        "url": ("KETBRIDGE_IBM_DIRECT_URL",),
        "instance": ("KETBRIDGE_IBM_DIRECT_INSTANCE",),
        "endpoint": ("KETBRIDGE_IBM_DIRECT_ENDPOINT",),
        "bucket": ("KETBRIDGE_IBM_DIRECT_BUCKET",),
        "region": ("KETBRIDGE_IBM_DIRECT_REGION",),
        "access_key": ("KETBRIDGE_IBM_DIRECT_ACCESS_KEY",),
        "secret_key": ("KETBRIDGE_IBM_DIRECT_SECRET_KEY",),
    },
    "kipu": {
        "token": (
            "KETBRIDGE_KIPU_TOKEN",
            "KQH_SERVICE_EXECUTION_TOKEN",
            "KQH_PERSONAL_ACCESS_TOKEN",
            "PLANQK_SERVICE_EXECUTION_TOKEN",
            "SERVICE_EXECUTION_TOKEN",
            "PLANQK_PERSONAL_ACCESS_TOKEN",
        ),
        "url": ("KETBRIDGE_KIPU_URL", "QHUB_QUANTUM_BASE_URL"),
        "organization": ("KETBRIDGE_KIPU_ORGANIZATION", "KQH_ORGANIZATION_ID"),
        "username": ("KETBRIDGE_KIPU_USERNAME",),
        "password": ("KETBRIDGE_KIPU_PASSWORD",),
    },
}
"""For each cloud the variables of each field, ours first and then those of its own clients."""


@dataclass(frozen=True)
class Account:
    """One service as one user sees it. Printing it shows no secret, pickling it fails.

    Attributes:
        at: cloud and account name.
        url: base URL where it is not the cloud's usual one.
        token: the credential; None for what a service shows to everybody.
        settings: what only some clouds need, such as ``instance`` or ``organization``, and
            settings of the transport such as ``timeout_s``.
        ledger: file of the record of submissions; None for the user's own.
    """

    at: CloudAddress
    url: str | None = None
    token: Secret | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)
    ledger: Path | None = None


def load(
    at: CloudAddress, *, token: str | Secret | None = None, url: str | None = None, **settings: Any
) -> Account:
    """Find the account of an address.

    Args:
        at: cloud and account name.
        token: the credential, instead of a kept one.
        url: base URL, instead of the kept or usual one.
        settings: further fields of the account, instead of the kept ones.

    Raises:
        CredentialError: there is no such account, a credential is malformed, or a file of
            credentials can be read by other users. No message shows a credential.
        AddressError: the account is the built-in sandbox, which is not kept anywhere, or the URL
            is empty.
    """
    if at.account == SANDBOX:
        raise AddressError(f"{at} is built in: connect to it with ketbridge.connect('{at}')")
    given = {"token": token, "url": url, **settings}
    fields = {name: value for name, value in given.items() if value is not None}
    fields = _of_instance(at.cloud, fields)
    if at.account is None:
        fields = _of_instance(at.cloud, _over(_from_environment(at.cloud), fields))
        if not _shows_who(fields):
            fields = _of_instance(at.cloud, _over(_from_files(at.cloud), fields))
        if not _shows_who(fields):
            raise CredentialError(_how_to_give(at.cloud))
    else:
        fields = _over(_named(at, required=not _shows_who(fields)), fields)
    return _account(at, fields)


def _shows_who(fields: Fields) -> bool:
    """Whether there is a token, or a user name and a password that a token is given for."""
    return "token" in fields or {"username", "password"} <= fields.keys()


def _over(kept: Fields, fields: Fields) -> dict[str, Any]:
    """Put fields over kept ones; a kept credential of another kind does not stand beside them."""
    if "password" in fields:
        kept = {name: value for name, value in kept.items() if name != "token"}
    elif "token" in fields:
        kept = {name: kept[name] for name in kept if name not in ("username", "password")}
    return {**kept, **fields}


def _account(at: CloudAddress, fields: Fields) -> Account:
    settings = dict(fields)
    token, url = settings.pop("token", None), settings.pop("url", None)
    if url == "":
        raise AddressError(f"the base URL of {at} is empty: leave it out for the usual one")
    for name in SECRET_SETTINGS & settings.keys():
        settings[name] = _secret(settings[name], name.replace("_", " "))
    return Account(at, url, None if token is None else _secret(token, f"{at} token"), settings)


def _secret(value: str | Secret, what: str) -> Secret:
    return value if isinstance(value, Secret) else Secret(value, what)


def _from_environment(cloud: str) -> dict[str, Any]:
    found = {
        name: next(
            (os.environ[variable] for variable in variables if os.environ.get(variable)), None
        )
        for name, variables in _ENVIRONMENT[cloud].items()
    }
    return {name: value for name, value in found.items() if value is not None}


def _from_files(cloud: str) -> dict[str, Any]:
    from . import accounts_file, foreign_accounts

    kept = accounts_file.read().get(cloud, {}).get(DEFAULT)
    return dict(kept if kept is not None else foreign_accounts.read(cloud))


def _named(at: CloudAddress, *, required: bool) -> dict[str, Any]:
    from . import accounts_file

    kept = accounts_file.read().get(at.cloud, {})
    if at.account in kept:
        return dict(kept[at.account])
    if not required:
        return {}
    raise CredentialError(
        f"there is no account {at.account!r} for {at.cloud} in {accounts_file.path()}: "
        f"add it with 'ketbridge accounts add {at}'.{nearest(str(at.account), kept)}"
    )


def _of_instance(cloud: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Put in the account that is named where an instance is expected, if there is one."""
    name = fields.get("instance")
    if cloud != "ibm" or not isinstance(name, str) or name.startswith("crn:"):
        return fields
    from . import accounts_file, foreign_accounts

    saved = accounts_file.read().get(cloud, {}).get(name) or foreign_accounts.read(cloud, name)
    if not saved:
        return fields
    rest = {field: value for field, value in fields.items() if field != "instance"}
    return _over(saved, rest)


def _how_to_give(cloud: str) -> str:
    variable = _ENVIRONMENT[cloud]["token"][0]
    return (
        f"there is no {cloud} account: give token=... in the call, set {variable}, or run "
        f"'ketbridge accounts add {cloud}'. 'sandbox:ionq/simulator' runs on this computer and "
        "needs none."
    )

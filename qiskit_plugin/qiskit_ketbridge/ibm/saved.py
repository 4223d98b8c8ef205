"""Accounts that are kept by name, for `QiskitRuntimeService`, and which arguments it takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ketbridge import accounts_file, foreign_accounts
from ketbridge.accounts import DEFAULT, Secret
from ketbridge.address import CloudAddress
from ketbridge.errors import CredentialError, ProgramError, nearest

from .provider import shown

CLOUD = "ibm"
CHANNELS = ("ibm_quantum_platform", "ibm_cloud")
_USUAL = frozenset({"default-ibm-quantum-platform", "default-ibm-cloud"})


def fields_of(name: str | None, filename: str | None = None) -> dict[str, Any]:
    """Return the fields of a kept account.

    Args:
        name: its name, in Ketbridge's file or in that of IBM's own client; None for the default.
        filename: another file of IBM's own client.

    Raises:
        CredentialError: there is none; the message names the nearest.
    """
    file = None if filename is None else Path(filename)
    kept = {} if file else accounts_file.read().get(CLOUD, {})
    found = kept.get(name or DEFAULT) or foreign_accounts.read(CLOUD, name, file)
    if not found:
        known = [*kept, *foreign_accounts.names(CLOUD, file)]
        near = nearest(name, known) if name else ""
        raise CredentialError(f"there is no saved account {name or DEFAULT!r}.{near}")
    return dict(found)


def every(name: str | None = None, filename: str | None = None) -> dict[str, dict[str, Any]]:
    """List the kept accounts by name; of two of the same name, Ketbridge's own.

    Args:
        name: only the one of that name.
        filename: another file of IBM's own client.

    Raises:
        CredentialError: a file of accounts cannot be used.
    """
    file = None if filename is None else Path(filename)
    found = {
        one: foreign_accounts.read(CLOUD, one, file) for one in foreign_accounts.names(CLOUD, file)
    }
    if file is None:
        found |= accounts_file.read().get(CLOUD, {})
    return {one: shown(fields) for one, fields in found.items() if name in (None, one)}


def keep(
    name: str | None, token: str, fields: Mapping[str, Any], overwrite: bool, default: bool
) -> None:
    """Keep an account in Ketbridge's file, which only its owner can read.

    Args:
        name: its name; None for the default.
        token: the API key.
        fields: what else there is, None for what there is not.
        overwrite: whether to replace one of the same name.
        default: whether it is to be the default too.

    Raises:
        CredentialError: there is one of that name, or the token is malformed.
    """
    settings = {key: value for key, value in fields.items() if value is not None}
    own, usual = _address(name), _address(None)
    for at in [own, usual] if default and own != usual else [own]:
        replace = overwrite or at != own
        accounts_file.add(at, Secret(token, "token"), settings=settings, replace=replace)


def forget(name: str | None) -> bool:
    """Remove an account from Ketbridge's file; False if it is not there."""
    if (name or DEFAULT) not in accounts_file.read().get(CLOUD, {}):
        return False
    accounts_file.remove(_address(name))
    return True


def is_default(name: str) -> bool:
    """Whether a name is that of an account which is taken when none is named."""
    return name == DEFAULT or name in _USUAL


def check_channel(channel: str | None) -> None:
    """Refuse a channel that there is not.

    Raises:
        ProgramError: it is none of `CHANNELS`.
    """
    if channel not in (None, *CHANNELS):
        retired = " That of the former service was closed." if channel == "ibm_quantum" else ""
        raise ProgramError(
            f"the channel is one of {', '.join((*CHANNELS, 'local'))}, not {channel!r}.{retired}"
        )


def refuse(proxies: Any, verify: bool | None, private_endpoint: bool | None) -> None:
    """Refuse what would have no effect, or weaken the connection.

    Raises:
        ProgramError: one of them was given.
    """
    if proxies:
        raise ProgramError("proxies are not supported")
    if verify is False:
        raise ProgramError(
            "certificates are always verified: for a server with a certificate of your own, name "
            "its authority with ca_file=..."
        )
    if private_endpoint:
        raise ProgramError("private endpoints are not supported: give the place by url_resolver")


def _address(name: str | None) -> CloudAddress:
    if name is None or name in _USUAL:
        return CloudAddress(CLOUD)
    return CloudAddress.parse(f"{name}:{CLOUD}")

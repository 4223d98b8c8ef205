"""From an address to a cloud or a job."""

from __future__ import annotations

import atexit
import dataclasses
import importlib
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import accounts
from .address import Address, CloudAddress
from .errors import AddressError

if TYPE_CHECKING:
    from .accounts import Account, Secret
    from .clouds.base import Cloud
    from .jobs.handle import Job

MOST_CLOUDS = 32
"""How many clouds are kept, so that their connections are used again."""

_CLIENTS: Mapping[str, str] = {
    "ionq": "ketbridge.clouds.ionq.cloud:IonqCloud",
    "ibm": "ketbridge.clouds.ibm.cloud:IbmCloud",
    "ibm-direct": "ketbridge.clouds.ibm_direct.cloud:IbmDirectCloud",
    "kipu": "ketbridge.clouds.kipu.cloud:KipuCloud",
}
"""Where the client of each cloud is; loaded when the cloud is first used."""

_clouds: list[Cloud] = []
_lock = threading.Lock()


def connect(
    address: str, *, token: str | Secret | None = None, url: str | None = None, **settings: Any
) -> Cloud:
    """Return a cloud, seen with one account; sends nothing.

    Equal calls return the same object, whose connections are used again, until it is closed.

    Args:
        address: ``[account:]cloud``, for example ``ionq``, ``work:ibm`` or ``sandbox:ionq``.
        token: the credential; without it the environment and then ``accounts.toml`` are searched.
        url: base URL of the service, instead of the usual one.
        settings: further fields of the account, such as ``instance``, and settings of the
            transport, such as ``timeout_s``.

    Raises:
        AddressError: the address names no cloud, or one that this version has no client for.
        CredentialError: there is no such account, or it cannot be used.
        UnknownOptionError: a setting does not exist; the message names the nearest.
    """
    at = CloudAddress.parse(address)
    if at.cloud not in _CLIENTS:
        raise AddressError(
            f"this version of Ketbridge has no client for {at.cloud!r} yet; it has one for "
            f"{', '.join(_CLIENTS)}"
        )
    if at.account == accounts.SANDBOX:
        return _cloud(_sandbox(at, token, url, settings))
    return _cloud(accounts.load(at, token=token, url=url, **settings))


def job(address: str) -> Job:
    """Open a job from any process or machine; asks nothing yet.

    Args:
        address: ``[account:]cloud/<job id>``.

    Raises:
        AddressError: the address is not of that form.
        CredentialError: there is no such account, or it cannot be used.
    """
    cloud, job_id = resolve(address)
    return cloud.job(job_id)


def resolve(address: str) -> tuple[Cloud, str]:
    """Return the cloud of an address and the name of the backend or job in it.

    Raises:
        AddressError: the address is not of the form ``[account:]cloud/name``.
        CredentialError: there is no such account, or it cannot be used.
    """
    parsed = Address.parse(address)
    return connect(str(parsed.at)), parsed.name


def client_class(cloud: str) -> type[Cloud]:
    """Return the class of a cloud's clients, loaded now."""
    module, _, name = _CLIENTS[cloud].partition(":")
    found: type[Cloud] = getattr(importlib.import_module(module), name)
    return found


def _cloud(account: Account) -> Cloud:
    with _lock:
        _clouds[:] = [cloud for cloud in _clouds if not cloud.closed]
        found = next((cloud for cloud in _clouds if cloud.account == account), None)
        if found is not None:
            _clouds.remove(found)
        else:
            found = client_class(account.at.cloud)(account)
        _clouds.append(found)
        del _clouds[:-MOST_CLOUDS]
        return found


@atexit.register
def _close() -> None:
    """Close the connections that are left at the end of a script."""
    for cloud in _clouds:
        cloud.close()


def _sandbox(at: CloudAddress, token: object, url: object, settings: Mapping[str, Any]) -> Account:
    if token is not None or url is not None:
        raise AddressError(f"{at} has a credential and a place of its own: give it none")
    from . import sandbox

    account = sandbox.shared().accounts[at.cloud]
    return dataclasses.replace(account, at=at, settings={**account.settings, **settings})

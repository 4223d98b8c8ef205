"""The HTTP client of a dedicated system, and the store beside it."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from ...errors import AddressError, CredentialError
from ...storage import Place, Store
from ...transport.auth import Auth, Credential
from ...transport.client import Client
from .. import settings
from ..ibm_shared import iam

if TYPE_CHECKING:
    from ...accounts import Account

API_VERSION = "2025-08-15"
"""Taken unless the account names another."""

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _NoKey(Auth):
    """Public requests go out; one that needs a key says how to give it."""

    def credential(self) -> Credential:
        raise CredentialError(
            "there is no IBM Cloud API key: set KETBRIDGE_IBM_DIRECT_TOKEN, run 'ketbridge "
            "accounts add ibm-direct', or give token=..."
        )


def client(account: Account) -> Client:
    """Make the client of an account.

    Raises:
        CredentialError: the account does not say where the system is.
        AddressError: a URL or the API version is not usable.
    """
    if account.url is None:
        raise CredentialError(
            f"{account.at} does not say where the system is, and there is no usual place: give "
            "url=... in the call, set KETBRIDGE_IBM_DIRECT_URL, or keep it in accounts.toml as url"
        )
    version = str(account.settings.get("api_version", API_VERSION))
    if not _VERSION.fullmatch(version):
        raise AddressError(f"api_version is written YYYY-MM-DD, not {version[:40]!r}")
    plain = settings.transport(account.settings)
    headers = [*plain.headers, ("IBM-API-Version", version)]
    if account.settings.get("instance") is not None:
        headers.append(("Service-CRN", str(account.settings["instance"])))
    auth: Auth = _NoKey()
    if account.token is not None:
        place = iam.place(account.settings.get("iam_url"))
        auth = iam.exchange(account.token, place, plain)
    return Client(account.url, auth, settings=dataclasses.replace(plain, headers=tuple(headers)))


def store(account: Account) -> Store:
    """Make the store of an account.

    Raises:
        CredentialError: the account names no bucket, or half of a key.
        AddressError: the bucket, the prefix or the endpoint is not usable.
    """
    return Store(Place.of(account.settings, str(account.at)), settings.transport(account.settings))

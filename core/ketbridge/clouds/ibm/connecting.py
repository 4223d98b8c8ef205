"""The HTTP client of an instance: where it is, who asks, and in which version of the API."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from ...errors import AddressError, CredentialError, TransportError, nearest
from ...transport.auth import Auth, Credential
from ...transport.client import Client
from ...transport.wire import Settings
from .. import settings
from ..ibm_shared import iam
from . import instances

if TYPE_CHECKING:
    from ...accounts import Account
    from .directory import InstanceInfo

REGIONS = {
    "us-east": "https://quantum.cloud.ibm.com/api",
    "eu-de": "https://eu-de.quantum.cloud.ibm.com/api",
}
"""Where the service is, by region of the instance."""

API_VERSION = "2026-02-01"
"""Taken unless the account names another; the older of the two documented ones is the contract's
own default and the one that tells a job's place in the queue."""

CRN_FIELD = "Service-CRN"
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _NoKey(Auth):
    """Public requests go out; one that needs a key says how to give it."""

    def credential(self) -> Credential:
        raise CredentialError(
            "there is no IBM Cloud API key: set QISKIT_IBM_TOKEN, run 'ketbridge accounts add', "
            "or give token=..."
        )


def client(account: Account) -> Client:
    """Make the client of an account.

    Where the account does not name its instance by a CRN, this searches for it.

    Raises:
        CredentialError: the account names no usable instance.
        AddressError: a URL, the region or the API version is not usable.
        TransportError: the instance had to be searched for, and could not be.
    """
    crn, version, plain = instances.crn(account), api_version(account), _plain(account)
    auth = authentication(account)
    if crn is None:
        if account.token is None:
            raise CredentialError(
                f"{account.at} needs the CRN of an instance (crn:v1:...): give instance=... in "
                "the call, set QISKIT_IBM_INSTANCE, or keep it in accounts.toml as instance"
            )
        try:
            crn = instances.choose(account, auth, dataclasses.replace(plain, headers=())).crn
        except BaseException as error:
            auth.close()
            if isinstance(error, TransportError):
                error.add_note(
                    f"the instance of {account.at} was being searched for; with its CRN as "
                    "instance=... it need not be"
                )
            raise
    headers = (*plain.headers, (CRN_FIELD, crn), ("IBM-API-Version", version))
    return Client(
        account.url or _regional(account, crn),
        auth,
        settings=dataclasses.replace(plain, headers=headers),
    )


def authentication(account: Account) -> Auth:
    """Return what shows who asks: tokens that IAM gives for the account's key.

    Raises:
        AddressError: where IAM is said to be is not usable.
    """
    if account.token is None:
        return _NoKey()
    place = iam.place(account.settings.get("iam_url"))
    return iam.exchange(account.token, place, dataclasses.replace(_plain(account), headers=()))


def listed(account: Account) -> list[InstanceInfo]:
    """Search for the instances that an account's key may use.

    Raises:
        CredentialError: there is no key.
        TransportError: the search could not be asked.
    """
    auth = authentication(account)
    try:
        return instances.listed(account, auth, dataclasses.replace(_plain(account), headers=()))
    finally:
        auth.close()


def _plain(account: Account) -> Settings:
    return settings.transport(account.settings)


def api_version(account: Account) -> str:
    """Return the version of the API that an account asks for, ``YYYY-MM-DD``.

    Raises:
        AddressError: it is not of that form.
    """
    version = str(account.settings.get("api_version", API_VERSION))
    if not _VERSION.fullmatch(version):
        raise AddressError(f"api_version is written YYYY-MM-DD, not {version[:40]!r}")
    return version


def _regional(account: Account, crn: str) -> str:
    region = str(account.settings.get("region") or crn.split(":")[5])
    if region not in REGIONS:
        raise AddressError(
            f"{account.at}: {region[:40]!r} is no known region, there is {', '.join(REGIONS)}."
            f"{nearest(region[:40], REGIONS)} Give url=... for another place."
        )
    return REGIONS[region]

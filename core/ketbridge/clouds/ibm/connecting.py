"""The HTTP client of an instance: where it is, who asks, and in which version of the API."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from ...errors import AddressError, CredentialError, nearest
from ...transport.auth import Auth, Credential
from ...transport.client import Client
from .. import settings
from ..ibm_shared import iam

if TYPE_CHECKING:
    from ...accounts import Account

REGIONS = {
    "us-east": "https://quantum.cloud.ibm.com/api",
    "eu-de": "https://eu-de.quantum.cloud.ibm.com/api",
}
"""Where the service is, by region of the instance."""

API_VERSION = "2026-02-01"
"""Taken unless the account names another; the older of the two documented ones is the contract's
own default and the one that tells a job's place in the queue."""

_CRN = re.compile(r"crn:v[0-9]+(:[A-Za-z0-9._~/%-]*){8}")
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

    Raises:
        CredentialError: the account names no usable instance.
        AddressError: a URL, the region or the API version is not usable.
    """
    crn = instance(account)
    plain = settings.transport(account.settings)
    headers = (
        *plain.headers,
        ("Service-CRN", crn),
        ("IBM-API-Version", api_version(account)),
    )
    auth: Auth = _NoKey()
    if account.token is not None:
        place = iam.place(account.settings.get("iam_url"))
        auth = iam.exchange(account.token, place, dataclasses.replace(plain, headers=()))
    return Client(
        account.url or _regional(account, crn),
        auth,
        settings=dataclasses.replace(plain, headers=headers),
    )


def instance(account: Account) -> str:
    """Return the CRN of the instance that an account runs on.

    Raises:
        CredentialError: there is none, or it is no CRN; the message says how to give one.
    """
    crn: Any = account.settings.get("instance")
    if crn is None:
        raise CredentialError(
            f"{account.at} needs the CRN of an instance (crn:v1:...): give instance=... in the "
            "call, set QISKIT_IBM_INSTANCE, or keep it in accounts.toml as instance"
        )
    if not isinstance(crn, str) or not _CRN.fullmatch(crn):
        raise CredentialError(
            f"the instance of {account.at} is no CRN: it has the form crn:v1:bluemix:public:"
            "quantum-computing:<region>:a/<account>:<instance>:: and is shown with the instance "
            "at quantum.cloud.ibm.com"
        )
    return crn


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

"""The HTTP client of the Hub: where it is, who asks, and for which organisation.

Settings of the account: ``organization``; ``username`` and ``password``, with ``client_id`` and
``login_url``, instead of a token; those of `KipuCloud`; and any field of the transport's
`Settings`.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ...address import check_segment
from ...errors import CredentialError
from ...secret import Secret
from ...transport.auth import ApiKey, Auth, Credential
from ...transport.client import Client
from ...transport.wire import Settings
from . import oauth
from .options import refuse_unknown

if TYPE_CHECKING:
    from ...accounts import Account

BASE_URL = "https://api.hub.kipu-quantum.com/quantum"

OWN_SETTINGS = frozenset(
    {
        "organization",
        "username",
        "password",
        "client_id",
        "login_url",
        "service_execution",
        "settle_s",
        "backend_age_s",
    }
)
"""Settings of an account that are not for the transport."""


class _NoToken(Auth):
    """Public requests go out; one that needs a token says how to give it."""

    def credential(self) -> Credential:
        raise CredentialError(
            "there is no Kipu Hub token: set KQH_PERSONAL_ACCESS_TOKEN, run "
            "'ketbridge accounts add', or give token=..., or username=... and password=..."
        )


def client(account: Account) -> Client:
    """Make the client of an account.

    Raises:
        CredentialError: there is a user name without a password, or the other way round.
        AddressError: a URL or the organisation's id is not usable.
        UnknownOptionError: a setting does not exist; with the nearest.
    """
    names = {field.name for field in dataclasses.fields(Settings)} - {"headers"}
    refuse_unknown(account.settings, names | OWN_SETTINGS, "setting")
    chosen = {name: value for name, value in account.settings.items() if name in names}
    plain = Settings(**chosen)
    organization = account.settings.get("organization")
    headers: tuple[tuple[str, str], ...] = ()
    if organization:
        headers = (("X-OrganizationId", check_segment(str(organization), "organization id")),)
    return Client(
        account.url or BASE_URL,
        _auth(account, plain),
        settings=dataclasses.replace(plain, headers=headers),
    )


def _auth(account: Account, settings: Settings) -> Auth:
    if account.token is not None:
        return ApiKey("X-Auth-Token", "", account.token)
    username, password = (account.settings.get(name) for name in ("username", "password"))
    if username is None and password is None:
        return _NoToken()
    if not username or not password:
        raise CredentialError(f"{account.at} needs both username and password, or a token")
    client_id = account.settings.get("client_id")
    return oauth.exchange(
        str(username),
        password if isinstance(password, Secret) else Secret(str(password), "password"),
        str(account.settings.get("login_url") or oauth.LOGIN_URL),
        settings,
        None if client_id is None else str(client_id),
    )

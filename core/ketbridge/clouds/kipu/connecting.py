"""The HTTP client of the Hub: where it is, who asks, and for which organisation."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ...address import check_segment
from ...errors import CredentialError
from ...secret import Secret
from ...transport.auth import ApiKey, Auth, Credential
from ...transport.client import Client
from ...transport.wire import Settings
from .. import settings
from . import oauth

if TYPE_CHECKING:
    from ...accounts import Account

BASE_URL = "https://api.hub.kipu-quantum.com/quantum"


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
    """
    plain = settings.transport(account.settings)
    organization = account.settings.get("organization")
    headers: tuple[tuple[str, str], ...] = ()
    if organization:
        headers = (("X-OrganizationId", check_segment(str(organization), "organization id")),)
    return Client(
        account.url or BASE_URL,
        _auth(account, plain),
        settings=dataclasses.replace(plain, headers=headers),
    )


def _auth(account: Account, plain: Settings) -> Auth:
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
        plain,
        None if client_id is None else str(client_id),
    )

"""The HTTP client of IonQ: base URL, API key, settings."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from ...errors import CredentialError
from ...transport.auth import ApiKey, Auth, Credential
from ...transport.client import Client
from ...transport.wire import Settings
from .options import refuse_unknown

if TYPE_CHECKING:
    from ...accounts import Account


OWN_SETTINGS = frozenset({"settle_s", "backend_age_s"})
"""Settings of an account that are for `IonqCloud` and not for the transport."""


class _NoKey(Auth):
    """Public requests go out; one that needs a key says how to give it."""

    def credential(self) -> Credential:
        raise CredentialError(
            "there is no IonQ API key: set IONQ_API_KEY, run 'ketbridge accounts add', or give "
            "token=..."
        )


def client(account: Account, base_url: str) -> Client:
    """Make the client of an account.

    Args:
        account: the key, and where the service is if not at ``base_url``; its settings may have
            any field of the transport's `Settings`, and `OWN_SETTINGS`.
        base_url: where the service is.

    Raises:
        UnknownOptionError: a setting does not exist; with the nearest.
    """
    auth = _NoKey() if account.token is None else ApiKey("Authorization", "apiKey ", account.token)
    names = {field.name for field in dataclasses.fields(Settings)}
    refuse_unknown(account.settings, names | OWN_SETTINGS, "setting")
    chosen = {name: value for name, value in account.settings.items() if name in names}
    return Client(account.url or base_url, auth, settings=Settings(**chosen))

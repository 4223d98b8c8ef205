"""The HTTP client of IonQ: base URL, API key, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import CredentialError
from ...transport.auth import ApiKey, Auth, Credential
from ...transport.client import Client
from .. import settings

if TYPE_CHECKING:
    from ...accounts import Account


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
        account: the key, the settings, and where the service is if not at ``base_url``.
        base_url: where the service is.
    """
    auth = _NoKey() if account.token is None else ApiKey("Authorization", "apiKey ", account.token)
    return Client(account.url or base_url, auth, settings=settings.transport(account.settings))

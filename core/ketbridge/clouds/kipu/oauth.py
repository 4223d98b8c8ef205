"""OAuth2 password flow: user name and password go to the login and come back as tokens."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ...secret import Secret
from ...transport.auth import AccessToken, TokenExchange
from ...transport.operation import Operation, Repeat, Reply
from ...transport.wire import Settings
from ..wire import Answer, Int

LOGIN_URL = "https://login.hub.kipu-quantum.com"
TOKEN_PATH = "/realms/planqk/protocol/openid-connect/token"  # noqa: S105 - a path
SCOPE = "profile"
LIFETIME_S = 60
"""Taken where the login does not say how long a token is good."""


class TokenResponse(Answer):
    """What the login answers; the lifetime in seconds."""

    access_token: str
    expires_in: Int = LIFETIME_S
    refresh_token: str | None = None

    def __repr__(self) -> str:
        return f"TokenResponse(expires_in={self.expires_in})"

    __str__ = __repr__


def exchange(
    username: str,
    password: Secret,
    url: str,
    settings: Settings,
    client_id: str | None = None,
) -> TokenExchange:
    """Authenticate by tokens that the login gives for a user name and a password.

    A token is renewed with its refresh token, and with the password where that is refused.

    Args:
        username: the user.
        password: goes to the login and nowhere else.
        url: where the login is.
        settings: of the client that talks to it; they must not have an account's header fields.
        client_id: id of the application, which the contract does not name; left out if None.
    """
    client = {} if client_id is None else {"client_id": client_id}

    def ask(last: AccessToken | None) -> Operation[AccessToken]:
        refresh = () if last is None or last.refresh is None else (last.refresh,)
        if last is not None and last.refresh is not None:
            form = {"grant_type": "refresh_token", "refresh_token": last.refresh.reveal()}
        else:
            form = {
                "grant_type": "password",
                "username": username,
                "password": password.reveal(),
                "scope": SCOPE,
            }
        return _token({**form, **client}, (password, *refresh))

    return TokenExchange(url, ask, settings=settings)


def _token(form: dict[str, Any], confidential: tuple[Secret, ...]) -> Operation[AccessToken]:
    return Operation(
        "OAuth2 token",
        "POST",
        TOKEN_PATH,
        _read,
        Repeat.SAFE,
        body=urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
        authenticate=False,
        confidential=confidential,
    )


def _read(reply: Reply) -> AccessToken:
    try:
        answer = TokenResponse.model_validate_json(reply.body)
        token = Secret(answer.access_token, "Kipu Hub token")
        again = answer.refresh_token
        refresh = None if not again else Secret(again, "Kipu Hub refresh token")
    except ValueError:
        raise ValueError("it has no access_token") from None
    return AccessToken(token, float(answer.expires_in), refresh)

"""IBM Cloud IAM: the API key goes there and nowhere else, and short-lived tokens come back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from ...secret import Secret
from ...transport.auth import AccessToken, TokenExchange
from ...transport.operation import Operation, Repeat, Reply
from ...transport.wire import Settings
from ..wire import Answer, Int
from . import places

IAM_URL = "https://iam.cloud.ibm.com"

_GRANT = "urn:ibm:params:oauth:grant-type:apikey"


class IamToken(Answer):
    """What IAM answers: the token and for how many seconds it is good."""

    access_token: str
    expires_in: Int

    def __repr__(self) -> str:
        return f"IamToken(expires_in={self.expires_in})"

    __str__ = __repr__


def exchange(key: Secret, url: str, settings: Settings) -> TokenExchange:
    """Authenticate by tokens that IAM gives for an API key.

    Args:
        key: the API key.
        url: where IAM is.
        settings: of the client that talks to IAM; they must not have an account's header fields.
    """
    return TokenExchange(url, lambda _last: _get_token(key), settings=settings)


def place(chosen: Any = None) -> str:
    """Return where IAM is: as chosen, else ``IAM_URL`` of the environment if on this computer.

    The variable can not send a key elsewhere: it is meant for servers that imitate the service.

    Raises:
        AddressError: the URL is not usable, or the variable names another computer.
    """
    return places.place(chosen, "IAM_URL", IAM_URL, gets="the API key", setting="iam_url")


def _get_token(key: Secret) -> Operation[AccessToken]:
    form = {"grant_type": _GRANT, "apikey": key.reveal(), "response_type": "cloud_iam"}
    return Operation(
        "IAM token",
        "POST",
        "/identity/token",
        _read,
        Repeat.SAFE,
        body=urlencode(form).encode(),
        content_type="application/x-www-form-urlencoded",
        authenticate=False,
        confidential=(key,),
    )


def _read(reply: Reply) -> AccessToken:
    try:
        answer = IamToken.model_validate_json(reply.body)
        token = Secret(answer.access_token, "IAM token")
    except ValueError:
        raise ValueError("it has no access_token with a lifetime") from None
    return AccessToken(token, float(answer.expires_in))

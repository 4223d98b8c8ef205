"""Who asks: API keys, the tokens that IAM makes of them, and the instance that is asked for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass

from starlette.requests import Request

from ..service import HttpError
from .instance import ACCOUNT, CRN

REFUSED = frozenset(
    hashlib.sha256(word.encode()).digest() for word in ("invalid", "expired", "revoked")
)
SCHEMES = ("bearer", "apikey")


@dataclass(frozen=True, slots=True)
class Caller:
    """The user behind a request, made of the hash of the key."""

    user: str


class Access:
    """Decides which keys are accepted, makes tokens of them and reads these.

    Args:
        api_key: the only key that is accepted; None for all but ``invalid``, ``expired`` and
            ``revoked``.
        lifetime_s: how long a token is good, in seconds.
    """

    def __init__(self, api_key: str | None, lifetime_s: float) -> None:
        self._only = None if api_key is None else _digest(api_key)
        self._lifetime_s = lifetime_s
        self._secret = secrets.token_bytes(32)

    def token(self, api_key: str) -> dict[str, object]:
        """Exchange a key for a token, as IAM answers it.

        Raises:
            HttpError: the key is refused (400).
        """
        digest = _digest(api_key)
        if not self._accepted(digest):
            raise HttpError(400, "Provided API key could not be found.", code="BXNIM0415E")
        now = time.time()
        ends = now + self._lifetime_s
        claims = {
            "iam_id": _user(digest),
            "sub": _user(digest),
            "account": {"bss": ACCOUNT},
            "iat": int(now),
            "exp": int(ends) if self._lifetime_s >= 1 else ends,
            "jti": secrets.token_hex(16),
        }
        return {
            "access_token": self._signed(claims),
            "refresh_token": "not_supported",
            "token_type": "Bearer",
            "expires_in": int(self._lifetime_s),
            "expiration": int(ends),
            "scope": "ibm openid",
        }

    def bearer(self, request: Request) -> Caller:
        """Return who asks, whatever the instance.

        Raises:
            HttpError: there is no token or key, or it is refused or expired (401).
        """
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        given = given.strip()
        if scheme.lower() not in SCHEMES or not given:
            raise HttpError(401, "Send 'Authorization: Bearer <IAM token>'.")
        if scheme.lower() == "apikey":
            digest = _digest(given)
            if not self._accepted(digest):
                raise HttpError(401, "The API key is refused.")
            return Caller(_user(digest))
        return Caller(str(self._claims(given)["iam_id"]))

    def caller(self, request: Request) -> Caller:
        """Return who asks for the sandbox's instance.

        Raises:
            HttpError: no credential is accepted, or no instance is named (401), or another
                instance is (403).
        """
        caller = self.bearer(request)
        crn = request.headers.get("service-crn", "")
        if not crn:
            raise HttpError(401, "Send the CRN of the instance as Service-CRN.")
        if crn != CRN:
            raise HttpError(403, "There is no access to this instance.")
        return caller

    def revoke(self) -> None:
        """Refuse from now on every token that was given so far."""
        self._secret = secrets.token_bytes(32)

    def _accepted(self, digest: bytes) -> bool:
        if self._only is not None:
            return hmac.compare_digest(digest, self._only)
        return digest not in REFUSED

    def _signed(self, claims: dict[str, object]) -> str:
        head = _packed({"alg": "HS256", "typ": "JWT"})
        body = f"{head}.{_packed(claims)}"
        return f"{body}.{self._signature(body)}"

    def _signature(self, body: str) -> str:
        return _base64(hmac.digest(self._secret, body.encode(), "sha256"))

    def _claims(self, token: str) -> dict[str, object]:
        body, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(body).encode()):
            raise HttpError(401, "The token is not one of this service.")
        payload = body.partition(".")[2]
        claims: dict[str, object] = json.loads(
            base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        )
        if time.time() >= float(str(claims["exp"])):
            raise HttpError(401, "The token has expired.")
        return claims


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _user(digest: bytes) -> str:
    return f"IBMid-{digest.hex()[:10].upper()}"


def _packed(data: dict[str, object]) -> str:
    return _base64(json.dumps(data, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

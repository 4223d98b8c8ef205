"""Who asks: the API key of a request, of which only a hash is kept."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass

from starlette.requests import Request

from ..service import HttpError

SCHEME = "apikey"
REFUSED = frozenset(
    hashlib.sha256(word.encode()).digest() for word in ("invalid", "expired", "revoked")
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The user, key and project behind a request; all made of the hash of the key.

    Attributes:
        user: id of the user, 24 hexadecimal digits.
        key: id of the key, a UUID.
        project: id of the project, a UUID.
    """

    user: str
    key: str
    project: str


class Access:
    """Decides which keys are accepted.

    Args:
        api_key: the only key that is; None for all but ``invalid``, ``expired`` and ``revoked``.
    """

    organization = str(uuid.uuid5(uuid.NAMESPACE_URL, "ketbridge/sandbox/organization"))

    def __init__(self, api_key: str | None) -> None:
        self._only = None if api_key is None else hashlib.sha256(api_key.encode()).digest()

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            HttpError: there is no key, it is under another scheme, or it is refused (401).
        """
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        digest = hashlib.sha256(key.strip().encode()).digest()
        if scheme.lower() != SCHEME or not key.strip() or not self._accepted(digest):
            raise HttpError(401, "Invalid key provided: send 'Authorization: apiKey <key>'.")
        return Caller(
            user=digest.hex()[:24],
            key=str(uuid.UUID(bytes=digest[:16], version=4)),
            project=str(uuid.UUID(bytes=digest[16:], version=4)),
        )

    def _accepted(self, digest: bytes) -> bool:
        if self._only is not None:
            return hmac.compare_digest(digest, self._only)
        return digest not in REFUSED

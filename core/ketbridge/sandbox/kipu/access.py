"""Who asks: tokens in ``X-Auth-Token``, or bearer tokens that the login gives for a password.

Of tokens and passwords that come in only a hash is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from ..service import HttpError, JobSeen, Route, json_answer

TOKEN_PATH = "/realms/planqk/protocol/openid-connect/token"  # noqa: S105 - a path
REFUSED = ("invalid", "expired", "revoked")
EXECUTION = "execution:"
"""A token that begins so belongs to the service execution whose id follows; that is ours."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is behind a request.

    Attributes:
        user: made of the hash of the token or of the user's name, and of the organisation.
        execution: id of the service execution that the token belongs to.
    """

    user: str
    execution: str | None = None


class Access:
    """Decides which tokens are accepted.

    Args:
        api_key: the only token and the only password that are; None for all but ``invalid``,
            ``expired`` and ``revoked``.
        lifetime_s: how long a token of the login is good, in seconds.
    """

    def __init__(self, api_key: str | None, lifetime_s: float = 300.0) -> None:
        self._only = None if api_key is None else _digest(api_key)
        self._lifetime_s = lifetime_s
        self._bearers: dict[str, tuple[str, float]] = {}
        self._refreshes: dict[str, str] = {}

    def caller(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            HttpError: there is no token, or it is refused or expired (401).
        """
        found = self.known(request)
        if found is None:
            raise HttpError(401, "Send a token in X-Auth-Token, or a bearer token of the login.")
        return found

    def known(self, request: Request) -> Caller | None:
        """Return who asks, None where the request has no token that is accepted."""
        organization = request.headers.get("x-organizationid", "")
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            name, ends = self._bearers.get(bearer.strip(), ("", 0.0))
            return Caller(_digest(f"name {name} {organization}")) if ends > time.time() else None
        token = request.headers.get("x-auth-token", "").strip()
        if not self.accepts(token):
            return None
        execution = token.removeprefix(EXECUTION) if token.startswith(EXECUTION) else None
        return Caller(_digest(f"token {token} {organization}"), execution)

    def revoke(self) -> None:
        """Refuse from now on every token that the login gave so far; refresh tokens stay good."""
        self._bearers.clear()

    def accepts(self, secret: str) -> bool:
        """Tell whether a token or a password is accepted."""
        if self._only is not None:
            return hmac.compare_digest(_digest(secret), self._only)
        return bool(secret) and secret not in REFUSED

    def grant(self, form: dict[str, str]) -> dict[str, Any]:
        """Give tokens for a password, or for a refresh token, which is then used up.

        Raises:
            HttpError: neither is accepted (401), or the grant is another (400).
        """
        kind = form.get("grant_type")
        if kind == "password":
            name = form.get("username", "")
            if not name or not self.accepts(form.get("password", "")):
                raise HttpError(401, "Invalid user credentials", code="invalid_grant")
        elif kind == "refresh_token":
            name = self._refreshes.pop(form.get("refresh_token", ""), "")
            if not name:
                raise HttpError(400, "Token is not active", code="invalid_grant")
        else:
            raise HttpError(400, "Unsupported grant_type", code="unsupported_grant_type")
        bearer, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._bearers[bearer] = (name, time.time() + self._lifetime_s)
        self._refreshes[refresh] = name
        return {
            "access_token": bearer,
            "expires_in": int(self._lifetime_s),
            "refresh_token": refresh,
            "token_type": "Bearer",
            "scope": form.get("scope", "profile"),
        }


class Login:
    """The login of the Hub, mounted at ``/login``: OAuth2 with a password or a refresh token."""

    cloud = "kipu-login"
    prefix = "/login"

    def __init__(self, access: Access) -> None:
        self._access = access

    def routes(self) -> list[Route]:
        """List its one operation."""
        return [Route("kipu.token", "POST", TOKEN_PATH, self._token)]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as OAuth2 does."""
        code = more.get("code", "invalid_request")
        return json_answer({"error": code, "error_description": message}, status)

    def jobs(self) -> list[JobSeen]:
        """List nothing: it has no jobs."""
        return []

    async def _token(self, request: Request) -> Response:
        form = await _form(request)
        return json_answer(self._access.grant(form))


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

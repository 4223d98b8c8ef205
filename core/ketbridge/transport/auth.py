"""How a request shows who sends it."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    PermissionDenied,
    RequestRefused,
    TransportError,
)
from ..secret import Secret
from .operation import Operation
from .wire import Settings, watch_forks

if TYPE_CHECKING:
    from .client import Client


@dataclass(frozen=True, slots=True)
class Credential:
    """Header fields that show who sends a request; printing it shows none of them."""

    headers: tuple[tuple[str, Secret], ...] = field(default=(), repr=False)
    prefix: str = ""

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Return the header fields as they go on the wire."""
        return [
            (name.encode(), f"{self.prefix}{value.reveal()}".encode())
            for name, value in self.headers
        ]

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that no message may show."""
        return tuple(value.reveal() for _, value in self.headers)


class Auth:
    """A way of authenticating; this one and `NoAuth` show nothing."""

    renewable = False
    """Whether a credential that the service refused can be replaced by a fresh one."""

    def credential(self) -> Credential | None:
        """Return what to send now; None where it has to be renewed first."""
        return Credential()

    def secrets(self) -> tuple[str, ...]:
        """Return the texts that no message may show, whether or not they were sent."""
        return ()

    def renew(self, stale: Credential | None, timeout_s: float) -> None:
        """Replace a credential that expired or was refused; blocks.

        Raises:
            AuthenticationFailed: the service does not give another one.
            TransportError: the token endpoint could not be asked.
        """
        raise AuthenticationFailed("the credential cannot be renewed", status=401)

    def close(self) -> None:
        """Close the connections that it holds."""


class NoAuth(Auth):
    """Requests that anybody may send."""


class ApiKey(Auth):
    """A key that goes with each request as it is."""

    def __init__(self, header: str, prefix: str, secret: Secret) -> None:
        """Take a key.

        Args:
            header: name of the header field, for example ``Authorization``.
            prefix: text before the key, for example ``"apiKey "``.
            secret: the key.
        """
        self._credential = Credential(((header, secret),), prefix)

    def credential(self) -> Credential:
        """Return the key's header field."""
        return self._credential

    def secrets(self) -> tuple[str, ...]:
        """Return the key."""
        return self._credential.secrets()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What a token endpoint gives.

    Attributes:
        value: the token.
        lifetime_s: how long it is good for, in seconds.
        refresh: what the next exchange may use instead of the key or password.
    """

    value: Secret
    lifetime_s: float
    refresh: Secret | None = None


class TokenExchange(Auth):
    """A key or password that is exchanged for short-lived tokens at an origin of its own.

    The key travels in the exchange only. However many threads and tasks find the token expired,
    one of them exchanges and the others wait for it and share its token or a copy of its error.
    If it only ran out of time, the next one that has some left exchanges.
    """

    renewable = True

    def __init__(
        self,
        url: str,
        exchange: Callable[[AccessToken | None], Operation[AccessToken]],
        *,
        settings: Settings | None = None,
        header: str = "Authorization",
        prefix: str = "Bearer ",
        margin_s: float = 60.0,
    ) -> None:
        """Prepare an exchange; nothing is sent before the first request.

        Args:
            url: base URL of the token endpoint.
            exchange: makes the operation that gets a token; it is given the last token if that has
                a refresh token to use, otherwise None. It must be SAFE to repeat.
            settings: of the client that talks to the endpoint.
            header: name of the header field that carries the token.
            prefix: text before the token.
            margin_s: how long before its end a token counts as expired; at most a tenth of its
                lifetime.

        Raises:
            AddressError: the URL is not usable.
        """
        from .client import Client

        self._settings = settings or Settings()
        self._client: Client = Client(url, NoAuth(), settings=self._settings)
        self._exchange = exchange
        self._key = exchange(None).confidential
        self._header = header
        self._prefix = prefix
        self._margin_s = margin_s
        self._token: AccessToken | None = None
        self._current: Credential | None = None
        self._expires = 0.0
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        """Forget an exchange that a thread of the parent was at."""
        self._lock = threading.Lock()
        self._running: Future[None] | None = None

    def credential(self) -> Credential | None:
        """Return the token's header field, None without a token that is still good."""
        with self._lock:
            return self._current if self._settings.clock() < self._expires else None

    def secrets(self) -> tuple[str, ...]:
        """Return the last token and the key."""
        current = self._current
        key = (secret.reveal() for secret in self._key)
        return (*key, *(() if current is None else current.secrets()))

    def renew(self, stale: Credential | None, timeout_s: float) -> None:
        """Exchange, or wait for the exchange that another thread has begun.

        Raises:
            AuthenticationFailed: the endpoint refused.
            DeadlineExceeded: the exchange took longer than ``timeout_s``.
            TransportError: the endpoint could not be asked.
        """
        clock = self._settings.clock
        end = clock() + timeout_s
        while True:
            with self._lock:
                good = clock() < self._expires
                if self._current is not None and good and self._current is not stale:
                    return
                mine, waiting = self._running is None, self._running
                if waiting is None:
                    waiting = self._running = Future()
            if mine:
                self._lead(waiting, end - clock())
                return
            try:
                failure = waiting.exception(max(0.0, end - clock()))
            except FutureTimeout:
                raise DeadlineExceeded("the token exchange took too long") from None
            if failure is None:
                return
            if not isinstance(failure, DeadlineExceeded) or clock() >= end:
                raise copy.copy(failure)  # each caller adds to its own what it was about

    def close(self) -> None:
        """Close the connection to the token endpoint."""
        self._client.close()

    def _lead(self, running: Future[None], timeout_s: float) -> None:
        try:
            token = self._fetch(timeout_s)
        except BaseException as error:
            self._settle(running, None, error)
            raise
        self._settle(running, token, None)

    def _settle(
        self, running: Future[None], token: AccessToken | None, error: BaseException | None
    ) -> None:
        with self._lock:
            self._running = None
            self._token = token
            self._current, self._expires = None, 0.0
            if token is not None:
                margin_s = min(self._margin_s, token.lifetime_s / 10)
                self._current = Credential(((self._header, token.value),), self._prefix)
                self._expires = self._settings.clock() + token.lifetime_s - margin_s
        if error is None:
            running.set_result(None)
        elif isinstance(error, TransportError):
            running.set_exception(copy.copy(error))
        else:
            running.set_exception(DeadlineExceeded("the token exchange was interrupted"))

    def _fetch(self, timeout_s: float) -> AccessToken:
        """Exchange; a refresh token that is refused is followed by the key itself."""
        before = self._token if self._token is not None and self._token.refresh else None
        end = self._settings.clock() + timeout_s
        for previous in [before, None] if before else [None]:
            try:
                left = end - self._settings.clock()
                return self._client.send(self._exchange(previous), timeout_s=left)
            except (RequestRefused, AuthenticationFailed, PermissionDenied) as refused:
                if previous is None:
                    raise AuthenticationFailed(
                        f"the token endpoint refused the credential: {refused}",
                        code=refused.code,
                        detail=refused.detail,
                        operation=refused.operation,
                        status=refused.status,
                        request_id=refused.request_id,
                    ) from None
        raise AssertionError("the last exchange returns or raises")

"""What a service gives to the sandbox: its operations, and how it words an error.

Each operation of a contract is one `Endpoint`. Around its handler go, for every service alike: the
count of requests, the fault knobs, errors as answers, and gzip for large bodies.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .faults import Faults
from .injection import Exchange, enact

GZIP_FROM_BYTES = 1024

logger = logging.getLogger(__name__)

Handler = Callable[[Request], Awaitable[Response]]


class HttpError(Exception):
    """A handler refuses a request with a status, a message and further members of the body."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job on the server, for tests and tools that look at it from outside.

    Attributes:
        cloud: name of the cloud in addresses.
        id: the job's id.
        status: the service's own word.
        backend: the service's name of the machine.
        name: the job's name.
        metadata: the strings that were sent with it.
        tags: the tags that it has.
    """

    cloud: str
    id: str
    status: str
    backend: str
    name: str | None
    metadata: dict[str, str] | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One operation.

    Attributes:
        operation: its id in the contract.
        method: of HTTP.
        path: below the mount.
        handler: answers it.
        error: words its errors; None where the service's own way does.
    """

    operation: str
    method: str
    path: str
    handler: Handler
    error: Callable[..., Response] | None = None


class Service(Protocol):
    """One cloud of the sandbox."""

    cloud: str
    prefix: str

    def routes(self) -> list[Route]:
        """List its operations, literal paths before those with parameters."""

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as this service does."""

    def jobs(self) -> Sequence[JobSeen]:
        """List the jobs that were sent to it and not deleted, oldest first."""


class Endpoint:
    """An ASGI application that answers one operation."""

    def __init__(
        self, route: Route, service: Service, faults: Faults, requests: Counter[str]
    ) -> None:
        self._route = route
        self._error = route.error or service.error
        self._faults = faults
        self._requests = requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive, send)
        self._requests[self._route.operation] += 1
        if self._faults.latency_ms:
            await asyncio.sleep(self._faults.latency_ms / 1000)
        fault = self._faults.take(self._route.operation)
        if fault is None:
            response: Response | None = _packed(request, await self._answer(request))
        else:
            exchange = Exchange(request, lambda: self._answer(request), self._refuse)
            response = await enact(fault, exchange)
        if response is not None:
            await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            return await self._route.handler(request)
        except HttpError as error:
            return self._error(error.status, error.message, **error.more)
        except ClientDisconnect:
            return self._error(400, "The request ended before its body did.")  # nobody reads it
        except Exception:
            logger.exception("the sandbox failed to answer %s", self._route.operation)
            return self._error(500, "The sandbox failed to answer; its log says why.")

    def _refuse(self, status: int) -> Response:
        return self._error(status, "The sandbox was told to fail this request.")


def json_answer(data: Any, status: int = 200) -> Response:
    """Make a JSON answer."""
    content = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return Response(content, status, media_type="application/json")


def _packed(request: Request, response: Response) -> Response:
    """Compress a large body for a client that takes gzip."""
    if len(response.body) >= GZIP_FROM_BYTES and "gzip" in request.headers.get(
        "accept-encoding", ""
    ):
        response.body = gzip.compress(bytes(response.body), 1)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
        response.headers["vary"] = "accept-encoding"
    return response

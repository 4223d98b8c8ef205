"""The application: the services on one port, behind a check of Host and a cap on bodies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Router
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .faults import Faults
from .service import Endpoint, HttpError, Service

MAX_BODY_BYTES = 256 * (1 << 20)
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


def build(
    services: Sequence[Service],
    faults: Faults,
    requests: Counter[str],
    max_body_bytes: int = MAX_BODY_BYTES,
) -> ASGIApp:
    """Put the services together on one port, each below its own prefix."""
    mounts = [_mount(service, faults, requests) for service in services]
    return LocalOnly(BodyCap(Router(routes=mounts), max_body_bytes))


def _mount(service: Service, faults: Faults, requests: Counter[str]) -> Mount:
    routes = [
        StarletteRoute(
            route.path, Endpoint(route, service, faults, requests), methods=[route.method]
        )
        for route in service.routes()
    ]

    async def unknown(request: Request) -> Response:
        return service.error(404, f"There is no {request.method} {request.url.path} here.")

    routes.append(StarletteRoute("/{rest:path}", unknown, methods=list(_METHODS)))
    return Mount(service.prefix, routes=routes)


_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class LocalOnly:
    """Refuses requests whose Host is not this computer, so that no web page can reach it.

    A page on the web could otherwise point a name of its own at 127.0.0.1 and read answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 421."""
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").lower()
        name = host[: host.rfind(":")] if ":" in host.rpartition("]")[2] else host
        if name in LOCAL_HOSTS and not _foreign(headers.get(b"origin")):
            await self._app(scope, receive, send)
            return
        refusal = PlainTextResponse("The sandbox answers only to 127.0.0.1.", 421)
        await refusal(scope, receive, send)


def _foreign(origin: bytes | None) -> bool:
    """Tell whether a browser sends this request for a page that is not from this computer."""
    if origin is None:
        return False
    host = origin.decode("latin-1").partition("//")[2].partition(":")[0]
    return host not in LOCAL_HOSTS


class BodyCap:
    """Refuses requests whose body is larger than a number of bytes."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; reading more than fits ends in the service's answer 413."""
        seen = 0

        async def capped() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._max_bytes:
                raise HttpError(413, f"The body is larger than {self._max_bytes} bytes.")
            return message

        await self._app(scope, capped, send)

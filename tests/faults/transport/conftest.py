"""One way to call the transport for both drivers, and servers that are closed afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.clockwork import Clockwork
from support.operations import CANARY
from support.rawserver import Action, RawServer

from ketbridge.secret import Secret
from ketbridge.transport import ApiKey, Auth, Client, Settings


class Caller:
    """Calls a client by one of its two drivers."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._runner = asyncio.Runner() if kind == "async" else None
        self._clients: list[Client] = []

    def client(
        self, url: str, settings: Settings | None = None, auth: Auth | None = None
    ) -> Client:
        auth = auth or ApiKey("Authorization", "apiKey ", Secret(CANARY))
        self._clients.append(Client(url, auth, settings=settings))
        return self._clients[-1]

    def send(self, client: Client, operation: Any, timeout_s: float | None = None) -> Any:
        if self._runner is None:
            return client.send(operation, timeout_s=timeout_s)
        return self._runner.run(client.asend(operation, timeout_s=timeout_s))

    def download(self, client: Client, operation: Any, path: Path) -> Any:
        if self._runner is None:
            return client.download(operation, path)
        return self._runner.run(client.adownload(operation, path))

    def run(self, client: Client, flow: Any, timeout_s: float | None = None) -> Any:
        if self._runner is None:
            return client.run(flow, timeout_s=timeout_s)
        return self._runner.run(client.arun(flow, timeout_s=timeout_s))

    def close(self) -> None:
        if self._runner is not None:
            self._runner.close()
        for client in self._clients:
            client.close()


@pytest.fixture(params=["sync", "async"])
def caller(request: pytest.FixtureRequest) -> Iterator[Caller]:
    made = Caller(request.param)
    yield made
    made.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., RawServer]]:
    servers: list[RawServer] = []

    def start(*script: Action, **options: Any) -> RawServer:
        servers.append(RawServer(*script, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def clockwork() -> Clockwork:
    return Clockwork()

"""A sandbox whose circuits run in threads, and a client that holds every answer to the contract."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from contract.openapi import Contract

from ketbridge import sandbox

CONTRACT = Contract("ionq.json")
ERRORS = {400: "BadRequest", 401: "Unauthorized", 404: "NotFound"}
BELL = [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]
FINAL = ("completed", "failed", "canceled")


class Checked(httpx.Client):
    """An HTTP client whose answers must be what the contract says for their operation."""

    def __init__(self, url: str, key: str = "test") -> None:
        headers = {"Authorization": f"apiKey {key}"}
        super().__init__(base_url=f"{url}/v0.4", headers=headers, timeout=30)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        answer.read()
        assert not violations(answer), violations(answer)
        return answer

    def submit(self, circuit: Any = None, **changes: Any) -> str:
        body = {
            "type": "ionq.circuit.v1",
            "backend": "simulator",
            "shots": 100,
            "input": {"gateset": "qis", "circuit": BELL if circuit is None else circuit},
            **changes,
        }
        answer = self.post("/jobs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def ended(self, job_id: str, timeout_s: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.get(f"/jobs/{job_id}").json()
            if job["status"] in FINAL:
                return job
            time.sleep(0.01)
        raise AssertionError(f"{job_id} did not end")

    def probabilities(self, job_id: str, **query: Any) -> dict[int, float]:
        self.ended(job_id)
        answer = self.get(f"/jobs/{job_id}/results/probabilities", params=query)
        assert answer.status_code == 200, answer.text
        return {int(state): value for state, value in answer.json().items()}


def violations(answer: httpx.Response) -> list[str]:
    """Say in what an answer differs from the contract."""
    if answer.is_error:
        name = ERRORS.get(answer.status_code, "Error")
        schema = CONTRACT.document["components"]["responses"][name]["content"]["application/json"]
        return CONTRACT.errors(schema["schema"], answer.json(), sent=False)
    operation = operation_of(answer.request)
    if operation is None:
        return []
    return CONTRACT.errors(CONTRACT.reply_schema(operation), answer.json(), sent=False)


def operation_of(request: httpx.Request) -> str | None:
    """Find the operation of a request; paths without parameters come first."""
    path = request.url.path.removeprefix("/v0.4")
    found = [
        name
        for name, operation in CONTRACT.operations.items()
        if operation.method == request.method and CONTRACT.match_path(name, path) is not None
    ]
    return min(found, key=lambda name: CONTRACT.operations[name].path.count("{"), default=None)


@pytest.fixture(scope="session")
def executor() -> Any:
    with ThreadPoolExecutor(2) as pool:
        yield pool


@pytest.fixture
def server(executor: Any) -> Any:
    fast = {name: sandbox.Timing() for name in ("qpu.forte-1", "qpu.aria-1")}
    with sandbox.start(executor=executor, timing=fast) as running:
        yield running


@pytest.fixture
def client(server: sandbox.Sandbox) -> Any:
    with Checked(server.url) as http:
        yield http

"""A sandbox, and a client whose answers must be what the contract of the Kipu Hub says."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from contract.hub import HubContract

from ketbridge import sandbox

CONTRACT = HubContract("kipu_hub.json")
PREFIX = "/quantum"
FINAL = ("COMPLETED", "FAILED", "CANCELLED")
BELL2 = (
    'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; '
    "h q[0]; cx q[0], q[1]; measure q -> c;"
)


class Checked(httpx.Client):
    """An HTTP client whose answers must be what the contract says for their operation."""

    def __init__(self, server: sandbox.Sandbox, token: str = "test") -> None:
        headers = {"X-Auth-Token": token}
        super().__init__(base_url=server.url + PREFIX, headers=headers, timeout=30)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        answer.read()
        assert not violations(answer), violations(answer)
        return answer

    def submit(self, backend: str, given: Any, **changes: Any) -> str:
        body = {"backend_id": backend, "shots": 100, "input": given, **changes}
        answer = self.post("/jobs", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def ended(self, job_id: str, timeout_s: float = 60) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if self.get(f"/jobs/{job_id}/status").json()["status"] in FINAL:
                return self.get(f"/jobs/{job_id}").json()
            time.sleep(0.01)
        raise AssertionError(f"{job_id} did not end")

    def result(self, backend: str, given: Any, **changes: Any) -> dict[str, Any]:
        """Run a job and return its result."""
        job_id = self.submit(backend, given, **changes)
        job = self.ended(job_id)
        answer = self.get(f"/jobs/{job_id}/result").json()
        assert job["status"] == "COMPLETED", answer
        return answer

    def reason(self, backend: str, given: Any, **changes: Any) -> str:
        """Run a job that fails and return why."""
        job_id = self.submit(backend, given, **changes)
        assert self.ended(job_id)["status"] == "FAILED"
        return self.get(f"/jobs/{job_id}/result").json()["reason"]


def violations(answer: httpx.Response) -> list[str]:
    """Say in what an answer differs from the contract."""
    operation = operation_of(answer.request)
    if operation is None or answer.is_error or not answer.content:
        return []
    responses = CONTRACT.operations[operation].spec["responses"]
    if str(answer.status_code) not in responses:
        return [f"{operation} answers {answer.status_code}"]
    content = responses[str(answer.status_code)].get("content", {})
    if "application/json" not in content:
        return []
    return CONTRACT.errors(content["application/json"]["schema"], answer.json(), sent=False)


def operation_of(request: httpx.Request) -> str | None:
    """Find the operation of a request; paths without parameters come first."""
    path = request.url.path.removeprefix(PREFIX)
    found = [
        name
        for name, operation in CONTRACT.operations.items()
        if operation.method == request.method and CONTRACT.match_path(name, path) is not None
    ]
    return min(found, key=lambda name: CONTRACT.operations[name].path.count("{"), default=None)


@pytest.fixture(scope="session")
def hub(executor: Any) -> Any:
    with sandbox.start(executor=executor) as running:
        yield running


@pytest.fixture
def client(hub: sandbox.Sandbox) -> Any:
    with Checked(hub) as http:
        yield http

"""A sandbox, and a client whose answers must be what the contract of IBM Direct Access says."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx
import pytest
from contract.openapi import Contract
from support.ibm_programs import MACHINE, sampled

from ketbridge import sandbox
from ketbridge.clouds.ibm_shared import primitives as payload
from ketbridge.storage import Place, Store

CONTRACT = Contract("ibm_direct_access.json")
PREFIX = "/direct"
ANY = float("inf")


class Checked(httpx.Client):
    """An HTTP client with a bucket beside it."""

    def __init__(self, server: sandbox.Sandbox, key: str = "test") -> None:
        account = server.accounts["ibm-direct"]
        form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": key}
        token = httpx.post(f"{server.url}/identity/token", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        super().__init__(base_url=account.url or "", headers=headers, timeout=30)
        self.store = Store(Place.of(account.settings, "ibm-direct"))

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        answer.read()
        assert not violations(answer), violations(answer)
        return answer

    def body(self, **changes: Any) -> dict[str, Any]:
        """Put an input into the bucket and write the body of its job."""
        job_id = changes.pop("id", str(uuid.uuid4()))
        life_s = changes.pop("life_s", 600)
        self.store.put(job_id, changes.pop("input", payload.params(sampled())), ANY)
        names = {"input": ("get", job_id), "results": ("put", f"{job_id}-results")}
        names["logs"] = ("put", f"{job_id}-logs")
        storage = {
            name: {
                "type": "s3_compatible",
                "presigned_url": self.store.lend(place, way, life_s).reveal(),
            }
            for name, (way, place) in names.items()
        }
        plain = {"id": job_id, "program_id": "sampler", "backend": MACHINE, "timeout_secs": 60}
        return {**plain, "storage": storage, **changes}

    def submit(self, **changes: Any) -> str:
        body = self.body(**changes)
        answer = self.post("/v1/jobs", json=body)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        return body["id"]

    def ended(self, job_id: str, timeout_s: float = 30) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.get(f"/v1/jobs/{job_id}").json()
            if job["status"] != "Running":
                return job
            time.sleep(0.02)
        raise AssertionError(f"{job_id} did not end")


def violations(answer: httpx.Response) -> list[str]:
    """Say in what an answer differs from the contract."""
    if answer.is_error:
        return CONTRACT.errors(CONTRACT.named_schema("HTTPError"), answer.json(), sent=False)
    path = answer.request.url.path.removeprefix(PREFIX)
    method = answer.request.method
    (name,) = (
        name
        for name, operation in CONTRACT.operations.items()
        if operation.method == method and CONTRACT.match_path(name, path) is not None
    )
    if answer.status_code == 204:
        return [] if not answer.content else ["204 has a body"]
    return CONTRACT.errors(CONTRACT.reply_schema(name), answer.json(), sent=False)


@pytest.fixture
def client(executor: Any) -> Any:
    with sandbox.start(executor=executor) as server, Checked(server) as http:
        http.server = server
        yield http
        http.store.close()


@pytest.fixture
def serve(executor: Any) -> Any:
    """Start a sandbox with choices and return a client of it."""
    opened: list[Any] = []

    def start(timing: Any = None, **choices: Any) -> Checked:
        server = sandbox.start(
            executor=executor, timing=timing, direct=sandbox.DirectChoices(**choices)
        )
        opened.append((server, Checked(server)))
        return opened[-1][1]

    yield start
    for server, http in opened:
        http.store.close()
        http.close()
        server.stop()

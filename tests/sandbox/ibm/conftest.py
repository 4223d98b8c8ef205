"""A sandbox, and a client whose answers must be what the contract of IBM Qiskit Runtime says."""

from __future__ import annotations

import base64
import io
import json
import time
import zlib
from typing import Any

import httpx
import numpy as np
import pytest
from contract.openapi import Contract
from qiskit import ClassicalRegister, QuantumCircuit, qpy
from qiskit_ibm_runtime import RuntimeDecoder

from ketbridge import sandbox

CONTRACT = Contract("ibm_runtime.json")
OLD, NEW, NEWEST = "2026-02-01", "2026-03-15", "2026-04-15"
NEWER_ANSWERS = {
    "get_job": "JobResponse_2026_03_15",
    "list_jobs": "JobsResponse_2026_03_15",
    "get_job_metrics_jid": "JobMetrics_2026_03_15",
}
FINAL = ("Completed", "Failed", "Cancelled")
GRANT = "urn:ibm:params:oauth:grant-type:apikey"


class Checked(httpx.Client):
    """An HTTP client for one version of the API."""

    def __init__(self, server: sandbox.Sandbox, version: str = OLD, key: str = "test") -> None:
        account = server.accounts["ibm"]
        self.version = version
        form = {"grant_type": GRANT, "apikey": key, "response_type": "cloud_iam"}
        token = httpx.post(f"{account.settings['iam_url']}/identity/token", data=form).json()
        headers = {
            "Authorization": f"Bearer {token['access_token']}",
            "Service-CRN": account.settings["instance"],
            "IBM-API-Version": version,
        }
        super().__init__(base_url=account.url or "", headers=headers, timeout=30)

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = super().send(request, **options)
        answer.read()
        assert not violations(answer, self.version), violations(answer, self.version)
        return answer

    def submit(self, pubs: Any = None, program: str = "sampler", **changes: Any) -> str:
        options = changes.pop("options", {"simulator": {"seed_simulator": 1}})
        params = {"pubs": [[bell()]] if pubs is None else pubs, "options": options, "version": 2}
        body = {
            "program_id": program,
            "backend": "ibm_lagos",
            "params": changes.pop("params", params),
            **changes,
        }
        answer = self.post("/v1/jobs", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.get(f"/v1/jobs/{job_id}", params={"exclude_params": "true"}).json()

    def ended(self, job_id: str, timeout_s: float = 60) -> dict[str, Any]:
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            job = self.job(job_id)
            if job["state"]["status"] in FINAL:
                return job
            time.sleep(0.01)
        raise AssertionError(f"{job_id} did not end")

    def result(self, job_id: str) -> Any:
        job = self.ended(job_id)
        assert job["state"]["status"] == "Completed", job["state"]
        return json.loads(self.get(f"/v1/jobs/{job_id}/results").text)

    def decoded(self, job_id: str) -> Any:
        return json.loads(json.dumps(self.result(job_id)), cls=RuntimeDecoder)


def violations(answer: httpx.Response, version: str) -> list[str]:
    """Say in what an answer differs from the contract."""
    operation = operation_of(answer.request)
    if operation is None:
        return []
    documented = CONTRACT.operations[operation].spec["responses"]
    if answer.is_error:
        name = "Error"
        for response in documented.values():
            content = CONTRACT.resolve(response).get("content", {}).get("application/json", {})
            if content.get("schema", {}).get("$ref", "").endswith("/TypedError"):
                name = "TypedError"
        return CONTRACT.errors(CONTRACT.named_schema(name), answer.json(), sent=False)
    if answer.status_code == 204:
        return [] if "204" in documented else ["204 is not documented"]
    if answer.headers["content-type"].startswith("text/plain"):
        return [] if "text/plain" in documented["200"]["content"] else ["text is not documented"]
    schema = CONTRACT.reply_schema(operation)
    if version >= NEW and operation in NEWER_ANSWERS:
        schema = CONTRACT.named_schema(NEWER_ANSWERS[operation])
    return CONTRACT.errors(schema, answer.json(), sent=False)


def operation_of(request: httpx.Request) -> str | None:
    """Find the operation of a request; paths without parameters come first."""
    path = request.url.path.removeprefix("/api")
    found = [
        name
        for name, operation in CONTRACT.operations.items()
        if operation.method == request.method and CONTRACT.match_path(name, path) is not None
    ]
    return min(found, key=lambda name: CONTRACT.operations[name].path.count("{"), default=None)


def packed(circuit: QuantumCircuit) -> dict[str, str]:
    """Write a circuit as jobs carry it."""
    with io.BytesIO() as file:
        qpy.dump(circuit, file)
        value = base64.b64encode(zlib.compress(file.getvalue())).decode()
    return {"__type__": "QuantumCircuit", "__value__": value}


def array(values: Any) -> dict[str, str]:
    """Write an array as jobs carry it."""
    with io.BytesIO() as file:
        np.save(file, np.asarray(values, dtype=float), allow_pickle=False)
        value = base64.b64encode(zlib.compress(file.getvalue())).decode()
    return {"__type__": "ndarray", "__value__": value}


def bell(width: int = 7) -> dict[str, str]:
    """A Bell pair on the first two qubits, in the gates of ibm_lagos, measured into ``meas``."""
    return packed(bell_circuit(width))


def bell_circuit(width: int = 7, measured: bool = True) -> QuantumCircuit:
    circuit = QuantumCircuit(width)
    circuit.rz(np.pi / 2, 0)
    circuit.sx(0)
    circuit.rz(np.pi / 2, 0)
    circuit.cx(0, 1)
    if measured:
        circuit.add_register(ClassicalRegister(2, "meas"))
        circuit.measure([0, 1], [0, 1])
    return circuit


@pytest.fixture
def server(executor: Any) -> Any:
    with sandbox.start(executor=executor) as running:
        yield running


@pytest.fixture(params=[OLD, NEW, NEWEST])
def client(server: sandbox.Sandbox, request: pytest.FixtureRequest) -> Any:
    with Checked(server, request.param) as http:
        yield http


@pytest.fixture
def old(server: sandbox.Sandbox) -> Any:
    with Checked(server) as http:
        yield http

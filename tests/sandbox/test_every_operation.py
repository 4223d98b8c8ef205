"""Each of the 25 operations answers as the contract says, in success and in refusal.

The client of these tests validates every answer; a test adds what the schemas cannot say.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sandbox.conftest import BELL, CONTRACT, Checked

from ketbridge import sandbox

NOISY = {"noise": {"model": "aria-1", "seed": 1}}
DEBIASED = {"settings": {"error_mitigation": {"debiasing": True}}, "shots": 500, **NOISY}
UNKNOWN = "617a1f8b-59d4-435d-aa33-695433d7155e"


def test_all_operations_of_the_contract_are_answered(server, client):
    job = client.submit(**DEBIASED)
    variant = client.ended(job)["output"]["error_mitigation"]["debiasing"]["variants"][0]
    session = client.post("/sessions", json={"backend": "qpu.aria-1"}).json()["id"]
    entry = client.get("/backends/qpu.aria-1/characterizations").json()["characterizations"][0]
    today = datetime.now(UTC).date()
    period = {"start_date": str(today), "end_date": str(today + timedelta(days=1))}
    calls = [
        ("GET", "/whoami", {}),
        ("GET", "/backends", {}),
        ("GET", "/backends/qpu.forte-1", {}),
        ("GET", f"/backends/qpu.aria-1/characterizations/{entry['id']}", {}),
        ("GET", "/jobs", {}),
        ("GET", f"/jobs/{job}/cost", {}),
        ("GET", f"/jobs/{job}/circuits/native", {}),
        ("GET", f"/jobs/{job}/circuits/qasm3", {}),
        ("GET", "/jobs/estimate", {"params": {"backend": "qpu.forte-1", "1q_gates": 3}}),
        ("GET", f"/jobs/{job}/results/probabilities", {}),
        *(("GET", url["url"].removeprefix("/v0.4"), {}) for url in variant["results"].values()),
        ("GET", "/sessions", {}),
        ("GET", f"/sessions/{session}", {}),
        ("GET", f"/sessions/{session}/jobs", {}),
        ("POST", f"/sessions/{session}/end", {}),
        (
            "GET",
            "/organizations/o/usage",
            {"params": {**period, "group_by": "job", "modality": "daily"}},
        ),
        ("DELETE", f"/jobs/{job}", {}),
    ]
    for method, path, options in calls:
        assert client.request(method, path, **options).is_success, path
    waiting = [client.submit(backend="qpu.aria-2") for _ in range(3)]
    assert client.put(f"/jobs/{waiting[0]}/status/cancel").is_success
    assert client.put("/jobs/status/cancel", json={"ids": waiting[1:]}).is_success
    assert client.request("DELETE", "/jobs", json={"ids": waiting}).is_success

    assert {name for name in server.requests() if not name.startswith("x-")} == set(
        CONTRACT.operations
    )


@pytest.mark.parametrize("path", ["/backends", "/backends/simulator", "/backends/qpu.aria-1"])
def test_machines_are_shown_without_a_key(server, path):
    with Checked(server.url) as client:
        del client.headers["authorization"]
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("header", [None, "apiKey", "Bearer test", "apiKey invalid"])
def test_a_missing_or_refused_key_is_answered_401(server, header):
    with Checked(server.url) as client:
        del client.headers["authorization"]
        if header is not None:
            client.headers["authorization"] = header
        assert client.get("/jobs").status_code == 401
        assert client.post("/jobs", json={}).status_code == 401


def test_one_key_can_be_made_the_only_one(executor):
    with sandbox.start(executor=executor, api_key="right") as server:
        with Checked(server.url, "right") as client:
            assert client.get("/whoami").status_code == 200
        with Checked(server.url, "other") as client:
            assert client.get("/whoami").status_code == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/backends/qpu.qpu"),
        ("GET", "/backends/qpu.qpu/characterizations"),
        ("GET", f"/backends/qpu.aria-1/characterizations/{UNKNOWN}"),
        ("GET", f"/jobs/{UNKNOWN}"),
        ("DELETE", f"/jobs/{UNKNOWN}"),
        ("GET", f"/jobs/{UNKNOWN}/cost"),
        ("PUT", f"/jobs/{UNKNOWN}/status/cancel"),
        ("GET", f"/jobs/{UNKNOWN}/results/probabilities"),
        ("GET", f"/jobs/{UNKNOWN}/circuits/native"),
        ("GET", f"/sessions/{UNKNOWN}"),
        ("POST", f"/sessions/{UNKNOWN}/end"),
        ("GET", "/nothing/here"),
    ],
)
def test_what_is_not_known_is_answered_404_in_json(client, method, path):
    assert client.request(method, path).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"backend": None},
        {"backend": "qpu.none"},
        {"type": "ionq.circuit.v9"},
        {"input": []},
        {"input": {"gateset": "qis"}},
        {"input": {"gateset": "other", "circuit": BELL}},
        {"input": {"circuit": BELL}},
        {"shots": 0},
        {"shots": True},
        {"shots": 1.5},
        {"metadata": {"a": 1}},
        {"name": 3},
        {"noise": {"model": "best"}},
        {"noise": {"model": "ideal", "seed": "x"}},
        {"session_id": 3},
    ],
    ids=str,
)
def test_a_job_that_is_not_well_formed_is_refused_with_the_member_at_fault(client, change):
    body = {
        "type": "ionq.circuit.v1",
        "backend": "simulator",
        "input": {"gateset": "qis", "circuit": BELL},
        **change,
    }
    answer = client.post("/jobs", json=body)
    assert answer.status_code == 400
    assert answer.json()["validation"]["keys"][0] in (*change, *body)
    assert client.get("/jobs").json()["jobs"] == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_json_object_is_refused(client, body):
    assert client.post("/jobs", content=body).status_code == 400


def test_metadata_and_names_come_back_as_they_were_sent(client):
    metadata = {"a b": "ü\n😀", "empty": "", "long": "x" * 10_000}
    job = client.submit(metadata=metadata, name="Bell 😀")
    shown = client.get(f"/jobs/{job}").json()
    assert shown["metadata"] == metadata
    assert shown["name"] == "Bell 😀"
    assert client.get("/jobs").json()["jobs"][0]["metadata"] == metadata


def test_a_large_answer_is_compressed_for_a_client_that_takes_it(client):
    path = "/backends/qpu.aria-1/characterizations"
    packed = client.get(path)
    plain = client.get(path, headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2


def test_a_body_above_the_cap_is_refused(executor):
    with (
        sandbox.start(executor=executor, max_body_bytes=1000) as server,
        Checked(server.url) as client,
    ):
        assert client.post("/jobs", content=b"x" * 1001).status_code == 413
        assert client.get("/jobs").status_code == 200


@pytest.mark.parametrize("host", ["example.org", "example.org:80", "127.0.0.1.example.org", ""])
def test_a_request_for_another_host_is_refused(server, host):
    with Checked(server.url) as client:
        request = client.build_request("GET", "/jobs", headers={"host": host})
        answer = super(Checked, client).send(request)
        assert answer.status_code == 421


def test_a_web_page_cannot_reach_it(server):
    with Checked(server.url) as client:
        request = client.build_request("GET", "/jobs", headers={"origin": "https://example.org"})
        assert super(Checked, client).send(request).status_code == 421

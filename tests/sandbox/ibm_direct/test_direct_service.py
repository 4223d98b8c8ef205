"""IBM Direct Access on loopback: every answer is held against the contract by the client."""

from __future__ import annotations

import base64
import json
import time
import urllib.error
import urllib.request

import pytest
from sandbox.ibm_direct.conftest import ANY, CONTRACT, MACHINE

from ketbridge.errors import NotFound
from ketbridge.sandbox import DirectChoices, Timing


def test_all_operations_of_the_contract_are_answered(client):
    for path in ("/version", "/versions", "/v1/backends", f"/v1/backends/{MACHINE}"):
        assert client.get(path).status_code == 200
    for machine in client.get("/v1/backends").json()["backends"]:
        for document in ("configuration", "properties"):
            assert client.get(f"/v1/backends/{machine['name']}/{document}").status_code == 200
    job = client.submit()
    client.ended(job)
    assert [one["id"] for one in client.get("/v1/jobs").json()["jobs"]] == [job]
    assert client.post(f"/v1/jobs/{job}/cancel").status_code == 409
    assert client.delete(f"/v1/jobs/{job}").status_code == 204

    seen = {name for name in client.server.requests() if not name.startswith(("x-", "s3."))}
    assert seen == CONTRACT.operations.keys()


def test_no_jobs_are_a_null_list(client):
    assert client.get("/v1/jobs").json() == {"jobs": None}


def test_jobs_are_listed_oldest_first(client):
    ids = [client.submit() for _ in range(3)]
    assert [job["id"] for job in client.get("/v1/jobs").json()["jobs"]] == ids


def test_a_job_reads_its_input_and_writes_its_result_and_its_log(client):
    job = client.submit()
    shown = client.ended(job)
    assert (shown["status"], shown["usage"]) == ("Completed", {"quantum_nanoseconds": 50_000_000})
    result = json.loads(client.store.get(f"{job}-results", ANY, 10**6))
    assert result["__type__"] == "PrimitiveResult"
    time.sleep(0.5)
    assert b"Completed" in client.store.get(f"{job}-logs", ANY, 10**6)


def test_gates_without_parameters_are_left_out_of_the_configuration(client):
    shown = client.get(f"/v1/backends/{MACHINE}/configuration").json()
    assert {gate["name"] for gate in shown["gates"]} < set(shown["basis_gates"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"id": ""}, 422),
        ({"id": "x" * 37}, 422),
        ({"timeout_secs": 0}, 422),
        ({"timeout_secs": True}, 422),
        ({"log_level": "loud"}, 422),
        ({"storage": {}}, 422),
        ({"storage": {"input": {"type": "ibmcloud_cos"}}}, 422),
        ({"extra": 1}, 422),
        ({"program_id": "executor"}, 404),
        ({"backend": "ibm_none"}, 404),
    ],
    ids=str,
)
def test_a_body_that_is_not_right_is_refused(client, change, status):
    answer = client.post("/v1/jobs", json={**client.body(), **change})
    assert answer.status_code == status
    assert client.get("/v1/jobs").json()["jobs"] is None


def test_a_url_on_another_computer_is_not_asked(client):
    body = client.body()
    body["storage"]["input"]["presigned_url"] = "http://192.0.2.1/input"
    assert client.post("/v1/jobs", json=body).status_code == 422


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(client, body):
    assert client.post("/v1/jobs", content=body).status_code == 400


def test_an_id_is_taken_once(client):
    body = client.body()
    assert client.post("/v1/jobs", json=body).status_code == 204
    assert client.post("/v1/jobs", json=body).status_code == 409
    assert len(client.get("/v1/jobs").json()["jobs"]) == 1


def test_finished_jobs_count_until_they_are_deleted(serve):
    client = serve(most_jobs=1)
    first = client.submit()
    client.ended(first)
    refused = client.post("/v1/jobs", json=client.body())
    assert (refused.status_code, "retry-after" in refused.headers) == (429, False)
    other = client.body(backend="ibm_lagos")
    assert client.post("/v1/jobs", json=other).status_code == 204
    client.delete(f"/v1/jobs/{first}")
    client.submit()


@pytest.mark.parametrize(
    ("status", "shown", "answer"),
    [("paused", "paused", 422), ("offline", "offline", 422), ("reserved", "online", 423)],
)
def test_a_machine_that_takes_no_jobs_refuses_them(serve, status, shown, answer):
    client = serve(status={MACHINE: status})
    assert client.get(f"/v1/backends/{MACHINE}").json()["status"] == shown
    assert client.post("/v1/jobs", json=client.body()).status_code == answer


def test_a_word_that_is_no_status_is_refused():
    with pytest.raises(ValueError, match="sleeping"):
        DirectChoices(status={MACHINE: "sleeping"})


def test_a_job_that_has_not_ended_can_be_cancelled_and_not_deleted(serve):
    client = serve(timing={MACHINE: Timing(queue_s=60)})
    job = client.submit()
    assert client.delete(f"/v1/jobs/{job}").status_code == 409
    assert client.post(f"/v1/jobs/{job}/cancel").status_code == 204
    assert client.ended(job)["usage"] == {"quantum_nanoseconds": 0}
    with pytest.raises(NotFound):
        client.store.get(f"{job}-results", ANY, 10**6)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"input": b"no json"}, "no JSON"),
        ({"input": b'{"pubs": [[1]]}'}, "not valid"),
        ({"program_id": "estimator"}, ""),
    ],
    ids=str,
)
def test_an_input_that_cannot_run_fails_its_job_with_a_reason(client, change, words):
    job = client.ended(client.submit(**change))
    assert job["status"] == "Failed"
    assert words in job["reason_message"]
    assert job["reason_code"] > 0


def test_urls_that_run_out_while_a_job_waits_fail_it_before_it_runs(serve):
    client = serve(timing={MACHINE: Timing(queue_s=2.5)})
    job = client.ended(client.submit(life_s=1))
    assert (job["status"], job["usage"]) == ("Failed", {"quantum_nanoseconds": 0})
    assert "403" in job["reason_message"]
    assert "X-Amz" not in job["reason_message"]


def test_a_job_that_runs_longer_than_it_may_fails(client):
    body = client.body(timeout_secs=1)
    from support.ibm_programs import sampled

    from ketbridge.clouds.ibm_shared import primitives as payload

    client.store.put(body["id"], payload.params(sampled(shots=5000)), ANY)
    client.post("/v1/jobs", json=body)
    job = client.ended(body["id"])
    assert (job["status"], job["reason_code"]) == ("Failed", 1305)


def test_jobs_of_another_user_are_not_shown(client):
    from sandbox.ibm_direct.conftest import Checked

    job = client.submit()
    with Checked(client.server, "other") as other:
        assert other.get("/v1/jobs").json()["jobs"] is None
        assert other.get(f"/v1/jobs/{job}").status_code == 404
        other.store.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/backends/none"),
        ("GET", "/v1/backends/none/configuration"),
        ("GET", "/v1/jobs/none"),
        ("DELETE", "/v1/jobs/none"),
        ("POST", "/v1/jobs/none/cancel"),
        ("GET", "/nothing/here"),
    ],
)
def test_what_is_not_known_is_answered_404(client, method, path):
    assert client.request(method, path).status_code == 404


def test_a_missing_token_is_answered_401_but_for_the_version(client):
    del client.headers["authorization"]
    assert client.get("/version").status_code == 200
    assert client.get("/v1/jobs").status_code == 401
    assert client.get("/versions").status_code == 401


def test_an_object_that_arrives_damaged_is_not_kept(client):
    url = client.store.lend("damaged", "put", 60).reveal()
    request = urllib.request.Request(url, b"damaged", method="PUT")
    request.add_header("Content-MD5", base64.b64encode(bytes(16)).decode())
    with pytest.raises(urllib.error.HTTPError, match="400") as told:
        urllib.request.urlopen(request)
    with told.value:
        assert b"BadDigest" in told.value.read()
    assert not client.store.exists("damaged", ANY)

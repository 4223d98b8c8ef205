"""Each of the 30 operations answers as the contract says, in both documented versions and later.

The client of these tests validates every answer; a test adds what the schemas cannot say.
"""

from __future__ import annotations

import json
import time

import httpx
import pytest
from sandbox.ibm.conftest import CONTRACT, NEW, NEWEST, OLD, Checked, bell
from sandbox.ibm.programs import executor_params

from ketbridge import sandbox


def test_all_operations_of_the_contract_are_answered(server, client):
    session = client.post("/v1/sessions", json={"mode": "dedicated", "backend": "ibm_lagos"})
    session_id = session.json()["id"]
    tags = ["one", "another"]
    job = client.submit(tags=tags, session_id=session_id, cost=300, log_level="info")
    client.result(job)
    grouped = {"group_by": "instance"}
    calls = [
        ("GET", "/versions", {}),
        ("GET", "/backends", {"params": {"fields": "wait_time_seconds"}}),
        *(("GET", f"/backends/ibm_fez/{what}", {}) for what in DOCUMENTS),
        ("GET", "/jobs", {"params": {"exclude_params": "false"}}),
        ("GET", f"/jobs/{job}", {}),
        ("GET", f"/jobs/{job}/logs", {}),
        ("GET", f"/jobs/{job}/metrics", {}),
        ("PUT", f"/jobs/{job}/tags", {"json": {"tags": ["third"]}}),
        ("GET", "/tags", {"params": {"type": "job", "search": "hir"}}),
        ("GET", f"/sessions/{session_id}", {}),
        ("PATCH", f"/sessions/{session_id}", {"json": {"accepting_jobs": False}}),
        ("DELETE", f"/sessions/{session_id}/close", {}),
        ("GET", "/instance", {}),
        ("PUT", "/instances/configuration", {"json": {"instance_limit": 10_000}}),
        ("GET", "/instances/configuration", {}),
        ("GET", "/instances/usage", {}),
        ("GET", "/instance", {}),
        ("GET", "/accounts/some-account", {}),
        ("GET", "/workloads", {}),
        ("GET", "/analytics/usage", {}),
        ("GET", "/analytics/usage_grouped", {"params": grouped}),
        ("GET", "/analytics/usage_grouped_by_date", {"params": grouped}),
        ("GET", "/analytics/filters", {}),
        ("DELETE", f"/jobs/{job}", {}),
    ]
    for method, path, options in calls:
        answer = client.request(method, f"/v1{path}", **options)
        assert answer.is_success, f"{path}: {answer.text}"
    waiting = client.submit(backend="ibm_fez", pubs=[[bell(2)]])
    assert client.post(f"/v1/jobs/{waiting}/cancel").status_code == 204

    assert {name for name in server.requests() if not name.startswith("x-")} == set(
        CONTRACT.operations
    )


DOCUMENTS = ("configuration", "properties", "status", "defaults")


def test_every_machine_of_the_fleet_answers_by_the_contract(old):
    names = [device["name"] for device in old.get("/v1/backends").json()["devices"]]
    assert {"ibm_fez", "ibm_marrakesh", "ibm_torino", "ibm_lagos", "ibmq_manila"} <= set(names)
    for name in names:
        configuration = old.get(f"/v1/backends/{name}/configuration").json()
        properties = old.get(f"/v1/backends/{name}/properties").json()
        assert configuration["backend_name"] == properties["backend_name"] == name
        assert configuration["n_qubits"] == len(properties["qubits"])


def test_documents_are_those_of_the_real_device(old):
    from qiskit_ibm_runtime.fake_provider import FakeTorino

    real = FakeTorino()
    shown = old.get("/v1/backends/ibm_torino/properties").json()
    t1 = {entry["name"]: entry["value"] for entry in shown["qubits"][5]}["T1"]
    assert t1 * 1e-6 == pytest.approx(real.target.qubit_properties[5].t1)


def test_all_snapshots_can_be_the_fleet(executor):
    chosen = sandbox.IbmChoices(backends=["sydney", "brisbane"])
    with sandbox.start(executor=executor, ibm=chosen) as server, Checked(server) as client:
        devices = client.get("/v1/backends").json()["devices"]
        assert [device["qubits"] for device in devices] == [27, 127]


def test_an_unknown_snapshot_is_refused_at_the_start(executor):
    with pytest.raises(ValueError, match="no snapshot of 'atlantis'"):
        sandbox.start(executor=executor, ibm=sandbox.IbmChoices(backends=["atlantis"]))


def test_without_a_version_backends_are_names_as_in_the_first_one(server, old):
    del old.headers["ibm-api-version"]
    answer = httpx.get(f"{old.base_url}v1/backends", headers=dict(old.headers))
    assert "ibm_fez" in answer.json()["devices"]


@pytest.mark.parametrize("version", ["2026", "20260201", "latest"])
def test_a_version_that_is_no_date_is_refused(server, version):
    with Checked(server, version) as client:
        assert client.get("/v1/jobs").status_code == 400


def test_a_missing_instance_is_401_and_another_one_403(old):
    old.headers["service-crn"] = "crn:v1:bluemix:public:quantum-computing:us-east:a/b:c::"
    assert old.get("/v1/jobs").status_code == 403
    del old.headers["service-crn"]
    assert old.get("/v1/jobs").status_code == 401


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer a.b.c", "Basic x", "apikey invalid"])
def test_a_missing_or_refused_credential_is_401(old, header):
    del old.headers["authorization"]
    if header is not None:
        old.headers["authorization"] = header
    for path in ("/v1/jobs", "/v1/workloads", "/v1/backends"):
        assert old.get(path).status_code == 401


def test_the_key_itself_is_accepted_as_the_documents_say(old):
    old.headers["authorization"] = "apikey test"
    assert old.get("/v1/jobs").status_code == 200


def test_iam_refuses_a_key_in_its_own_words(server):
    form = {"grant_type": "urn:ibm:params:oauth:grant-type:apikey", "apikey": "invalid"}
    answer = httpx.post(f"{server.url}/identity/token", data=form)
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == "BXNIM0415E"


def test_a_token_ends_with_its_lifetime(executor):
    short = sandbox.IbmChoices(token_lifetime_s=0.2)
    with sandbox.start(executor=executor, ibm=short) as server, Checked(server) as client:
        assert client.get("/v1/jobs").status_code == 200
        time.sleep(0.25)
        assert client.get("/v1/jobs").status_code == 401


def test_search_and_catalogue_find_the_instance_and_its_plan(server, old):
    account = server.accounts["ibm"]
    headers = {"authorization": old.headers["authorization"]}
    found = httpx.post(f"{server.url}/gs/v3/resources/search", json={}, headers=headers).json()
    (item,) = found["items"]
    assert item["crn"] == account.settings["instance"]
    plan = httpx.get(
        f"{server.url}/gc/api/v1/{item['service_plan_unique_id']}", headers=headers
    ).json()
    assert plan["overview_ui"]["en"]["display_name"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/jobs/none"),
        ("GET", "/v1/jobs/none/results"),
        ("GET", "/v1/jobs/none/logs"),
        ("DELETE", "/v1/jobs/none"),
        ("GET", "/v1/sessions/none"),
        ("GET", "/v1/backends/none/status"),
        ("GET", "/v1/backends/ibm_fez/properties?calibration_id=none"),
    ],
)
def test_what_is_not_there_is_404(old, method, path):
    assert old.request(method, path).status_code == 404


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"program_id": None}, 400),
        ({"program_id": "hello-world"}, 404),
        ({"backend": "ibm_atlantis"}, 400),
        ({"backend": None}, 400),
        ({"params": None}, 400),
        ({"params": {"pubs": "none"}}, 400),
        ({"tags": []}, 400),
        ({"tags": ["x" * 25]}, 400),
        ({"tags": list("abcdef")}, 400),
        ({"session_id": "none"}, 404),
        ({"session_id": "x" * 37}, 400),
        ({"cost": -1}, 400),
        ({"log_level": "loud"}, 400),
        ({"private": "yes"}, 400),
        ({"remote_storage": {}}, 400),
    ],
)
def test_a_job_that_is_not_well_formed_is_refused(server, old, changes, status):
    body = {
        "program_id": "sampler",
        "backend": "ibm_lagos",
        "params": {"pubs": [[bell()]]},
        **changes,
    }
    answer = old.post("/v1/jobs", json=body)
    assert answer.status_code == status, answer.text
    assert server.jobs() == []


def test_a_body_that_is_no_json_is_refused(old):
    for content in (b"", b"{", b"[]", b"[" * 100_000):
        assert old.post("/v1/jobs", content=content).status_code == 400


@pytest.mark.parametrize(
    ("version", "tags", "status"),
    [(OLD, 8, 400), (NEW, 8, 200), (NEWEST, 8, 200), (NEWEST, 9, 400), (NEWEST, 0, 200)],
)
def test_the_number_of_tags_is_limited_by_the_version(server, version, tags, status):
    with Checked(server, version) as client:
        body = {
            "program_id": "sampler",
            "backend": "ibm_lagos",
            "params": {"pubs": [[bell()]]},
            "tags": [f"tag {number}" for number in range(tags)],
        }
        assert client.post("/v1/jobs", json=body).status_code == status


def test_many_tags_of_a_newer_version_do_not_break_the_older_answer(server, old):
    with Checked(server, NEW) as client:
        job = client.submit(tags=["x" * 80, *"abcdefg"])
    assert old.job(job)["tags"] == list("abcde")


def test_results_of_documented_executor_versions_are_json(old):
    job = old.submit(program="executor", params=executor_params("v0.2"))
    old.ended(job)
    answer = old.get(f"/v1/jobs/{job}/results")
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.text)["schema_version"] == "v0.2"

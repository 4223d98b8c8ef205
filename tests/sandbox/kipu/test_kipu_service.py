"""Each of the 33 operations answers as the contract says, in success and in refusal.

The client of these tests validates every answer; a test adds what the schemas cannot say.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sandbox.kipu.conftest import BELL2, CONTRACT, Checked

from ketbridge import sandbox

QSIM = "kipu.sim.qsim"
FEZ = "ibm.qpu.fez"
SESSION = {"backend_id": FEZ, "mode": "batch", "provider": "IBM"}
SLOW = {QSIM: sandbox.Timing(queue_s=30)}


@pytest.fixture
def slow(executor):
    with sandbox.start(executor=executor, timing=SLOW) as running, Checked(running) as http:
        yield http


def test_all_operations_of_the_contract_are_answered(executor):
    with sandbox.start(executor=executor) as server:
        execution = str(uuid.uuid4())
        with Checked(server, f"execution:{execution}") as http:
            job = http.submit(QSIM, {"qasm": BELL2})
            http.ended(job)
            session = http.post("/sessions", json=SESSION).json()["id"]
            for place in (f"/backends/{FEZ}", f"/backends/{FEZ}/status", f"/backends/{FEZ}/config"):
                assert http.get(place).status_code == 200, place
            assert http.get(f"/backends/{FEZ}/calibration").status_code == 200
            assert http.get("/backends").status_code == 200
            assert http.get("/backends/least-busy?provider=ibm").json()["provider"] == "IBM"
            assert http.get("/jobs").json()["total_elements"] == 1
            assert http.get(f"/jobs/{job}/result").status_code == 200
            assert http.get(f"/sessions/{session}").json()["status"] == "OPEN"
            for below in ("", f"/service-executions/{execution}"):
                for what in ("", "/status", "/result-stream", "/input"):
                    assert http.get(f"{below}/jobs/{job}{what}").status_code == 200, what
                assert http.get(f"{below}/jobs/{job}/calibration").status_code == 204
                assert http.get(f"{below}/workloads").json()["total_elements"] == 2
                assert http.delete(f"{below}/jobs/{job}").status_code == 204
                assert http.get(f"{below}/sessions/{session}/status").status_code == 200
                assert http.get(f"{below}/sessions/{session}/jobs").json() == []
                state = http.patch(f"{below}/sessions/{session}", json={"accept_jobs": False})
                assert state.json()["status"] == "DRAINING"
                if below:
                    assert http.delete(f"{below}/sessions/{session}").status_code == 204
            assert http.delete(f"/sessions/{session}").status_code == 204

        assert set(server.requests()) == set(CONTRACT.operations)


def test_every_machine_of_the_contracts_table_is_described(client):
    rules = CONTRACT.document["components"]["schemas"]["CreateJobRequest"]["allOf"]
    documented = {name for r in rules for name in r["if"]["properties"]["backend_id"]["enum"]}

    listed = client.get("/backends").json()

    assert {machine["id"] for machine in listed} == documented | {"iqm.qpu.star"}
    for machine in listed:
        assert client.get(f"/backends/{machine['id']}/config").json(), machine["id"]
        assert client.get(f"/backends/{machine['id']}/status").status_code == 200
        assert "sdks" not in machine["documentation"]


def test_without_a_token_machines_are_listed_in_part_and_nothing_else_is_answered(hub):
    with httpx.Client(base_url=f"{hub.url}/quantum") as http:
        listed = http.get("/backends").json()
        assert not any("queue_size" in one or "availability" in one for one in listed)
        assert not any(one["has_calibration"] for one in listed)
        assert http.get(f"/backends/{FEZ}").status_code == 401
        assert http.post("/jobs", json={}).status_code == 401
        assert http.get("/jobs", headers={"X-Auth-Token": "revoked"}).status_code == 401


def test_the_login_gives_tokens_for_a_password_and_renews_them_once(hub):
    url = f"{hub.url}/login/realms/planqk/protocol/openid-connect/token"
    form = {"grant_type": "password", "username": "ada", "password": "secret"}

    first = httpx.post(url, data=form).json()
    renewal = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = httpx.post(url, data=renewal).json()

    for token in (first["access_token"], second["access_token"]):
        headers = {"Authorization": f"Bearer {token}"}
        assert httpx.get(f"{hub.url}/quantum/jobs", headers=headers).status_code == 200
    assert httpx.post(url, data=renewal).status_code == 400
    assert httpx.post(url, data={**form, "password": "invalid"}).status_code == 401


def test_machines_are_filtered_by_provider_in_any_case(client):
    assert {one["provider"] for one in client.get("/backends?provider=aws").json()} == {"AWS"}


def test_the_least_busy_machine_is_ibms_and_large_enough(client):
    assert client.get("/backends/least-busy?provider=AWS").status_code == 400
    assert client.get("/backends/least-busy?provider=IBM&minQubits=100000").status_code == 404


def test_a_calibration_is_the_one_in_force_at_a_moment(client):
    now = datetime.now(UTC)

    def at(days: int) -> httpx.Response:
        moment = (now - timedelta(days=days)).isoformat()
        return client.get(f"/backends/{FEZ}/calibration", params={"effectiveAt": moment})

    assert at(3).json()["calibrated_at"][:10] == str((now - timedelta(days=3)).date())
    assert at(400).status_code == 204
    assert client.get("/backends/aws.sim.sv1/calibration").status_code == 204


def test_a_jobs_members_appear_with_its_life_cycle(client):
    created = client.post(
        "/jobs",
        json={"backend_id": QSIM, "shots": 5, "input": {"qasm": BELL2}, "name": None, "tags": None},
    ).json()

    ended = client.ended(created["id"])

    assert (created["status"], "ended_at" in created, "runtime" in created) == (
        "PENDING", False, False,
    )  # fmt: skip
    assert ended["status"] == "COMPLETED"
    assert ended["runtime"] >= 0
    assert "name" not in ended


def test_a_waiting_job_has_no_result_and_can_be_cancelled(slow):
    job = slow.submit(QSIM, {"qasm": BELL2})
    assert slow.get(f"/jobs/{job}/result").status_code == 404

    assert slow.delete(f"/jobs/{job}").status_code == 204

    assert slow.get(f"/jobs/{job}/status").json() == {"status": "CANCELLED"}
    assert slow.get(f"/jobs/{job}/result").status_code == 404


def test_jobs_are_paged_from_zero_and_sorted_by_any_member(hub):
    with Checked(hub, "pages") as http:
        for name in ("b", "c", "a"):
            http.submit(QSIM, {"qasm": BELL2}, name=name)

        newest = http.get("/jobs?size=2").json()
        sorted_ = http.get("/jobs?size=2&page=1&sort=name,asc").json()

    assert [job["name"] for job in newest["content"]] == ["a", "c"]
    assert (newest["total_elements"], newest["total_pages"]) == (3, 2)
    assert [job["name"] for job in sorted_["content"]] == ["c"]


def test_jobs_of_others_are_not_found(hub, client):
    job = client.submit(QSIM, {"qasm": BELL2})

    with Checked(hub, "another") as other:
        assert other.get(f"/jobs/{job}").status_code == 404
    assert client.get(f"/jobs/{job}", headers={"X-OrganizationId": "o"}).status_code == 404


def test_only_jobs_of_a_service_execution_are_below_it(hub, client):
    execution = str(uuid.uuid4())
    own = client.submit(QSIM, {"qasm": BELL2})
    with Checked(hub, f"execution:{execution}") as http:
        theirs = http.submit(QSIM, {"qasm": BELL2})

    assert client.get(f"/service-executions/{execution}/jobs/{theirs}").status_code == 200
    assert client.get(f"/service-executions/{execution}/jobs/{own}").status_code == 404
    found = client.get("/jobs", params={"serviceExecutionId": execution}).json()["content"]
    assert [job["id"] for job in found] == [theirs]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"backend_id": "ibm.qpu.nowhere"}, 404),
        ({"shots": 0}, 400),
        ({"shots": True}, 400),
        ({"input": None}, 400),
        ({"input_params": []}, 400),
        ({"tags": ["a", "a"]}, 400),
        ({"sdk_provider": "OTHER"}, 400),
        ({"session_id": "no-uuid"}, 400),
        ({"session_id": "617a1f8b-59d4-435d-aa33-695433d7155e"}, 404),
    ],
)
def test_a_job_that_is_not_well_formed_is_refused(client, changes, status):
    body = {"backend_id": QSIM, "shots": 1, "input": {"qasm": BELL2}, **changes}
    assert client.post("/jobs", json=body).status_code == status


def test_a_machine_without_sessions_says_so(client):
    wish = {"backend_id": QSIM, "mode": "batch", "provider": "KIPU"}
    assert client.post("/sessions", json=wish).status_code == 422
    assert client.post("/sessions", json={**SESSION, "mode": "other"}).status_code == 400


def test_a_session_that_drains_takes_no_jobs_until_it_is_told_to(client):
    session = client.post("/sessions", json=SESSION).json()["id"]
    job = {"backend_id": FEZ, "shots": 1, "input": {}, "session_id": session}

    client.patch(f"/sessions/{session}", json={"accept_jobs": False})
    assert client.post("/jobs", json=job).status_code == 400
    client.patch(f"/sessions/{session}", json={"accept_jobs": True})
    assert client.post("/jobs", json=job).status_code == 201

    assert len(client.get(f"/sessions/{session}/jobs").json()) == 1
    assert client.delete(f"/sessions/{session}").status_code == 204
    assert client.get(f"/sessions/{session}").json()["final"] is True


def test_a_session_closes_when_its_time_is_over(client):
    session = client.post("/sessions", json={**SESSION, "ttl": 1}).json()

    assert session["status"] == "OPEN"
    assert _eventually(client, session["id"]) == "CLOSED"


def _eventually(client, session):
    deadline = datetime.now(UTC) + timedelta(seconds=5)
    status = ""
    while status != "CLOSED" and datetime.now(UTC) < deadline:
        status = client.get(f"/sessions/{session}/status").json()["status"]
    return status

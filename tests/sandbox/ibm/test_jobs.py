"""Jobs and sessions: states, cancelling, private jobs, lists, limits, times, workloads."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sandbox.ibm.conftest import NEW, OLD, Checked, bell

from ketbridge import sandbox
from ketbridge.sandbox import Fault

SLOW = sandbox.Timing(queue_s=0.3, run_s=0.3)


@pytest.fixture(params=[OLD, NEW])
def slow(executor, request):
    with (
        sandbox.start(executor=executor, timing={"ibm_lagos": SLOW}) as server,
        Checked(server, request.param) as client,
    ):
        yield client


def test_a_job_passes_through_its_states_in_order(slow):
    job = slow.submit()
    seen = []
    while not seen or seen[-1] != "Completed":
        shown = slow.job(job)
        assert shown["status"] == shown["state"]["status"]
        seen.append(shown["status"])
        time.sleep(0.02)
    assert list(dict.fromkeys(seen)) == ["Queued", "Running", "Completed"]


def test_a_result_is_204_until_the_job_is_completed(slow):
    job = slow.submit()
    answer = slow.get(f"/v1/jobs/{job}/results")
    assert (answer.status_code, answer.content) == (204, b"")
    assert slow.result(job)


def test_metrics_tell_place_and_expected_times_in_the_older_version(slow):
    slow.submit()
    second = slow.submit()
    shown = slow.get(f"/v1/jobs/{second}/metrics").json()
    if slow.version == OLD:
        assert shown["position_in_queue"] == 1
        begins = datetime.fromisoformat(shown["estimated_start_time"])
        assert abs(begins - datetime.now(UTC)) < timedelta(seconds=1)
    slow.ended(second)
    ended = slow.get(f"/v1/jobs/{second}/metrics").json()
    assert "position_in_queue" not in ended
    times = [ended["timestamps"][name] for name in ("created", "running", "finished")]
    assert times == sorted(times)
    seconds = "seconds" if slow.version == OLD else "qpu_charge_time_seconds"
    assert ended["usage"][seconds] == 2  # 4096 shots of 250 µs, in whole seconds


@pytest.mark.parametrize("wait_for", ["Queued", "Running"])
def test_a_job_can_be_cancelled_while_it_waits_and_while_it_runs(slow, wait_for):
    job = slow.submit()
    while slow.job(job)["status"] != wait_for:
        time.sleep(0.01)
    assert slow.post(f"/v1/jobs/{job}/cancel").status_code == 204
    assert slow.job(job)["status"] == "Cancelled"
    assert slow.post(f"/v1/jobs/{job}/cancel").status_code == 409


def test_a_job_is_deleted_only_after_it_ended(slow):
    job = slow.submit()
    assert slow.delete(f"/v1/jobs/{job}").status_code == 400
    slow.ended(job)
    assert slow.delete(f"/v1/jobs/{job}").status_code == 204
    assert slow.get(f"/v1/jobs/{job}").status_code == 404


def test_a_job_that_runs_longer_than_its_cost_is_ended(executor):
    timing = {"ibm_lagos": sandbox.Timing(run_s=30)}
    with sandbox.start(executor=executor, timing=timing) as server, Checked(server) as client:
        job = client.ended(client.submit(cost=1))
    assert job["status"] == "Cancelled - Ran too long"
    assert job["state"]["status"] == "Cancelled"
    assert job["state"]["reason_code"] == 1305


def test_params_are_shown_where_they_are_asked_for(client):
    job = client.submit()
    assert "pubs" in client.get(f"/v1/jobs/{job}").json()["params"]
    assert "params" not in client.job(job)
    assert "params" not in client.get("/v1/jobs").json()["jobs"][0]
    shown = client.get("/v1/jobs", params={"exclude_params": "false"}).json()["jobs"][0]
    assert "params" in shown


def test_a_private_job_hides_its_params_and_gives_its_result_once(client):
    job = client.submit(private=True)
    shown = client.get(f"/v1/jobs/{job}").json()
    assert shown["private"] is True
    assert "params" not in shown
    assert client.result(job)
    assert client.get(f"/v1/jobs/{job}/results").status_code == 404
    assert "private" not in client.job(client.submit())


def test_lists_are_filtered_and_paged(client):
    jobs = [client.submit(tags=[f"number {n % 2}", "all"]) for n in range(4)]
    jobs.append(client.submit([[bell(5)]], backend="ibmq_manila"))
    for job in jobs:
        client.ended(job)

    def listed(**query):
        return [job["id"] for job in client.get("/v1/jobs", params=query).json()["jobs"]]

    assert listed() == jobs[::-1]
    assert listed(sort="ASC", limit=2, offset=1) == jobs[1:3]
    assert listed(backend="ibmq_manila") == [jobs[4]]
    assert listed(tags=["number 1", "all"]) == [jobs[3], jobs[1]]
    assert listed(program="estimator") == []
    assert listed(pending="true") == []
    assert len(listed(pending="false")) == 5
    assert listed(created_after=datetime.now(UTC).isoformat()) == []
    assert len(listed(created_before=datetime.now(UTC).isoformat())) == 5


@pytest.mark.parametrize("limit", ["0", "201", "-5", "many"])
def test_a_limit_out_of_its_range_becomes_the_default(old, limit):
    old.submit()
    page = old.get("/v1/jobs", params={"limit": limit, "offset": "-1"}).json()
    assert (page["limit"], page["offset"], page["count"]) == (200, 0, 1)


def test_more_than_five_jobs_a_minute_are_refused_where_that_is_switched_on(executor):
    limited = sandbox.IbmChoices(jobs_per_minute=5)
    with sandbox.start(executor=executor, ibm=limited) as server, Checked(server) as client:
        assert server.accounts["ibm"].settings["jobs_per_minute"] == 5
        for _ in range(5):
            client.submit()
        body = {"program_id": "sampler", "backend": "ibm_lagos", "params": {"pubs": []}}
        assert client.post("/v1/jobs", json=body).status_code == 429
        with Checked(server, key="somebody else") as other:
            other.submit()
        assert len(server.jobs()) == 6


def test_an_instance_that_has_used_its_time_takes_no_jobs(executor):
    limited = sandbox.IbmChoices(limit_s=1)
    with sandbox.start(executor=executor, ibm=limited) as server, Checked(server) as client:
        client.ended(client.submit())
        usage = client.get("/v1/instances/usage").json()
        assert usage["usage_limit_reached"] is True
        body = {"program_id": "sampler", "backend": "ibm_lagos", "params": {"pubs": [[bell()]]}}
        assert client.post("/v1/jobs", json=body).status_code == 409
        lower = client.put("/v1/instances/configuration", json={"instance_limit": 1})
        assert lower.status_code == 409
        client.put("/v1/instances/configuration", json={"instance_limit": None})
        client.submit()


def opened(client: Checked, **payload: object) -> str:
    answer = client.post("/v1/sessions", json={"mode": "dedicated", **payload})
    assert answer.status_code == 200, answer.text
    return answer.json()["id"]


def test_a_session_goes_from_open_to_active_to_closed(slow):
    session = opened(slow, backend="ibm_lagos", max_ttl=600)
    states = [slow.get(f"/v1/sessions/{session}").json()["state"]]
    job = slow.submit(session_id=session)
    slow.ended(job)
    states.append(slow.get(f"/v1/sessions/{session}").json()["state"])
    slow.patch(f"/v1/sessions/{session}", json={"accepting_jobs": False})
    shown = slow.get(f"/v1/sessions/{session}").json()
    assert [*states, shown["state"]] == ["open", "active", "closed"]
    assert shown["accepting_jobs"] is False
    assert shown["elapsed_time"] > 0


def test_a_session_that_accepts_no_more_jobs_lets_the_waiting_ones_finish(slow):
    session = opened(slow, backend="ibm_lagos")
    job = slow.submit(session_id=session)
    slow.patch(f"/v1/sessions/{session}", json={"accepting_jobs": False})
    refused = slow.post(
        "/v1/jobs",
        json={
            "program_id": "sampler",
            "backend": "ibm_lagos",
            "session_id": session,
            "params": {"pubs": [[bell()]]},
        },
    )
    assert refused.status_code == 400
    assert slow.ended(job)["status"] == "Completed"
    assert slow.get(f"/v1/sessions/{session}").json()["state"] == "closed"


def test_closing_a_session_cancels_the_jobs_that_wait(slow):
    session = opened(slow, backend="ibm_lagos")
    job = slow.submit(session_id=session)
    assert slow.delete(f"/v1/sessions/{session}/close").status_code == 204
    assert slow.ended(job)["status"] == "Cancelled"


def test_a_session_is_inactive_after_its_interactive_time_and_closed_after_its_longest(old):
    session = opened(old, backend="ibm_lagos", interactive_ttl=1, max_ttl=2)
    old.ended(old.submit(session_id=session))
    time.sleep(1.1)
    assert old.get(f"/v1/sessions/{session}").json()["state"] == "inactive"
    time.sleep(1.1)
    assert old.get(f"/v1/sessions/{session}").json()["state"] == "closed"


@pytest.mark.parametrize(
    "payload",
    [
        {"mode": "other"},
        {"backend": "ibm_atlantis"},
        {"max_ttl": 0},
        {"interactive_ttl": 20, "active_ttl": 10},
        {"active_ttl": 30, "max_ttl": 20},
    ],
)
def test_a_session_that_makes_no_sense_is_refused(old, payload):
    answer = old.post("/v1/sessions", json={"mode": "batch", **payload})
    assert answer.status_code == 400


def test_a_session_is_for_one_machine(old):
    session = opened(old, backend="ibm_fez")
    body = {
        "program_id": "sampler",
        "backend": "ibm_lagos",
        "session_id": session,
        "params": {"pubs": [[bell()]]},
    }
    assert old.post("/v1/jobs", json=body).status_code == 400


def test_workloads_are_paged_by_the_cursors_in_their_links(client):
    jobs = [client.submit(tags=["walk"]) for _ in range(5)]
    session = opened(client, mode="batch", backend="ibm_lagos")
    client.submit(session_id=session)
    first = client.get("/v1/workloads", params={"limit": 4, "sort": "createdAt"}).json()
    assert [one["id"] for one in first["workloads"]] == jobs[:4]
    assert first["total_count"] == 6
    assert "previous" not in first
    link = urlsplit(first["next"]["href"])
    second = client.get(link.path, params=parse_qs(link.query)).json()
    assert [one["id"] for one in second["workloads"]] == [jobs[4], session]
    assert second["workloads"][1]["mode"] == "batch"
    assert "next" not in second
    back = urlsplit(second["previous"]["href"])
    again = client.get(back.path, params=parse_qs(back.query)).json()
    assert [one["id"] for one in again["workloads"]] == jobs[:4]


def test_workloads_are_filtered(client):
    job = client.submit(tags=["needle"])
    client.ended(job)
    opened(client, backend="ibm_fez")

    def found(**query):
        answer = client.get("/v1/workloads", params=query).json()
        return [one["id"] for one in answer["workloads"]]

    assert found(search="need") == found(tags="needle") == found(status="completed") == [job]
    assert found(backend="ibm_lagos", user="me", mode="job") == [job]
    assert len(found(mode="session")) == 1
    assert found(status=["canceled", "failed"]) == []


def test_analytics_are_in_milliseconds_and_by_the_groups_asked_for(client):
    client.ended(client.submit(options={"default_shots": 1000}))
    assert client.get("/v1/analytics/usage").json()["usage"] == pytest.approx(250.0)
    query = {"group_by": "backend"}
    (group,) = client.get("/v1/analytics/usage_grouped", params=query).json()["data"]
    assert (group["key"], group["jobs"]) == ("ibm_lagos", 1)
    assert client.get("/v1/analytics/usage", params={"backend": "ibm_fez"}).json()["jobs"] == 0
    wrong = client.get("/v1/analytics/usage_grouped", params={"group_by": "colour"})
    assert wrong.status_code == 400


def test_fault_knobs_work_by_the_ids_of_the_contract(server, old):
    server.faults.add(Fault.error_after(502), on="create_job", times=1)
    body = {"program_id": "sampler", "backend": "ibm_lagos", "params": {"pubs": [[bell()]]}}
    assert old.post("/v1/jobs", json=body).status_code == 502
    assert [job.backend for job in server.jobs()] == ["ibm_lagos"]
    server.faults.add(Fault.unauthorized(), on="find_instance_workloads", times=1)
    assert old.get("/v1/workloads").status_code == 401
    assert server.requests()["create_job"] == 1

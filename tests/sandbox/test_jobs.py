"""Jobs: their states, cancelling, failing, children, sessions, paging, money."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sandbox.conftest import BELL, Checked

from ketbridge import sandbox

SLOW = sandbox.Timing(queue_s=0.3, run_s=0.3)
DEBIASED = {"settings": {"error_mitigation": {"debiasing": True}}, "backend": "qpu.forte-1"}
QASM = """OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[1] a; bit[2] b;
x q[0]; a[0] = measure q[0]; if (a[0]) { x q[1]; } b[0] = measure q[0]; b[1] = measure q[1];"""


@pytest.fixture
def slow(executor):
    with (
        sandbox.start(executor=executor, timing={"simulator": SLOW}) as server,
        Checked(server.url) as client,
    ):
        yield client


def test_a_job_passes_through_its_states_in_order(slow):
    job = slow.submit()
    seen = []
    while not seen or seen[-1] != "completed":
        seen.append(slow.get(f"/jobs/{job}").json()["status"])
        time.sleep(0.02)
    assert list(dict.fromkeys(seen)) == ["ready", "started", "completed"]


def test_a_result_is_404_until_the_job_is_completed(slow):
    job = slow.submit()
    assert slow.get(f"/jobs/{job}/results/probabilities").status_code == 404
    assert slow.probabilities(job) == pytest.approx({0: 0.5, 3: 0.5})


def test_times_are_told_and_fit_the_timing(slow):
    shown = slow.ended(slow.submit())
    begun, ended = (datetime.fromisoformat(shown[name]) for name in ("started_at", "completed_at"))
    assert begun - datetime.fromisoformat(shown["submitted_at"]) >= timedelta(seconds=0.29)
    assert ended - begun >= timedelta(seconds=0.29)
    assert shown["execution_duration_ms"] == pytest.approx(300, abs=150)
    assert shown["predicted_execution_duration_ms"] == 300


@pytest.mark.parametrize("wait_for", ["ready", "started"])
def test_a_job_can_be_cancelled_while_it_waits_and_while_it_runs(slow, wait_for):
    job = slow.submit()
    while slow.get(f"/jobs/{job}").json()["status"] != wait_for:
        time.sleep(0.01)
    assert slow.put(f"/jobs/{job}/status/cancel").json() == {"id": job, "status": "canceled"}
    time.sleep(0.7)
    assert slow.get(f"/jobs/{job}").json()["status"] == "canceled"
    assert slow.get(f"/jobs/{job}/results/probabilities").status_code == 404


def test_a_finished_job_cannot_be_cancelled(client):
    job = client.submit()
    client.ended(job)
    assert client.put(f"/jobs/{job}/status/cancel").status_code == 400
    assert client.get(f"/jobs/{job}").json()["status"] == "completed"


def test_a_deleted_job_is_gone(server, client):
    job = client.submit()
    assert client.delete(f"/jobs/{job}").json() == {"id": job, "status": "deleted"}
    assert client.get(f"/jobs/{job}").status_code == 404
    assert server.jobs() == []


def test_the_ideal_simulator_gives_probabilities_only(client):
    shown = client.ended(client.submit())
    assert list(shown["results"]) == ["probabilities"]
    assert client.get(f"/jobs/{shown['id']}/results/shots").status_code == 404


def test_a_machine_with_noise_gives_counts_and_shots_that_agree(client):
    shown = client.ended(client.submit(backend="qpu.forte-1", shots=300))
    urls = {name: link["url"].removeprefix("/v0.4") for name, link in shown["results"].items()}
    histogram, shots = client.get(urls["histogram"]).json(), client.get(urls["shots"]).json()
    assert len(shots) == sum(histogram.values()) == 300
    assert {state: shots.count(int(state)) for state in histogram} == histogram
    assert client.get(urls["probabilities"]).json() == {
        state: count / 300 for state, count in histogram.items()
    }


def test_the_seed_of_the_noise_repeats_the_shots(client):
    noise = {"noise": {"model": "harmony", "seed": 3}, "shots": 200}
    jobs = [client.submit(**noise) for _ in range(2)]
    first, second = (
        client.get(f"/jobs/{client.ended(job)['id']}/results/shots").json() for job in jobs
    )
    assert first == second


def test_a_null_seed_is_taken_and_not_shown(client):
    shown = client.ended(client.submit(noise={"model": "ideal", "seed": None}))
    assert shown["noise"] == {"model": "ideal"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"input": {"gateset": "qis", "qubits": 30, "circuit": BELL}}, "NotEnoughQubits"),
        ({"circuit": [{"gate": "x", "target": 29}]}, "NotEnoughQubits"),
        ({"circuit": [{"gate": "gpi", "target": 0}]}, "UnsupportedGate"),
        ({"input": {"gateset": "native", "circuit": [{"gate": "gpi"}]}}, "InvalidInput"),
        ({"shots": 1_000_001}, "TooManyShots"),
        ({**DEBIASED, "shots": 499}, "DebiasingError"),
        (
            {"type": "quantum-function", "input": {"type": "x", "data": {}}},
            "PreflightError",
        ),
        (
            {
                "type": "qctrl.qaoa.v1",
                "input": {"problem_type": "maxcut", "problem": {}},
                "external_settings": {"api_credentials": "k"},
            },
            "PreflightError",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_job_that_cannot_run_fails_with_the_documented_code(client, change, code):
    shown = client.ended(client.submit(**change))
    assert (shown["status"], shown["failure"]["code"]) == ("failed", code)
    assert shown["failure"]["message"]


def test_jobs_beyond_the_quota_fail(executor):
    with (
        sandbox.start(executor=executor, quota_usd=1.5) as server,
        Checked(server.url) as client,
    ):
        first, second = (client.submit(backend="qpu.forte-1") for _ in range(2))
        assert client.ended(first)["status"] == "completed"
        assert client.ended(second)["failure"]["code"] == "QuotaExhaustedError"


def test_a_dry_run_checks_the_circuit_and_gives_no_result(client):
    shown = client.ended(client.submit(dry_run=True, backend="qpu.forte-1"))
    assert (shown["status"], shown["results"]) == ("completed", None)
    assert shown["stats"]["gate_counts"] == {"1q": 1, "2q": 1}
    assert client.get(f"/jobs/{shown['id']}/cost").json()["cost"]["value"] == 0
    failed = client.submit([{"gate": "gpi", "target": 0}], dry_run=True)
    assert client.ended(failed)["failure"]["code"] == "UnsupportedGate"


def several(client, **changes):
    circuits = [
        {"name": "zero", "circuit": []},
        {"name": "one", "circuit": [{"gate": "x", "target": 0}]},
        {
            "name": "native",
            "gateset": "native",
            "circuit": [{"gate": "gpi", "target": 1, "phase": 0}],
        },
    ]
    given = {"gateset": "qis", "qubits": 2, "circuits": circuits}
    return client.ended(client.submit(type="ionq.multi-circuit.v1", input=given, **changes))


def test_a_job_of_several_circuits_has_a_child_for_each(server, client):
    parent = several(client)
    children = [client.ended(child) for child in parent["child_job_ids"]]
    assert [child["name"] for child in children] == ["zero", "one", "native"]
    assert {child["parent_job_id"] for child in children} == {parent["id"]}
    assert [client.probabilities(child["id"]) for child in children] == [
        pytest.approx({state: 1.0}) for state in (0, 1, 2)
    ]
    assert len(server.jobs()) == 1
    listed = client.get("/jobs", params={"parent_job_id": parent["id"]}).json()["jobs"]
    assert {job["id"] for job in listed} == set(parent["child_job_ids"])


def test_a_parent_gives_probabilities_by_child_and_no_shots(server, client):
    parent = several(client, backend="qpu.forte-1")
    assert list(parent["results"]) == ["probabilities"]
    # the contract types this answer as a map of numbers; for a parent it is a map of such maps
    url = server.url + parent["results"]["probabilities"]["url"]
    by_child = httpx.get(url, headers=dict(client.headers)).json()
    assert list(by_child) == parent["child_job_ids"]
    assert all(sum(one.values()) == pytest.approx(1) for one in by_child.values())
    assert "shots" in client.ended(parent["child_job_ids"][0])["results"]


def test_debiasing_splits_the_shots_over_variants(client):
    shown = client.ended(client.submit(**DEBIASED, shots=502))
    variants = shown["output"]["error_mitigation"]["debiasing"]["variants"]
    assert sum(variant["shots"] for variant in variants) == 502
    assert len({tuple(variant["qubit_map"]) for variant in variants}) == len(variants) > 1
    assert all(len(variant["qubit_map"]) == 2 for variant in variants)
    total = {}
    for variant in variants:
        counts = client.get(variant["results"]["histogram"]["url"].removeprefix("/v0.4")).json()
        for state, count in counts.items():
            total[state] = total.get(state, 0) + count
    assert client.get(f"/jobs/{shown['id']}/results/histogram").json() == total


@pytest.mark.parametrize("sharpen", ["true", "True"])
def test_sharpening_lets_the_variants_vote(client, sharpen):
    noise = {"noise": {"model": "harmony", "seed": 1}}
    change = {**DEBIASED, "backend": "simulator", "shots": 5000, **noise}
    job = client.submit([{"gate": "x", "target": 0}] * 15, **change)
    plain, sharp = client.probabilities(job), client.probabilities(job, sharpen=sharpen)
    assert sum(sharp.values()) == pytest.approx(1)
    assert plain[1] < sharp[1]


def test_openqasm_with_a_measurement_in_the_middle(server, client):
    given = {"qubits": 2, "data": QASM}
    noise = {"noise": {"model": "forte-1", "seed": 1}, "shots": 50}
    job = client.submit(type="ionq.qasm3.v1", input=given, **noise)
    # the contract has no such jobs, so their answer is not held against it
    with httpx.Client(base_url=client.base_url, headers=client.headers) as plain:
        while (shown := plain.get(f"/jobs/{job}").json())["status"] != "completed":
            time.sleep(0.01)
        counts = plain.get(f"/jobs/{job}/results/histogram").json()
        artifact = shown["results"]["ionq.result.shots.json.v2"]["id"]
        shots = plain.get(f"/jobs/{job}/artifacts/{artifact}").json()["shots"]
    assert max(counts, key=counts.get) == str(0b111)
    assert len(shots) == 50
    assert {"registers": {"a": [1], "b": [1, 1]}} in shots


# -- lists ----------------------------------------------------------------------------------------


def test_the_pages_of_the_list_hold_every_job_once_newest_first(client):
    jobs = [client.submit() for _ in range(7)]
    found, query = [], {"limit": 3}
    while True:
        page = client.get("/jobs", params=query).json()
        found += [job["id"] for job in page["jobs"]]
        if page["next"] is None:
            break
        query["next"] = page["next"]
    assert found == jobs[::-1]


def test_the_list_is_filtered(client):
    plain, qpu = client.submit(), client.submit(backend="qpu.forte-1")
    failed = client.submit([{"gate": "?", "target": 0}])
    me = client.ended(failed)["submitter_id"]
    client.ended(qpu)

    def ids(**query):
        return {job["id"] for job in client.get("/jobs", params=query).json()["jobs"]}

    assert ids(status="failed") == {failed}
    assert ids(target="qpu.forte-1,qpu.aria-1") == {qpu}
    assert ids(ids=[plain, qpu]) == {plain, qpu}
    assert ids(submitter_id=me) == {plain, qpu, failed}
    assert ids(submitter_id="other") == ids(session_id="other") == set()


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "x"}, {"next": "unknown"}])
def test_a_page_that_cannot_be_is_refused(client, query):
    assert client.get("/jobs", params=query).status_code == 400


def test_the_pages_of_the_characterizations_count_down(client):
    path = "/backends/qpu.aria-1/characterizations"
    pages = [client.get(path, params={"page": page}).json() for page in (1, 2, 3, 4)]
    assert [page["pages"] for page in pages] == [2, 1, 0, 0]
    assert [len(page["characterizations"]) for page in pages] == [10, 10, 4, 0]
    dates = [entry["date"] for page in pages for entry in page["characterizations"]]
    assert dates == sorted(dates, reverse=True)
    since = client.get(path, params={"start": dates[2]}).json()["characterizations"]
    assert [entry["date"] for entry in since] == dates[:3]


def test_the_newest_characterization_is_named_by_the_machine(client):
    named = client.get("/backends/qpu.forte-1").json()["characterization_id"]
    entry = client.get(f"/backends/qpu.forte-1/characterizations/{named}").json()
    assert entry["fidelity"]["spam"]["median"] == 0.9962
    assert len(entry["connectivity"]) == entry["qubits"] * (entry["qubits"] - 1) / 2


# -- sessions -------------------------------------------------------------------------------------


def opened(client, backend="simulator", **limits):
    answer = client.post("/sessions", json={"backend": backend, "settings": limits})
    assert answer.status_code == 201
    return answer.json()


def post_in(client, session, backend="simulator"):
    return client.post(
        "/jobs",
        json={
            "type": "ionq.circuit.v1",
            "backend": backend,
            "session_id": session,
            "input": {"gateset": "qis", "circuit": BELL},
        },
    ).status_code


def test_a_session_goes_from_created_to_started_to_ended(client):
    session = opened(client)
    assert (session["status"], session["active"]) == ("created", True)
    assert post_in(client, session["id"]) == 201
    assert client.get(f"/sessions/{session['id']}").json()["status"] == "started"
    ended = client.post(f"/sessions/{session['id']}/end").json()
    assert (ended["status"], ended["active"]) == ("ended", False)
    assert client.post(f"/sessions/{session['id']}/end").json() == ended
    assert post_in(client, session["id"]) == 400


def test_a_session_lists_its_own_jobs(client):
    session = opened(client)["id"]
    client.submit()
    mine = client.submit(session_id=session)
    listed = client.get(f"/sessions/{session}/jobs").json()["jobs"]
    assert [job["id"] for job in listed] == [mine]
    assert listed[0]["session_id"] == session


def test_the_limit_on_jobs_is_kept(client):
    session = opened(client, job_count_limit=2)["id"]
    assert [post_in(client, session) for _ in range(3)] == [201, 201, 400]


def test_the_limit_on_cost_is_kept(client):
    session = opened(client, "qpu.forte-1", cost_limit={"unit": "usd", "value": 2.5})["id"]
    assert [post_in(client, session, "qpu.forte-1") for _ in range(3)] == [201, 201, 400]


def test_the_limit_on_duration_is_kept(client):
    session = opened(client, duration_limit_min=0)
    assert session["settings"]["expires_at"] == session["created_at"]
    assert post_in(client, session["id"]) == 400
    assert client.get(f"/sessions/{session['id']}").json()["active"] is False


def test_a_session_is_for_one_machine_and_must_exist(client):
    assert post_in(client, opened(client, "qpu.aria-1")["id"]) == 400
    assert post_in(client, "unknown") == 404
    assert client.post("/sessions", json={"backend": "qpu.none"}).status_code == 400


def test_sessions_are_filtered_by_being_open(client):
    first, second = opened(client)["id"], opened(client)["id"]
    client.post(f"/sessions/{first}/end")

    def ids(**query):
        return [one["id"] for one in client.get("/sessions", params=query).json()["sessions"]]

    assert (ids(active="true"), ids(active="false")) == ([second], [first])
    assert ids() == [second, first]


# -- money ----------------------------------------------------------------------------------------


def test_a_job_costs_what_was_estimated_for_it(client):
    job = client.submit(backend="qpu.forte-1", shots=1000)
    client.ended(job)
    query = {"backend": "qpu.forte-1", "shots": 1000, "1q_gates": 1, "2q_gates": 1}
    estimate = client.get("/jobs/estimate", params=query).json()
    assert client.get(f"/jobs/{job}/cost").json()["cost"] == {
        "value": estimate["estimated_cost"],
        "unit": "usd",
    }
    assert estimate["estimated_cost"] > 1


@pytest.mark.parametrize(
    "query", [{}, {"backend": "qpu.none"}, {"backend": "simulator", "shots": "x"}], ids=str
)
def test_an_estimate_for_nothing_known_is_refused(client, query):
    assert client.get("/jobs/estimate", params=query).status_code == 400


@pytest.mark.parametrize("modality", ["daily", "weekly", "monthly"])
def test_the_usage_adds_up_what_the_jobs_cost(client, modality):
    for _ in range(3):
        client.ended(client.submit(backend="qpu.forte-1"))
    today = datetime.now(UTC).date()
    period = {"start_date": str(today), "end_date": str(today + timedelta(days=1))}
    query = {**period, "group_by": "user", "modality": modality}
    usage = client.get("/organizations/o/usage", params=query).json()
    assert (usage["job_count"], usage["amount_total"]) == (3, 3.0)
    assert [row["job_count"] for row in usage["usage_data"]] == [3]
    assert usage["usage_data"][0]["group_usages"][0]["job_count"] == 3
    query["end_date"] = str(today)
    assert client.get("/organizations/o/usage", params=query).json()["job_count"] == 0


@pytest.mark.parametrize("missing", ["start_date", "end_date", "group_by", "modality"])
def test_the_usage_needs_all_of_its_parameters(client, missing):
    query = {
        "start_date": "2026-01-01",
        "end_date": "2026-02-01",
        "group_by": "job",
        "modality": "daily",
    }
    del query[missing]
    answer = client.get("/organizations/o/usage", params=query)
    assert answer.status_code == 400
    assert answer.json()["validation"]["keys"] == [missing]

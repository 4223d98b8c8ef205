"""``ketbridge jobs``: jobs that another process submitted."""

from __future__ import annotations

import json

import pytest
from support.dying import die

import ketbridge
from ketbridge.cli.circuits import request
from ketbridge.jobs.submission import Submission


@pytest.fixture
def job(ketbridge_, bell) -> str:
    """Address of a job that was submitted by another command."""
    done = ketbridge_("run", bell, "--on", "sandbox:ionq/simulator", "--no-wait")
    return done.stdout.strip()


def test_wait_says_how_it_ended(ketbridge_, job):
    assert ketbridge_("jobs", "wait", job).stdout == f"{job}: done\n"


def test_show_tells_what_was_asked(ketbridge_, job):
    ketbridge_("jobs", "wait", job)
    shown = ketbridge_("jobs", "show", job)
    assert "bell" in shown.stdout
    data = json.loads(ketbridge_("jobs", "show", job, "--json").stdout)
    assert (data["job"], data["status"], data["failure_code"]) == (job, "done", None)


def test_the_service_lists_it(ketbridge_, job):
    listed = json.loads(ketbridge_("jobs", "list", "sandbox:ionq", "--json").stdout)
    assert job in [row["job"] for row in listed]


def test_the_ledger_lists_jobs_of_real_accounts_without_asking(ketbridge_, bell, sandbox_url):
    ketbridge_(
        *("accounts", "add", "work:ionq", "--token-stdin", "--url", f"{sandbox_url}/v0.4"),
        stdin="any",
    )
    sent = ketbridge_("run", bell, "--on", "work:ionq/simulator", "--no-wait").stdout.strip()
    (row,) = json.loads(ketbridge_("jobs", "list", "--json").stdout)
    assert (row["job"], row["state"], row["name"]) == (sent, "accepted", "bell")


def test_delete_asks_first(ketbridge_, job):
    ketbridge_("jobs", "wait", job)
    assert ketbridge_("jobs", "delete", job, stdin="n\n").exit_code == 1
    assert ketbridge_("jobs", "wait", job).exit_code == 0
    assert ketbridge_("jobs", "delete", job, "--yes").exit_code == 0


def test_a_cancelled_job_has_no_result(bell, ketbridge_, monkeypatch):
    slow = {"simulator": ketbridge.sandbox.Timing(queue_s=60, run_s=1)}
    with ketbridge.sandbox.start(timing=slow) as running:
        monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", running.url)
        on = ("--on", "sandbox:ionq/simulator")
        job = ketbridge_("run", bell, *on, "--no-wait").stdout.strip()
        assert "cancelled" in ketbridge_("jobs", "cancel", job).stdout
        done = ketbridge_("jobs", "result", job)
    assert done.exit_code == 1
    assert "was cancelled" in done.stderr


def test_cost_of_a_job(ketbridge_, job):
    ketbridge_("jobs", "wait", job)
    data = json.loads(ketbridge_("jobs", "cost", job, "--json").stdout)
    assert (data["job"], data["unit"]) == (job, "usd")


def test_settle_finds_the_job_of_a_submission_that_broke_off(
    ketbridge_, bell, sandbox_url, monkeypatch
):
    monkeypatch.setenv("IONQ_API_KEY", "any")
    monkeypatch.setenv("IONQ_API_URL", f"{sandbox_url}/v0.4")
    cloud = ketbridge.connect("ionq")
    _, asked = request(bell, "ionq/simulator", 100)
    submission = Submission(asked, "ionq")
    cloud.ledger.begin(submission)
    job_id = cloud.run(cloud.submit_flow(submission))
    die(cloud.ledger)
    assert submission.id in ketbridge_("jobs", "settle").stdout
    (settled,) = json.loads(ketbridge_("jobs", "settle", submission.id, "--json").stdout)
    assert settled == {"submission": submission.id, "job": f"ionq/{job_id}"}
    assert ketbridge_("jobs", "settle").stdout == "Every submission is settled.\n"


def test_where_nothing_was_submitted_it_says_so(ketbridge_):
    done = ketbridge_("jobs", "list")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "submitted no jobs" in done.stderr
    assert json.loads(ketbridge_("jobs", "list", "--json").stdout) == []

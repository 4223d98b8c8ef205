"""A process that dies between sending a job and hearing of it: one submission stays one job."""

from __future__ import annotations

import time

import pytest
from support.cloud_cases import ALL
from support.killing import submitter

from ketbridge.connection import connect
from ketbridge.sandbox import Fault


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_job_whose_submitter_was_killed_is_found_again(server, tmp_path, monkeypatch, case):
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
    server.faults.clear()
    server.faults.add(Fault.silence(), on=case.submit, times=1)
    before = len(_jobs(server, case))
    child = submitter(case, tmp_path)
    end = time.monotonic() + 20
    while len(_jobs(server, case)) == before and time.monotonic() < end:
        time.sleep(0.01)
    child.kill()
    said, _ = child.communicate()
    cloud = connect(f"sandbox:{case.name}", timeout_s=60, **case.fast)
    (entry,) = cloud.ledger.pending()
    assert entry.submission.request.name == case.request().name
    job = cloud.settle(entry.submission.id)
    on_server = _jobs(server, case)[before:]
    pending = cloud.ledger.pending()
    cloud.client.close()
    cloud.close()
    cloud.ledger.close()
    assert said == ""
    assert [made.id for made in on_server] == [job.id]
    assert pending == []


def _jobs(server, case):
    return [seen for seen in server.jobs() if seen.cloud == case.name]

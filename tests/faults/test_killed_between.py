"""A process that dies between sending a job and hearing of it: one submission stays one job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import ketbridge
from ketbridge.connection import connect
from ketbridge.sandbox import Fault

TESTS = Path(__file__).parents[1]

SUBMIT = """
from support.submissions import request
from ketbridge.connection import connect
cloud = connect("sandbox:ionq")
print("ready", flush=True)
cloud.submit(request(name="killed"))
print("answered", flush=True)
"""


def test_a_job_whose_submitter_was_killed_is_found_again(tmp_path, monkeypatch):
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    with ketbridge.sandbox.start() as sandbox:
        sandbox.faults.add(Fault.silence(), on="CreateJob", times=1)
        monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", sandbox.url)
        child = subprocess.Popen(
            [sys.executable, "-c", SUBMIT], stdout=subprocess.PIPE, text=True, cwd=TESTS
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        end = time.monotonic() + 20
        while not sandbox.jobs() and time.monotonic() < end:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        said, _ = child.communicate()
        cloud = connect("sandbox:ionq", timeout_s=60)
        (entry,) = cloud.ledger.pending()
        assert entry.submission.request.name == "killed"
        job = cloud.settle(entry.submission.id)
        on_server = sandbox.jobs()
        cloud.client.close()
    assert "answered" not in said
    assert [made.id for made in on_server] == [job.id]
    assert cloud.ledger.pending() == []
    cloud.ledger.close()

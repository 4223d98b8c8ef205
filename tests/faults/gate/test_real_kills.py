"""The same with a process that is killed for real, at moments that nobody chose."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

import ketbridge
from ketbridge.connection import connect
from ketbridge.sandbox import Fault

TESTS = Path(__file__).parents[2]

SUBMITTER = """
from support.submissions import request
from ketbridge.connection import connect
cloud = connect("sandbox:ionq", io_timeout_s=0.2, settle_s=0.05)
print("ready", flush=True)
while True:
    print(cloud.submit(request()).id, flush=True)
"""


@pytest.mark.parametrize("seed", range(3))
def test_what_a_killed_process_submitted_is_known_afterwards(tmp_path, monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    with ketbridge.sandbox.start() as server:
        monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
        for fault in (Fault.reset_after(), Fault.silence(), Fault.error_after(502)):
            server.faults.add(fault, on="CreateJob", times=1, skip=chance.randrange(10))
        said: list[str] = []
        for _ in range(3):
            said += _killed_after(chance.uniform(0.02, 0.4))
        server.faults.clear()
        cloud = connect("sandbox:ionq", settle_s=0.05)
        settled = [cloud.settle(entry.submission.id) for entry in cloud.ledger.pending()]
        known = {entry.submission.job_id for entry in cloud.ledger.history(10_000)}
        on_server = [seen.id for seen in server.jobs()]
        cloud.client.close()
        cloud.ledger.close()
    assert len(on_server) == len(set(on_server)) >= len(said)
    assert known - {None} == set(on_server) >= set(said)
    assert len(settled) <= 3, "each process leaves one submission at most"


def _killed_after(seconds: float) -> list[str]:
    """Run the submitter, kill it, and return the jobs that it said it had."""
    child = subprocess.Popen(
        [sys.executable, "-c", SUBMITTER], stdout=subprocess.PIPE, text=True, cwd=TESTS
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.kill()
    rest, _ = child.communicate()
    return [line for line in rest.split("\n")[:-1] if line]

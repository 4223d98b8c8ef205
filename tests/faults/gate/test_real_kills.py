"""The same with a process that is killed for real, at moments that nobody chose."""

from __future__ import annotations

import random
import time

import pytest
from support.cloud_cases import ALL
from support.killing import submitter

from ketbridge.connection import connect
from ketbridge.sandbox import Fault


@pytest.mark.parametrize(("seed", "case"), list(enumerate(ALL)), ids=str)
def test_what_a_killed_process_submitted_is_known_afterwards(
    server, tmp_path, monkeypatch, case, seed
):
    chance = random.Random(seed)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
    server.faults.clear()
    before = _on_server(server, case)
    for fault in (Fault.reset_after(), Fault.silence(), Fault.error_after(502)):
        server.faults.add(fault, on=case.submit, times=1, skip=chance.randrange(10))
    said: list[str] = []
    for _ in range(3):
        child = submitter(case, tmp_path, io_timeout_s=0.3)
        time.sleep(chance.uniform(0.02, 0.4))
        child.kill()
        rest, _ = child.communicate()
        said += [line for line in rest.split("\n")[:-1] if line]
    server.faults.clear()
    cloud = connect(f"sandbox:{case.name}", **case.fast)
    settled = [cloud.settle(entry.submission.id) for entry in cloud.ledger.pending()]
    known = {entry.submission.job_id for entry in cloud.ledger.history(10_000)}
    on_server = _on_server(server, case)[len(before) :]
    cloud.client.close()
    cloud.close()
    cloud.ledger.close()
    assert len(on_server) == len(set(on_server)) >= len(said)
    assert known - {None} == set(on_server) >= set(said)
    assert len(settled) <= 3, "each process leaves one submission at most"


def _on_server(server, case) -> list[str]:
    return [seen.id for seen in server.jobs() if seen.cloud == case.name]

"""``ketbridge sandbox``: the services beside other programs."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

import ketbridge


@pytest.fixture
def served(tmp_path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command with a fault in it, and the URL that it prints."""
    arguments = ("--port", "0", "--faults", "reset_after@CreateJob*1")
    command = subprocess.Popen(
        [sys.executable, "-m", "ketbridge", "sandbox", *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = re.search(r"http://\S+", command.stdout.readline())
        yield command, url[0]
    finally:
        command.send_signal(signal.SIGINT)
        command.wait(timeout=20)
        command.stdout.close()


def test_it_serves_jobs_and_makes_the_fault_that_was_asked_for(
    ketbridge_, bell, served, monkeypatch
):
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", served[1])
    done = ketbridge_("run", bell, "--on", "sandbox:ionq/simulator")
    assert done.exit_code == 0, done.stderr
    cloud = ketbridge.connect("sandbox:ionq")
    listed, _ = cloud.run(cloud.jobs_flow(None, {}))
    assert len(listed) == 1


def test_ctrl_c_is_the_usual_end(served):
    command, _ = served
    command.send_signal(signal.SIGINT)
    assert command.wait(timeout=20) == 0

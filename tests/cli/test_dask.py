"""``ketbridge sandbox --dask``: a Dask cluster simulates the circuits."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

CLUSTER = """
from distributed import LocalCluster

if __name__ == "__main__":
    with LocalCluster(
        n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        print(cluster.scheduler_address)
        input()
        print(sum(entry[2] == "memory" for entry in cluster.scheduler.transition_log))
        input()
"""


@contextmanager
def running(*command: str, end: signal.Signals) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", *command],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(end)
        process.communicate(timeout=30)


@pytest.fixture
def cluster(tmp_path) -> Iterator[subprocess.Popen[str]]:
    script = tmp_path / "cluster.py"
    script.write_text(CLUSTER)
    with running(str(script), end=signal.SIGTERM) as process:
        yield process


def test_circuits_of_every_service_run_on_the_cluster(ketbridge_, bell, cluster, monkeypatch):
    address = cluster.stdout.readline().strip()
    command = ("-m", "ketbridge", "sandbox", "--port", "0", "--dask", address)
    with running(*command, end=signal.SIGINT) as served:
        url = re.search(r"http://\S+", served.stdout.readline())[0]
        monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", url)
        for machine in ("ionq/simulator", "ibm/ibmq_manila", "kipu/aws.sim.sv1"):
            done = ketbridge_("run", bell, "--on", f"sandbox:{machine}", "--json")
            assert done.exit_code == 0, done.stderr
            assert set(json.loads(done.stdout)["circuits"][0]["counts"]) == {"00", "11"}
        cluster.stdin.write("\n")
        cluster.stdin.flush()
        assert int(cluster.stdout.readline()) >= 3

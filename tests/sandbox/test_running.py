"""Starting, sharing and stopping, and the pool of processes that is the default."""

from __future__ import annotations

import socket
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from sandbox.conftest import Checked

from ketbridge import sandbox

SCRIPT = textwrap.dedent(
    """
    import time
    import httpx
    import ketbridge.sandbox

    print("begin")
    server = ketbridge.sandbox.start()
    with httpx.Client(base_url=server.url, headers={"Authorization": "apiKey k"}) as client:
        circuit = [{"gate": "x", "target": 1}]
        job = {
            "type": "ionq.circuit.v1",
            "backend": "simulator",
            "input": {"gateset": "qis", "circuit": circuit},
        }
        job_id = client.post("/v0.4/jobs", json=job).json()["id"]
        while client.get(f"/v0.4/jobs/{job_id}").json()["status"] != "completed":
            time.sleep(0.02)
        print(client.get(f"/v0.4/jobs/{job_id}/results/probabilities").text)
    """
)


def test_a_script_without_a_main_guard_runs_in_the_default_pool(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=90, check=False
    )
    assert done.stdout.splitlines() == ["begin", '{"2":1.0}'], done.stderr
    assert done.stderr == ""
    assert done.returncode == 0


def test_the_default_pool_simulates_in_other_processes_and_ends_with_the_sandbox():
    import psutil

    me = psutil.Process()
    before = set(me.children(recursive=True))
    with sandbox.start() as server, Checked(server.url) as client:
        assert client.probabilities(client.submit()) == pytest.approx({0: 0.5, 3: 0.5})
        workers = set(me.children(recursive=True)) - before
        assert workers
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert [process for process in alive if "resource_tracker" not in _command(process)] == []


def _command(process):
    return " ".join(process.cmdline())


def test_it_listens_on_this_computer_only(server):
    port = int(server.url.rpartition(":")[2])
    with socket.socket() as other:
        other.bind(("127.0.0.2", port))  # free: the sandbox took 127.0.0.1 and not 0.0.0.0
        assert server.url == f"http://127.0.0.1:{port}"


def test_a_port_that_is_taken_is_an_error(server, executor):
    with pytest.raises(OSError, match="in use"):
        sandbox.start(port=int(server.url.rpartition(":")[2]), executor=executor)


def test_stopping_twice_is_fine_and_the_port_is_closed(executor):
    server = sandbox.start(executor=executor)
    server.stop()
    server.stop()
    assert server.stopped
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.url)


def test_stopping_leaves_no_thread_and_no_open_file(executor):
    with sandbox.start(executor=executor) as server, Checked(server.url) as client:
        client.probabilities(client.submit())
    threads, files = threading.active_count(), _open_files()
    for _ in range(3):
        with sandbox.start(executor=executor) as server, Checked(server.url) as client:
            client.submit(backend="qpu.aria-2")
    assert threading.active_count() == threads
    assert _open_files() == files


def _open_files():
    return len(list(Path("/proc/self/fd").iterdir()))


def test_an_executor_that_was_given_is_left_running():
    with ThreadPoolExecutor(1) as pool:
        sandbox.start(executor=pool).stop()
        assert pool.submit(int, "3").result() == 3


def test_the_account_reaches_the_sandbox_and_hides_its_key(server):
    account = server.accounts["ionq"]
    assert account.url == f"{server.url}/v0.4"
    with Checked(server.url, account.token.reveal()) as client:
        assert client.get("/whoami").status_code == 200


def test_a_running_sandbox_is_shared_through_the_environment(server, monkeypatch):
    monkeypatch.setenv("KETBRIDGE_SANDBOX_URL", server.url)
    assert sandbox.shared().accounts["ionq"].url == f"{server.url}/v0.4"


def test_many_jobs_at_once_each_get_their_own_result(server):
    def one(place):
        with Checked(server.url) as client:
            return client.probabilities(client.submit([{"gate": "x", "target": place}]))

    with ThreadPoolExecutor(16) as callers:
        found = list(callers.map(one, [index % 10 for index in range(64)]))
    assert [list(one) for one in found] == [[1 << index % 10] for index in range(64)]
    assert len(server.jobs()) == 64


def test_a_job_alone_does_not_wait_for_others(server):
    with Checked(server.url) as client:
        client.probabilities(client.submit())
        started = time.monotonic()
        client.probabilities(client.submit())
        assert time.monotonic() - started < 0.5

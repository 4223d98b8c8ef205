"""A result of 200 MB comes to a file in memory that does not grow with it."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator

import pytest

from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.sandbox.server import RemoteSandbox
from ketbridge.transport.operation import Flow

SIZE = 200 * 2**20
MOST_MEMORY = 16 * 2**20
SERVE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from ketbridge import sandbox
with ThreadPoolExecutor(1) as pool, sandbox.start(executor=pool) as running:
    print(running.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cloud(tmp_path, monkeypatch) -> Iterator[IbmDirectCloud]:
    """The cloud on a sandbox in a process of its own, whose memory does not count here."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    command = [sys.executable, "-c", SERVE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        cloud = IbmDirectCloud(
            RemoteSandbox(process.stdout.readline().strip()).accounts["ibm-direct"]
        )
        yield cloud
        cloud.close()
        process.communicate("")


def downloading(cloud: IbmDirectCloud, path) -> Flow[int]:
    return (yield from cloud.folders.download("job", "results.json", path))


def test_a_result_of_200_mb_is_written_to_a_file_with_bounded_memory(cloud, tmp_path):
    content = random.Random(1).randbytes(SIZE)
    expected = hashlib.sha256(content).hexdigest()
    cloud.store.put("job/results.json", content, 600.0)
    del content
    path = tmp_path / "results.json"

    tracemalloc.start()
    size = cloud.run(downloading(cloud, path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == SIZE
    assert peak < MOST_MEMORY
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == expected

"""200 MB go to the bucket and come from it in memory that does not grow with them."""

from __future__ import annotations

import contextlib
import hashlib
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass
class Memory:
    """The most that was allocated, in bytes."""

    peak: int = 0


@contextlib.contextmanager
def measured() -> Iterator[Memory]:
    found = Memory()
    tracemalloc.start()
    yield found
    found.peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


def downloading(cloud: IbmDirectCloud, path) -> Flow[int]:
    return (yield from cloud.folders.download("job", "results.json", path))


def test_a_result_of_200_mb_is_written_to_a_file_with_bounded_memory(cloud, tmp_path):
    content = random.Random(1).randbytes(SIZE)
    expected = hashlib.sha256(content).hexdigest()
    cloud.store.lend("job/results.json", "get", 60)  # loads the library
    with measured() as sending:
        cloud.store.put("job/results.json", content, 600.0)
    del content
    path = tmp_path / "results.json"

    with measured() as fetching:
        size = cloud.run(downloading(cloud, path))
    with measured() as reading:
        read = cloud.store.get("job/results.json", 600.0, SIZE)

    assert size == len(read) == SIZE
    assert hashlib.sha256(read).hexdigest() == expected
    with path.open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == expected
    assert max(sending.peak, fetching.peak) < MOST_MEMORY
    assert reading.peak < 1.5 * SIZE  # less than twice the cap

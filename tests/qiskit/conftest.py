"""A sandbox for the Qiskit tests, and backends of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ketbridge import connect, sandbox
from ketbridge.sandbox.engine import Timing
from qiskit_ketbridge import backend


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """A sandbox that addresses with the account ``sandbox`` reach; one machine has a long queue."""
    slow = {"qpu.aria-1": Timing(queue_s=30, run_s=1)}
    with (
        ThreadPoolExecutor(2) as executor,
        sandbox.start(executor=executor, timing=slow) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KETBRIDGE_SANDBOX_URL", started.url)
        patch.setenv("KETBRIDGE_HOME", str(tmp_path_factory.mktemp("home")))
        yield started
        connect("sandbox:ionq").client.close()


@pytest.fixture
def simulator(running):
    return backend("sandbox:ionq/simulator")


@pytest.fixture
def machine(running):
    return backend("sandbox:ionq/qpu.forte-1")


@pytest.fixture
def slow_machine(running):
    return backend("sandbox:ionq/qpu.aria-1")

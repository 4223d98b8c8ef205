"""A sandbox for these tests; Braket's own packages warn on import and at use."""

import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from ketbridge import connect, sandbox
from ketbridge.sandbox.engine import Timing

_FROM_BRAKET = (
    "ignore:.*:DeprecationWarning:braket",
    "ignore:.*:DeprecationWarning:pydantic",
    "ignore:.*:UserWarning:pydantic",
)


def pytest_collection_modifyitems(items):
    for item in items:
        for text in _FROM_BRAKET:
            item.add_marker(pytest.mark.filterwarnings(text))


with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import braket.circuits
    import braket.devices
    import braket.error_mitigation
    import braket.tracking  # noqa: F401


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """A sandbox that addresses with the account ``sandbox`` reach."""
    slow = {"qpu.aria-1": Timing(queue_s=30, run_s=1)}
    with (
        ThreadPoolExecutor(2) as executor,
        sandbox.start(executor=executor, timing=slow) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KETBRIDGE_SANDBOX_URL", started.url)
        patch.setenv("KETBRIDGE_HOME", str(tmp_path_factory.mktemp("home")))
        yield started
        for cloud in ("ionq", "ibm"):
            connect(f"sandbox:{cloud}").client.close()

"""A small Hub for the Qiskit tests, and backends of it."""

import pytest
from support.hub_service import TOKEN, HubService

from qiskit_ketbridge import backend


@pytest.fixture(scope="session")
def running_hub():
    with HubService() as service:
        yield service


@pytest.fixture
def hub(running_hub, monkeypatch, tmp_path):
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    running_hub.reset()
    return running_hub


@pytest.fixture
def on_hub(hub):
    """Open a machine of the small Hub."""

    def opened(name, **settings):
        settings = {"backend_age_s": 0.0, **settings}
        return backend(f"kipu/{name}", token=TOKEN, url=hub.url, **settings)

    return opened


@pytest.fixture
def in_sandbox(running):
    """Open a machine behind the sandbox's Hub."""
    return lambda name: backend(f"sandbox:kipu/{name}")

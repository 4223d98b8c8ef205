"""A sandbox whose photonic machines addresses with the account ``sandbox`` reach."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.hub_service import MACHINES, TOKEN, HubService, machine

from ketbridge import connect, sandbox
from ketbridge.photonic import RpcHandler

SIMULATOR = "quandela.sim.altair"
QPU = "quandela.qpu.belenos"
PHOTONIC = {"photonic_properties": {"max_modes": 4, "min_modes": 2, "max_photons": 3}}


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    """A sandbox whose machines need no time of their own."""
    fast = {QPU: sandbox.Timing()}
    with (
        ThreadPoolExecutor(1) as executor,
        sandbox.start(executor=executor, timing=fast) as started,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("KETBRIDGE_SANDBOX_URL", started.url)
        patch.setenv("KETBRIDGE_HOME", str(tmp_path_factory.mktemp("home")))
        yield started
        connect("sandbox:kipu").client.close()


@pytest.fixture
def simulator(running):
    return f"sandbox:kipu/{SIMULATOR}"


@pytest.fixture
def qpu(running):
    return f"sandbox:kipu/{QPU}"


@pytest.fixture(scope="session")
def running_hub():
    with HubService() as service:
        yield service


@pytest.fixture
def hub(running_hub, monkeypatch, tmp_path):
    """A small Hub with one photonic machine, whose results and faults a test sets."""
    price = {"granularity": "shot", "currency": "EUR", "value": 0.25}
    found = machine(SIMULATOR, "QUANDELA", "PERCEVAL", configuration=PHOTONIC, costs=[price])
    monkeypatch.setitem(MACHINES, SIMULATOR, found)
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    monkeypatch.delitem(os.environ, "KETBRIDGE_SANDBOX_URL", raising=False)
    running_hub.reset()
    return running_hub


@pytest.fixture
def on_hub(hub):
    return RpcHandler(
        f"kipu/{SIMULATOR}", token=TOKEN, url=hub.url, backend_age_s=0.0, settle_s=0.05
    )

"""Machines of the sandbox, and the public client connected to the same sandbox."""

import importlib.util
import warnings

import pytest
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager

from qiskit_ketbridge import backend


@pytest.fixture
def lagos(running):
    """A machine of 7 qubits."""
    return backend("sandbox:ibm/ibm_lagos")


@pytest.fixture(scope="session")
def service(running):
    """The public client."""
    if importlib.util.find_spec("qiskit_ibm_runtime") is None:
        pytest.skip("qiskit-ibm-runtime is not installed")
    account = running.accounts["ibm"]
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("IAM_URL", running.url)
        patch.setenv("GLOBAL_SEARCH_URL", f"{running.url}/gs")
        patch.setenv("GLOBAL_CATALOG_URL", f"{running.url}/gc/api/v1")
        from qiskit_ibm_runtime import QiskitRuntimeService

        yield QiskitRuntimeService(
            channel="ibm_quantum_platform",
            token=account.token.reveal(),
            instance=account.settings["instance"],
            url_resolver=lambda *_: f"{account.url}/v1",
        )


@pytest.fixture
def compiled(lagos):
    """What compiles circuits for the machine, always in the same way."""
    return generate_preset_pass_manager(1, lagos, seed_transpiler=1).run


def bell(measured=True):
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    if measured:
        circuit.measure_all()
    return circuit

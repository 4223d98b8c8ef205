"""Code that was written for other clients runs on a machine of ours without a line changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from ketbridge import sandbox
from ketbridge.sandbox import Sandbox

AMAZON = """
from braket.aws import AwsDevice, AwsQuantumTask
from braket.circuits import Circuit, Observable
from braket.devices import Devices, LocalSimulator
device = AwsDevice(Devices.Amazon.SV1)
s3_folder = ("amazon-braket-my-bucket", "my-prefix")
task = device.run(Circuit().x(0).i(1), s3_folder, shots=100)
assert task.result().measurement_counts == {"10": 100}
assert AwsQuantumTask(arn=task.id).result().measurement_counts == {"10": 100}
tilted = Circuit().x(0).expectation(Observable.Z(), 0)
assert device.run_batch([tilted] * 2, shots=10).results()[1].values == [-1]
assert AwsDevice.get_devices(names=["Ankaa-3"])[0].status == "ONLINE"
assert LocalSimulator().run(Circuit().x(0), shots=5).result().measurement_counts == {"1": 5}
print(task.id)
"""

IONQ = """
from qiskit import QuantumCircuit
from qiskit_ionq import ErrorMitigation, GPIGate, IonQProvider
provider = IonQProvider("a token that goes nowhere")
print(provider.backends())
backend = provider.get_backend("ionq_simulator")
circuit = QuantumCircuit(2, 2)
circuit.x(0)
circuit.measure([0, 1], [0, 1])
job = backend.run(circuit, shots=100, error_mitigation=ErrorMitigation.NO_DEBIASING)
assert job.get_counts() == job.result().get_counts() == {"01": 100}
assert job.get_probabilities() == {"01": 1.0}
native = QuantumCircuit(1, 1)
native.append(GPIGate(0.1), [0])
native.measure(0, 0)
native_backend = provider.get_backend("ionq_qpu.aria-1", gateset="native")
assert native_backend.run(native, shots=50).result().get_counts() == {"1": 50}
print(provider.retrieve_job(job.job_id()).address)
"""

IBM = """
from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager
from qiskit_ibm_runtime import EstimatorV2 as Estimator
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2, Session
QiskitRuntimeService.save_account(token="a token that goes nowhere", overwrite=True)
service = QiskitRuntimeService()
backend = service.least_busy(operational=True, simulator=False)
circuit = QuantumCircuit(2)
circuit.x(0)
circuit.measure_all()
isa = generate_preset_pass_manager(backend=backend, optimization_level=1).run(circuit)
with Session(backend=service.backend("ibm_brisbane")) as session:
    sampler = SamplerV2(mode=session)
    job = sampler.run([isa], shots=100)
assert job.result()[0].data.meas.get_counts() == {"01": 100}
assert service.job(job.job_id()).result()[0].data.meas.get_counts() == {"01": 100}
estimator = Estimator(mode=backend)
print(f"{backend.address.partition('/')[0]}/{job.job_id()}")
"""

IBM_ELSEWHERE = """
from qiskit import QuantumCircuit, transpile
from qiskit_ibm_runtime import QiskitRuntimeService, SamplerV2
service = QiskitRuntimeService(channel="ibm_quantum_platform", token="goes nowhere")
backend = service.backend("ibm_brisbane", use_fractional_gates=True)
circuit = QuantumCircuit(2)
circuit.x(0)
circuit.measure_all()
isa = transpile(circuit, backend, seed_transpiler=1)
result = SamplerV2(mode=backend).run([isa], shots=100).result()
assert result[0].data.meas.get_counts() == {"01": 100}
print(service.jobs(limit=1)[0].address)
"""

HUB = """
from qhub.quantum.sdk import HubBraketProvider, HubQiskitProvider
from qiskit import QuantumCircuit
from braket.circuits import Circuit
circuit = QuantumCircuit(2, 2)
circuit.x(0)
circuit.measure([0, 1], [0, 1])
backend = HubQiskitProvider(access_token="goes nowhere").get_backend("azure.ionq.simulator")
job = backend.run(circuit, shots=100)
assert job.result().get_counts() == {"01": 100}
task = HubBraketProvider().get_device("aws.sim.sv1").run(Circuit().x(0), shots=10)
assert task.result().measurement_counts == {"1": 10}
print(job.address)
"""

PERCEVAL = """
import perceval as pcvl
from perceval.algorithm import Sampler
from perceval.providers.quandela import QuandelaCommunicationLayer
from perceval.providers.scaleway import Session
pcvl.RemoteConfig.set_token("a token that goes nowhere")
processor = pcvl.RemoteProcessor("sim:altair", "a token that goes nowhere")
processor.set_circuit(pcvl.BS())
processor.min_detected_photons_filter(2)
processor.with_input(pcvl.BasicState([1, 1]))
job = Sampler(processor, max_shots_per_call=100).sample_count
assert {str(state) for state in job(40)["results"]} == {"|2,0>", "|0,2>"}
with Session("qpu:belenos", project_id="p", token="goes nowhere") as session:
    assert session.build_remote_processor().name == processor.name
computer = pcvl.RemoteComputer(QuandelaCommunicationLayer("sim:belenos", "goes nowhere"))
factory = pcvl.ExecutionFactory(computer, processor.experiment, max_shots_per_call=100)
assert sum(factory.sample_count(30)["results"].values()) == 30
assert pcvl.Processor("SLOS", processor.experiment).probs()["results"]
ketbridge.standins.install("sandbox:kipu/quandela.qpu.belenos")
assert pcvl.RemoteProcessor("sim:altair", "goes nowhere").name == "quandela.qpu.belenos"
print(processor.get_rpc_handler().job(job.id).address)
"""

FIRST = "import sys, ketbridge.standins; ketbridge.standins.install(sys.argv[1])"
"""The line that is put before code that is otherwise left alone."""


@pytest.fixture(scope="module")
def server() -> Iterator[Sandbox]:
    with ThreadPoolExecutor(2) as pool, sandbox.start(executor=pool) as running:
        yield running


@pytest.fixture
def environment(server: Sandbox, tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "KETBRIDGE_SANDBOX_URL": server.url,
        "KETBRIDGE_HOME": str(tmp_path / "home"),
    }


@pytest.mark.parametrize(
    ("code", "address"),
    [
        (AMAZON, "sandbox:ionq/simulator"),
        (IONQ, "sandbox:ionq/simulator"),
        (IBM, "sandbox:ibm/ibm_lagos"),
        (IBM_ELSEWHERE, "sandbox:kipu/iqm.qpu.garnet"),
        (HUB, "sandbox:kipu/kipu.sim.qsim"),
        (PERCEVAL, "sandbox:kipu/quandela.sim.altair"),
    ],
    ids=["braket.aws", "qiskit_ionq", "qiskit_ibm_runtime", "not at IBM", "qhub", "perceval"],
)
def test_code_for_another_client_runs_where_it_is_told(environment, code, address):
    done = subprocess.run(
        [sys.executable, "-c", FIRST + code, address],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(address.partition("/")[0] + "/")


def test_a_notebook_for_another_client_and_kernel_runs_unchanged(environment, tmp_path):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(AMAZON.strip())])
    made.metadata["kernelspec"] = {"name": "conda_braket", "display_name": "conda_braket"}
    path = tmp_path / "amazon.ipynb"
    nbformat.write(made, path)
    command = ("notebook", "run", path, "--on", "sandbox:kipu/aws.sim.sv1")
    done = subprocess.run(
        [sys.executable, "-m", "ketbridge", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    executed = nbformat.read(tmp_path / "amazon-executed.ipynb", as_version=4)
    assert executed.cells[0].outputs[-1].text.startswith("sandbox:kipu/")


def test_a_client_that_is_imported_already_is_named(environment):
    code = "import braket.aws, ketbridge.standins as s\ns.install('sandbox:ionq/simulator')"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ImportError: braket.aws" in done.stderr
    assert "call ketbridge.standins.install first" in done.stderr

"""Flows of the public qhub-quantum client, run in an environment of its own against the sandbox.

The URL comes from ``QHUB_QUANTUM_BASE_URL`` and the token from ``KQH_PERSONAL_ACCESS_TOKEN``. Each
flow prints one line of JSON: its name, how long it took, and what went wrong. The client polls
every five seconds, so a flow waits by itself for the end of its job.
"""

import json
import sys
import time
import traceback

import numpy as np
from braket.ahs import AnalogHamiltonianSimulation, AtomArrangement, DrivingField
from braket.circuits import Circuit
from braket.timings import TimeSeries
from qhub.quantum.sdk import (
    HubApiError,
    HubBraketProvider,
    HubQiskitProvider,
    HubQiskitRuntimeService,
)
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit_ibm_runtime import EstimatorV2, SamplerV2, Session

FINAL = ("ABORTED", "COMPLETED", "CANCELLED", "FAILED")


def flipped(place, width=3):
    circuit = QuantumCircuit(width, width)
    circuit.x(place)
    circuit.measure(range(width), range(width))
    return circuit


def bell():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def finished(job):
    deadline = time.monotonic() + 60
    while job._update_state() not in FINAL and time.monotonic() < deadline:
        time.sleep(0.02)
    return job


def counts_on(name, shots=100, width=3):
    """Flip qubit 0 on a machine, and check that classical bit 0 alone is 1."""
    backend = HubQiskitProvider().get_backend(name)
    circuit = transpile(flipped(0, width), backend)
    counts = finished(backend.run(circuit, shots=shots)).result().get_counts()
    assert counts == {"1".rjust(width, "0"): shots}, counts


def listing():
    """All machines are listed."""
    assert len(HubQiskitProvider().backends()) == 21


def kipu_counts():
    """Counts of Kipu's simulator."""
    counts_on("kipu.sim.qsim")


def kipu_statevector():
    """A state vector of Kipu's simulator."""
    backend = HubQiskitProvider().get_backend("kipu.sim.qsim")
    circuit = QuantumCircuit(2)
    circuit.x(0)
    job = finished(backend.run(circuit, shots=1, mode="statevector"))
    assert [abs(one) for one in job.result().get_statevector()] == [0, 1, 0, 0]


def kipu_amplitudes():
    """Amplitudes of Kipu's simulator, of the states that are asked for."""
    backend = HubQiskitProvider().get_backend("kipu.sim.qsim")
    circuit = QuantumCircuit(2)
    circuit.x(0)
    job = finished(backend.run(circuit, shots=1, mode="amplitudes", bitstrings=["10", "11"]))
    assert [abs(one) for one in job.result().get_statevector()] == [0, 1, 0, 0]


def qudora():
    """Counts of Qudora's emulator."""
    counts_on("qudora.sim.xg1")


def azure():
    """Counts drawn from the probabilities of IonQ at Azure."""
    counts_on("azure.ionq.simulator")


def aws_simulator():
    """Counts of SV1."""
    counts_on("aws.sim.sv1")


def aws_rigetti():
    """Counts of Rigetti's Cepheus, with the target made of its capabilities."""
    counts_on("aws.rigetti.cepheus")


def iqm_garnet():
    """Counts of IQM's Garnet."""
    counts_on("iqm.qpu.garnet")


def iqm_entangled():
    """A Bell pair on IQM's Emerald."""
    backend = HubQiskitProvider().get_backend("iqm.qpu.emerald")
    job = finished(backend.run(transpile(bell(), backend), shots=200))
    counts = job.result().get_counts()
    assert set(counts) == {"00", "11"}, counts


def iqm_several():
    """Two circuits in one job of IQM's Garnet."""
    backend = HubQiskitProvider().get_backend("iqm.qpu.garnet")
    circuits = [transpile(flipped(place), backend) for place in (0, 1)]
    result = finished(backend.run(circuits, shots=50)).result()
    assert [result.get_counts(index) for index in (0, 1)] == [{"001": 50}, {"010": 50}], result


def iqm_decision():
    """A rotation on IQM's Garnet that depends on a measurement."""
    backend = HubQiskitProvider().get_backend("iqm.qpu.garnet")
    circuit = QuantumCircuit(2, 2)
    circuit.r(np.pi, 0, 0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.r(np.pi, 0, 1)
    circuit.measure(1, 1)
    counts = finished(backend.run(circuit, shots=50)).result().get_counts()
    assert counts == {"11": 50}, counts


def aws_ionq():
    """Counts of IonQ's Forte at AWS."""
    counts_on("aws.ionq.forte")


def braket_simulators():
    """Braket's circuits on SV1 and DM1."""
    for name in ("aws.sim.sv1", "aws.sim.dm1"):
        device = HubBraketProvider().get_device(name)
        task = device.run(Circuit().x(0).i(1), shots=20)
        assert dict(task.result().measurement_counts) == {"10": 20}
        assert device.properties.paradigm.qubitCount > 10


def braket_properties():
    """The capabilities of the devices are what their schemas say."""
    for name in ("aws.rigetti.cepheus", "aws.quera.aquila"):
        assert HubBraketProvider().get_device(name).properties.paradigm.qubitCount > 36


def aquila():
    """A program of analog simulation on Aquila."""
    register = AtomArrangement()
    register.add((0, 0))
    register.add((0, 1e-4))
    still = TimeSeries().put(0, 0).put(3e-6, 0)
    # an area of pi: every atom is excited
    amplitude = TimeSeries().put(0, 0).put(1e-6, 1.5707963e6).put(2e-6, 1.5707963e6).put(3e-6, 0)
    program = AnalogHamiltonianSimulation(register, DrivingField(amplitude, still, still))
    task = HubBraketProvider().get_device("aws.quera.aquila").run(program, shots=20)
    assert task.result().get_counts() == {"rr": 20}, task.result().get_counts()


def ibm_sampler():
    """A sampler on a machine of IBM's."""
    backend = HubQiskitRuntimeService().backend("ibm.qpu.fez")
    job = SamplerV2(backend).run([transpile(flipped(0), backend)], shots=20)
    assert finished(job).result()[0].data.c.get_counts() == {"001": 20}


def ibm_estimator():
    """An estimator on a machine of IBM's."""
    backend = HubQiskitRuntimeService().backend("ibm.qpu.fez")
    circuit = transpile(flipped(0).remove_final_measurements(inplace=False), backend)
    observable = SparsePauliOp("IIZ").apply_layout(circuit.layout)
    job = EstimatorV2(backend).run([(circuit, observable)])
    assert abs(finished(job).result()[0].data.evs + 1) < 0.1


def ibm_session():
    """Jobs in a session, which takes none after it was closed."""
    backend = HubQiskitRuntimeService().backend("ibm.qpu.fez")
    circuit = transpile(flipped(0), backend)
    with Session(backend) as session:
        jobs = [SamplerV2(session).run([circuit], shots=10) for _ in range(2)]
        for job in jobs:
            assert finished(job).result()[0].data.c.get_counts() == {"001": 10}
    assert "not accepting" in session.status() or session.status() == "Closed", session.status()


def failure():
    """A failed job says why."""
    backend = HubQiskitProvider().get_backend("aws.sim.sv1")
    job = finished(backend.run(flipped(0, 26), shots=10))
    try:
        job.result()
    except RuntimeError as error:
        assert "more than the sandbox simulates" in str(error), error
    else:
        raise AssertionError("the job did not fail")


def unknown():
    """A machine that does not exist is refused in words."""
    try:
        HubQiskitProvider().get_backend("aws.sim.nothing")
    except HubApiError as error:
        assert "There is no backend" in str(error), error
    else:
        raise AssertionError("the machine was found")


def cancelled():
    """A waiting job is cancelled."""
    backend = HubQiskitProvider().get_backend("aws.ionq.forte")
    job = backend.run(flipped(0), shots=100)
    job.cancel()
    assert finished(job)._update_state() == "CANCELLED"


FLOWS = (
    listing,
    kipu_counts,
    kipu_statevector,
    kipu_amplitudes,
    qudora,
    azure,
    aws_simulator,
    aws_rigetti,
    iqm_garnet,
    iqm_entangled,
    iqm_several,
    iqm_decision,
    braket_simulators,
    braket_properties,
    aquila,
    ibm_sampler,
    ibm_estimator,
    ibm_session,
    failure,
    unknown,
    cancelled,
)


def main():
    for flow in FLOWS:
        begin, problem = time.perf_counter(), None
        try:
            flow()
        except Exception:  # noqa: BLE001 - the line of the report says what it was
            problem = traceback.format_exc()
        seconds = time.perf_counter() - begin
        print(json.dumps({"about": flow.__doc__, "seconds": seconds, "problem": problem}))
        sys.stdout.flush()


if __name__ == "__main__":
    main()

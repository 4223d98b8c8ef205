"""Flows of the public qiskit-ionq client, run in an environment of its own against the sandbox.

The URL and the key come from ``IONQ_API_URL`` and ``IONQ_API_KEY``. Each flow prints one line of
JSON: its name, how long it took, and what went wrong.
"""

import json
import sys
import time
import traceback
import warnings

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.providers import JobStatus
from qiskit_ionq import GPI2Gate, GPIGate, IonQProvider, MSGate, ZZGate
from qiskit_ionq.exceptions import IonQAPIError
from qiskit_ionq.ionq_session import Session


def bell():
    circuit = QuantumCircuit(2, 2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def flipped(place, width=3):
    circuit = QuantumCircuit(width, width, name=f"flip {place}")
    circuit.x(place)
    circuit.measure(range(width), range(width))
    return circuit


def finished(job):
    job.wait_for_final_state(timeout=60, wait=0.05)
    return job


def single(provider):
    """One circuit on the ideal simulator."""
    job = finished(provider.get_backend("ionq_simulator").run(bell(), shots=1000))
    assert job.get_probabilities() == {"00": 0.5, "11": 0.5}, job.get_probabilities()
    assert set(job.get_counts()) == {"00", "11"}


def reordered(provider):
    """Bits measured out of order, in two registers."""
    circuit = QuantumCircuit(
        QuantumRegister(3), ClassicalRegister(1, "a"), ClassicalRegister(2, "b")
    )
    circuit.x(2)
    circuit.measure(2, 1)
    circuit.measure(0, 0)
    circuit.measure(1, 2)
    counts = finished(provider.get_backend("ionq_simulator").run(circuit, shots=10)).get_counts()
    assert counts == {"01 0": 10}, counts


def several(provider):
    """Several circuits in one job, each with its own result."""
    circuits = [flipped(place) for place in range(3)]
    job = finished(provider.get_backend("ionq_simulator").run(circuits, shots=100))
    assert job.get_counts() == [{"001": 100}, {"010": 100}, {"100": 100}], job.get_counts()


def memory(provider):
    """Single shots of a noisy simulation."""
    backend = provider.get_backend("ionq_simulator")
    backend.set_options(noise_model="aria-1")
    job = finished(backend.run(bell(), shots=200, memory=True))
    shots = job.get_memory()
    assert len(shots) == 200, len(shots)
    assert shots.count("00") + shots.count("11") > 150, shots


def memory_of_several(provider):
    """Single shots of each circuit of a job, read from its children."""
    backend = provider.get_backend("ionq_qpu.forte-1")
    job = finished(backend.run([flipped(0), flipped(2)], shots=50, memory=True))
    first, second = (job.get_memory(index) for index in range(2))
    assert (len(first), len(second)) == (50, 50)
    assert first.count("001") > 35 < second.count("100"), (first, second)


def native(provider):
    """Native gates with Mølmer-Sørensen gates, on Aria's noise model and on a QPU."""
    circuit = QuantumCircuit(2, 2)
    circuit.append(MSGate(0, 0, 0.25), [0, 1])
    circuit.append(GPIGate(0.5), [0])
    circuit.append(GPI2Gate(0), [1])
    circuit.append(GPI2Gate(0.5), [1])
    circuit.measure([0, 1], [0, 1])
    for name in ("ionq_simulator", "ionq_qpu.aria-1"):
        job = finished(provider.get_backend(name, gateset="native").run(circuit, shots=400))
        counts = job.get_counts()
        assert counts.get("01", 0) + counts.get("10", 0) > 350, counts


def native_forte(provider):
    """A circuit compiled by the client to the native gates of Forte."""
    backend = provider.get_backend("ionq_qpu.forte-1", gateset="native")
    circuit = transpile(bell(), backend, optimization_level=1)
    assert any(isinstance(entry.operation, ZZGate) for entry in circuit.data), circuit
    counts = finished(backend.run(circuit, shots=400)).get_counts()
    assert counts.get("00", 0) + counts.get("11", 0) > 360, counts


def middle(provider):
    """A measurement in the middle and a gate that depends on it, sent as OpenQASM 3."""
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.reset(0)
    circuit.x(1)
    circuit.measure(1, 1)
    backend = provider.get_backend("ionq_simulator")
    counts = finished(backend.run(circuit, shots=100, noise_model="forte-1")).get_counts()
    assert counts.get("11", 0) > 90, counts


def session(provider):
    """A session of two jobs; the third is refused."""
    backend = provider.get_backend("ionq_qpu.forte-1")
    with Session(backend, max_jobs=2) as opened:
        jobs = [finished(backend.run(bell(), shots=10)) for _ in range(2)]
        assert all(job.status() is JobStatus.DONE for job in jobs)
        assert opened.details()["status"] == "started"
        refused(lambda: backend.run(bell(), shots=10))
    assert opened.details()["status"] == "ended"


def cancelled(provider):
    """A job cancelled while it waits."""
    job = provider.get_backend("ionq_qpu.aria-2").run(bell(), shots=10)
    assert job.status() is JobStatus.QUEUED, job.status()
    job.cancel()
    assert job.status() is JobStatus.CANCELLED, job.status()


def estimate(provider):
    """An estimate of cost and time."""
    backend = provider.get_backend("ionq_qpu.forte-1")
    found = backend.client.estimate_job(
        backend="qpu.forte-1", oneq_gates=10, twoq_gates=5, qubits=2, shots=1000
    )
    assert found.cost > 0, found
    assert found.total_runtime > 0, found


def calibration(provider):
    """The newest characterization of a machine."""
    found = provider.get_backend("ionq_qpu.aria-1").calibration()
    assert found.median_spam_fidelity == 0.9962, found
    assert found.qubits == 25, found


def debiasing(provider):
    """Debiasing, read plainly and sharpened."""
    backend = provider.get_backend("ionq_qpu.forte-1")
    settings = {"error_mitigation": {"debiasing": True}}
    job = finished(backend.run(flipped(1), shots=500, extra_query_params={"settings": settings}))
    for sharpen in (False, True):
        counts = job.result(sharpen=sharpen).get_counts()
        assert counts["010"] > 450, counts


def retrieved(provider):
    """A job opened again by its id."""
    backend = provider.get_backend("ionq_simulator")
    job = finished(backend.run(flipped(1), shots=20))
    assert finished(backend.retrieve_job(job.job_id())).get_counts() == {"010": 20}


def failed(provider):
    """A job that fails says so."""
    job = provider.get_backend("ionq_simulator").run(bell(), shots=2_000_000)
    try:
        finished(job).result()
    except Exception as error:  # noqa: BLE001 - whatever the client makes of it has to name the code
        assert "TooManyShots" in str(error), error
    else:
        raise AssertionError("the job did not fail")


def wrong_key(provider):
    """A key that is refused."""
    backend = IonQProvider(token="invalid").get_backend("ionq_simulator")
    refused(lambda: backend.run(bell(), shots=10))


def refused(call):
    try:
        call()
    except IonQAPIError:
        return
    raise AssertionError("the sandbox took it")


FLOWS = (
    single,
    reordered,
    several,
    memory,
    memory_of_several,
    native,
    native_forte,
    middle,
    session,
    cancelled,
    estimate,
    calibration,
    debiasing,
    retrieved,
    failed,
    wrong_key,
)


def main():
    """Run every flow; one that fails does not keep the others from running."""
    warnings.simplefilter("ignore")
    provider = IonQProvider()
    for flow in FLOWS:
        started = time.monotonic()
        problem = None
        try:
            flow(provider)
        except Exception:  # noqa: BLE001 - the line of the report says what it was
            problem = traceback.format_exc()
        line = {
            "flow": flow.__name__,
            "about": flow.__doc__.strip(),
            "seconds": round(time.monotonic() - started, 2),
            "problem": problem,
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.exit(main())

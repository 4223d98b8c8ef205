"""What the public qiskit-ionq client needs; runs in its own environment and prints JSON."""

import json
import sys
import time
import warnings

from circuits import random_circuit

warnings.simplefilter("ignore")


def translation(gates):
    """Return the shortest time from a circuit to JSON bytes, in seconds."""
    from qiskit_ionq.helpers import qiskit_circ_to_ionq_circ

    circuit = random_circuit(int(gates))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        translated, *_ = qiskit_circ_to_ionq_circ(circuit, "qis")
        json.dumps(translated).encode()
        times.append(time.perf_counter() - start)
    return min(times)


def jobs(number):
    """Return the mean time of a Bell job, one after the other, with the client's defaults."""
    from qiskit import QuantumCircuit
    from qiskit_ionq import IonQProvider

    backend = IonQProvider().get_backend("ionq_simulator")
    bell = QuantumCircuit(2, 2)
    bell.h(0)
    bell.cx(0, 1)
    bell.measure([0, 1], [0, 1])
    start = time.perf_counter()
    for _ in range(int(number)):
        backend.run(bell, shots=100).result()
    return (time.perf_counter() - start) / int(number)


if __name__ == "__main__":
    print(json.dumps({"translation": translation, "jobs": jobs}[sys.argv[1]](sys.argv[2])))

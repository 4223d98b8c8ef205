"""The circuits of the benchmarks, the same in every Python. It imports Qiskit only."""

import random

from qiskit import QuantumCircuit


def random_circuit(gates, qubits=20, seed=1):
    """Make a measured circuit of one- and two-qubit gates that every client can send."""
    rng = random.Random(seed)
    circuit = QuantumCircuit(qubits, qubits)
    one = [circuit.h, circuit.x, circuit.s, circuit.t]
    turning = [circuit.rx, circuit.ry, circuit.rz]
    for _ in range(gates):
        kind = rng.random()
        first, second = rng.sample(range(qubits), 2)
        if kind < 0.3:
            rng.choice(one)(first)
        elif kind < 0.6:
            rng.choice(turning)(rng.uniform(-3, 3), first)
        elif kind < 0.9:
            circuit.cx(first, second)
        else:
            circuit.swap(first, second)
    circuit.measure(range(qubits), range(qubits))
    return circuit

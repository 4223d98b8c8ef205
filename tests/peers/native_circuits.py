"""The circuits whose native forms are compared, the same in every Python; imports Qiskit only."""

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit.library import QFTGate, efficient_su2, grover_operator, qaoa_ansatz
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import SparsePauliOp

ENTANGLERS = ("zz", "ms")


def circuits():
    """Return measured circuits on up to 6 qubits by name."""
    found = {}
    for width in (3, 5):
        found[f"qft {width}"] = _of_gate(QFTGate(width))
    found["ghz 6"] = _ghz(6)
    found["ghz 6, star"] = _ghz(6, star=True)
    for entanglement in ("linear", "full"):
        ansatz = efficient_su2(4, reps=2, entanglement=entanglement)
        found[f"efficient su2 4, {entanglement}"] = _bound(ansatz)
    ring = SparsePauliOp.from_sparse_list(
        [("ZZ", [i, (i + 1) % 6], 1.0) for i in range(6)], num_qubits=6
    )
    found["qaoa 6"] = _bound(qaoa_ansatz(ring, reps=2))
    found["grover 3"] = _of_gate(_grover().to_gate())
    for seed in range(4):
        found[f"random {seed}"] = random_circuit(4, 6, max_operands=2 + seed % 2, seed=seed)
    return {name: circuit.measure_all(inplace=False) for name, circuit in found.items()}


def _of_gate(gate):
    circuit = QuantumCircuit(gate.num_qubits)
    circuit.h(range(gate.num_qubits))
    circuit.append(gate, range(gate.num_qubits))
    return circuit


def _ghz(width, star=False):
    circuit = QuantumCircuit(width)
    circuit.h(0)
    for qubit in range(1, width):
        circuit.cx(0 if star else qubit - 1, qubit)
    return circuit


def _bound(ansatz):
    return ansatz.assign_parameters(np.linspace(0.1, 2.9, ansatz.num_parameters))


def _grover():
    oracle = QuantumCircuit(3)
    oracle.ccz(0, 1, 2)
    return grover_operator(oracle)

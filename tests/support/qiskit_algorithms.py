"""Well-known algorithms as Qiskit circuits, with outcomes that are known."""

import math

from qiskit import QuantumCircuit
from qiskit.circuit.library import (
    MCMTGate,
    QFTGate,
    ZGate,
    efficient_su2,
    grover_operator,
    qaoa_ansatz,
)
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import adder_ripple_c04


def measured(circuit):
    circuit.measure_all()
    return circuit


def ghz():
    circuit = QuantumCircuit(6)
    circuit.h(0)
    for qubit in range(5):
        circuit.cx(qubit, qubit + 1)
    return measured(circuit), {0: 0.5, 63: 0.5}


def w_state():
    circuit = QuantumCircuit(4)
    circuit.x(0)
    for k in range(3):
        circuit.cry(2 * math.acos(math.sqrt(1 / (4 - k))), k, k + 1)
        circuit.cx(k + 1, k)
    return measured(circuit), {1: 0.25, 2: 0.25, 4: 0.25, 8: 0.25}


def bernstein_vazirani():
    secret = 0b10110
    circuit = QuantumCircuit(6, 5)
    circuit.x(5)
    circuit.h(range(6))
    for bit in range(5):
        if secret >> bit & 1:
            circuit.cx(bit, 5)
    circuit.h(range(5))
    circuit.measure(range(5), range(5))
    return circuit, {secret: 1.0}


def qft_of_a_period():
    circuit = QuantumCircuit(4)
    circuit.h([2, 3])  # period 4
    circuit.append(QFTGate(4), range(4))
    return measured(circuit), {0: 0.25, 4: 0.25, 8: 0.25, 12: 0.25}


def grover():
    oracle = QuantumCircuit(3)
    oracle.append(MCMTGate(ZGate(), 2, 1), range(3))
    circuit = QuantumCircuit(3)
    circuit.h(range(3))
    circuit.compose(grover_operator(oracle).power(2), inplace=True)
    return measured(circuit), {7: math.sin(5 * math.asin(8**-0.5)) ** 2}


def adder():
    half = adder_ripple_c04(2, kind="half")
    circuit = QuantumCircuit(half.num_qubits, 3)
    circuit.x([0, 2])  # a = 1 in qubits 0 and 1, b = 1 in qubits 2 and 3
    circuit.compose(half, inplace=True)
    circuit.measure([2, 3, 4], [0, 1, 2])
    return circuit, {2: 1.0}


def qaoa():
    cost = SparsePauliOp.from_list([("IIZZ", 1), ("IZZI", 1), ("ZZII", 1), ("ZIIZ", 1)])
    circuit = qaoa_ansatz(cost, reps=2)
    return measured(circuit.assign_parameters([0.3, 0.8, -0.4, 1.1])), None


def vqe_ansatz():
    circuit = efficient_su2(4, reps=2)
    angles = [0.1 * k - 0.7 for k in range(circuit.num_parameters)]
    return measured(circuit.assign_parameters(angles)), None


def teleportation():
    """Without feed-forward: the corrections are controlled gates before the measurements."""
    circuit = QuantumCircuit(3, 1)
    circuit.ry(1.2, 0)
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.cx(1, 2)
    circuit.cz(0, 2)
    circuit.measure(2, 0)
    return circuit, {0: math.cos(0.6) ** 2, 1: math.sin(0.6) ** 2}


ALGORITHMS = [
    ghz, w_state, bernstein_vazirani, qft_of_a_period, grover, adder, qaoa, vqe_ansatz,
    teleportation,
]  # fmt: skip

"""Circuits that measure, reset and decide on the way: what is sent has the same outcomes."""

import json
import random

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm3, transpile
from support.qiskit_branches import branches

from qiskit_ketbridge.translate import Format, encode

QUBITS = 3


def dynamic(seed):
    """Make a circuit that goes on after measurements, resets qubits and decides by bits."""
    rng = random.Random(seed)
    first, second = ClassicalRegister(2, "first"), ClassicalRegister(2, "second")
    circuit = QuantumCircuit(QuantumRegister(QUBITS, "q"), first, second)

    def gates(target, number):
        for _ in range(number):
            one, other = rng.sample(range(QUBITS), 2)
            kind = rng.randrange(4)
            if kind == 0:
                target.rx(rng.uniform(-3, 3), one)
            elif kind == 1:
                target.u(*(rng.uniform(-3, 3) for _ in range(3)), one)
            elif kind == 2:
                target.cx(one, other)
            else:
                target.cp(rng.uniform(-3, 3), one, other)

    for _ in range(4):
        gates(circuit, 4)
        circuit.measure(rng.randrange(QUBITS), rng.randrange(4))
        kind = rng.randrange(4)
        if kind == 0:
            circuit.reset(rng.randrange(QUBITS))
        elif kind == 1:
            with circuit.if_test((rng.choice([first, second]), rng.randrange(4))):
                gates(circuit, 2)
        elif kind == 2:
            with circuit.if_test((rng.choice(circuit.clbits), 1)) as otherwise:
                gates(circuit, 1)
                circuit.measure(rng.randrange(QUBITS), rng.randrange(4))
            with otherwise:
                gates(circuit, 1)
    circuit.measure(range(QUBITS), range(QUBITS))
    return circuit


def read_back(circuit):
    return qasm3.loads(json.loads(encode(circuit, Format.IONQ_QASM3).body)["data"])


@pytest.mark.parametrize("seed", range(40))
def test_what_is_sent_has_the_same_outcomes(seed):
    circuit = dynamic(seed)

    assert branches(read_back(circuit)) == pytest.approx(branches(circuit), abs=1e-9)


def test_bits_that_lie_out_of_order_are_sent_in_order():
    register = ClassicalRegister(3, "c")
    circuit = QuantumCircuit(QuantumRegister(2, "q"), register)
    shared = QuantumCircuit(
        circuit.qubits, register, ClassicalRegister(bits=[register[2]], name="d")
    )
    shared.h(0)
    shared.measure(0, 2)
    shared.cx(0, 1)
    shared.reset(0)
    shared.measure([0, 1], [0, 1])

    assert branches(read_back(shared)) == pytest.approx({"000": 0.5, "110": 0.5})


@pytest.mark.parametrize("seed", range(3))
def test_the_exact_branches_agree_with_aer(seed):
    from qiskit_aer import AerSimulator

    circuit, shots = dynamic(seed), 20_000
    simulator = AerSimulator(seed_simulator=1)
    counts = simulator.run(transpile(circuit, simulator), shots=shots).result().get_counts()
    exact = branches(circuit)

    assert sum(counts.values()) == shots
    for key, number in counts.items():
        weight = exact[key.replace(" ", "")]
        assert abs(number - shots * weight) <= 5 * np.sqrt(shots * weight) + 1


@pytest.mark.parametrize("seed", range(3))
def test_a_dynamic_circuit_runs_on_the_simulator(simulator, seed):
    circuit, shots = dynamic(seed), 4000
    counts = simulator.run(circuit, shots=shots, seed=1).result(60).get_counts()
    exact = branches(circuit)

    assert sum(counts.values()) == shots
    for key, number in counts.items():
        weight = exact[key.replace(" ", "")]
        assert abs(number - shots * weight) <= 6 * np.sqrt(shots * weight) + 1

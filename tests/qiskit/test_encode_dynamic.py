"""Circuits that measure, reset and decide on the way: what is sent has the same outcomes.

The distributions are exact: every measurement and reset splits the state in two branches, each with
its probability, and conditions are decided in each branch by itself.
"""

import json
import random

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm3, transpile
from qiskit.circuit import IfElseOp
from qiskit.quantum_info import Operator, Statevector

from qiskit_ketbridge.translate import Format, encode

QUBITS = 3


def branches(circuit):
    """Return the probability of each outcome, classical bit 0 rightmost."""
    start = (Statevector.from_int(0, 2**circuit.num_qubits), (0,) * circuit.num_clbits, 1.0)
    found = {}
    for _, bits, weight in _run(circuit, [start], list(circuit.qubits), list(circuit.clbits)):
        key = "".join(map(str, reversed(bits)))
        found[key] = found.get(key, 0) + weight
    return found


def _run(circuit, states, qubits, clbits, outer=None):
    outer = outer or circuit
    for instruction in circuit.data:
        on = [outer.find_bit(qubits[circuit.find_bit(q).index]).index for q in instruction.qubits]
        to = [outer.find_bit(clbits[circuit.find_bit(c).index]).index for c in instruction.clbits]
        following = []
        for state, bits, weight in states:
            following += _step(instruction, on, to, (state, bits, weight), outer)
        states = following
    return states


def _step(instruction, on, to, branch, outer):
    state, bits, weight = branch
    operation = instruction.operation
    if operation.name == "barrier":
        return [branch]
    if operation.name in ("measure", "reset"):
        return list(_split(operation.name, on[0], to, branch))
    if isinstance(operation, IfElseOp):
        target, value = operation.condition
        listed = [target] if not isinstance(target, ClassicalRegister) else list(target)
        seen = sum(bits[outer.find_bit(bit).index] << place for place, bit in enumerate(listed))
        chosen = operation.blocks[0] if seen == value else (operation.blocks[1:] or [None])[0]
        if chosen is None:
            return [branch]
        qubits = [outer.qubits[index] for index in on]
        clbits = [outer.clbits[index] for index in to]
        return _run(chosen, [branch], qubits, clbits, outer)
    return [(state.evolve(operation, on), bits, weight)]


def _split(name, qubit, to, branch):
    state, bits, weight = branch
    for outcome, probability in enumerate(state.probabilities([qubit])):
        if probability < 1e-12:
            continue
        keep = np.diag([1 - outcome, outcome]) / np.sqrt(probability)
        after = Statevector(state.evolve(Operator(keep), [qubit]))
        if name == "reset" and outcome:
            after = after.evolve(Operator(np.array([[0, 1], [1, 0]])), [qubit])
        written = list(bits)
        if name == "measure":
            written[to[0]] = outcome
        yield after, tuple(written), weight * probability


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

"""Well-known algorithms, written with Braket, give their well-known distributions."""

import math

import numpy as np
import pytest
from braket.circuits import Circuit, Observable
from braket.devices import LocalSimulator
from support.braket_circuits import read, simulated

from braket_ketbridge.translate import encode


def qft(n):
    circuit = Circuit().x(0).x(n - 1)
    for i in range(n):
        circuit.h(i)
        for j in range(i + 1, n):
            circuit.cphaseshift(j, i, math.pi / 2 ** (j - i))
    for i in range(n // 2):
        circuit.swap(i, n - 1 - i)
    return circuit


def qaoa(n, gammas, betas):
    circuit = Circuit().h(range(n))
    for gamma, beta in zip(gammas, betas, strict=True):
        for i in range(n):
            circuit.zz(i, (i + 1) % n, 2 * gamma)
        for i in range(n):
            circuit.rx(i, 2 * beta)
    return circuit


def ansatz(n, depth):
    circuit = Circuit()
    for layer in range(depth):
        for i in range(n):
            circuit.ry(i, 0.3 + i * layer).rz(i, 1.1 - i + layer)
        for i in range(n - 1):
            circuit.cnot(i, i + 1)
    return circuit


def bernstein_vazirani(secret):
    n = len(secret)
    circuit = Circuit().x(n).h(range(n + 1))
    for i, bit in enumerate(secret):
        if bit == "1":
            circuit.cnot(i, n)
    return circuit.h(range(n)).measure(range(n))


def ghz(n):
    circuit = Circuit().h(0)
    for i in range(n - 1):
        circuit.cnot(i, i + 1)
    return circuit


def w_state(n):
    circuit = Circuit().x(0)
    for i in range(n - 1):
        angle = 2 * math.acos(math.sqrt(1 / (n - i)))
        circuit.ry(i + 1, angle, control=i).cnot(i + 1, i)
    return circuit


def adder(a, b, n):
    """Add two numbers with ripple carry; b comes to hold the sum, least significant first."""
    circuit = Circuit()
    for i in range(n):
        if a >> i & 1:
            circuit.x(i)
        if b >> i & 1:
            circuit.x(n + i)
    carry = 2 * n
    for i in range(n):
        circuit.ccnot(i, n + i, carry + i + 1).cnot(i, n + i)
        circuit.ccnot(carry + i, n + i, carry + i + 1).cnot(carry + i, n + i)
    return circuit.i(carry)


def teleportation(theta, phi):
    circuit = Circuit().ry(0, theta).rz(0, phi).h(1).cnot(1, 2)
    return circuit.cnot(0, 1).h(0).cnot(1, 2).cz(0, 2).rz(2, -phi).ry(2, -theta)


@pytest.mark.parametrize(
    "circuit",
    [qft(5), qaoa(5, [0.4, 0.9], [0.8, 0.3]), ansatz(5, 3), ghz(5), w_state(5)],
    ids=["qft", "qaoa", "ansatz", "ghz", "w"],
)
def test_a_circuit_has_the_distribution_of_brakets_simulator(circuit):
    if circuit == w_state(5):
        expected = np.zeros(32)
        expected[[1, 2, 4, 8, 16]] = 0.2
    else:
        expected = simulated(circuit, range(5))
    assert np.abs(read(encode(circuit)) - expected).max() < 1e-9


def test_bernstein_vazirani_finds_its_secret():
    assert read(encode(bernstein_vazirani("10110")))[0b10110] == pytest.approx(1)


@pytest.mark.parametrize(("a", "b"), [(3, 5), (7, 7), (0, 6), (5, 2)])
def test_an_adder_adds(a, b):
    circuit = adder(a, b, 3).measure([9, 5, 4, 3])
    assert read(encode(circuit))[a + b] == pytest.approx(1)


def test_teleportation_without_feed_forward_gives_the_state_back():
    circuit = teleportation(1.234, -0.77).measure(2)
    assert read(encode(circuit)) == pytest.approx([1, 0])


@pytest.mark.parametrize("marked", ["111", "010", "1001"])
def test_grover_finds_the_marked_state(marked):
    n = len(marked)
    oracle = Circuit().x(n - 1) if marked[-1] == "0" else Circuit()
    phase = Circuit().z(n - 1, control=range(n - 1), control_state=marked[:-1])
    diffusion = Circuit().h(range(n)).x(range(n)).z(n - 1, control=range(n - 1))
    circuit = Circuit().h(range(n))
    rounds = math.floor(math.pi / 4 * math.sqrt(2**n))
    for _ in range(rounds):
        for part in (oracle, phase, oracle, diffusion, Circuit().x(range(n)).h(range(n))):
            for instruction in part.instructions:
                circuit.add_instruction(instruction)
    angle = (2 * rounds + 1) * math.asin(2 ** (-n / 2))
    assert read(encode(circuit))[int(marked, 2)] == pytest.approx(math.sin(angle) ** 2)


def test_the_rotations_of_an_energy_are_measured_in_its_bases():
    circuit = ansatz(3, 2).expectation(Observable.X() @ Observable.Y(), target=[0, 2])
    exact = read(encode(circuit))
    signs = [(-1) ** ((state >> 2 & 1) + (state & 1)) for state in range(8)]
    plain = ansatz(3, 2).expectation(Observable.X() @ Observable.Y(), target=[0, 2])
    expected = LocalSimulator().run(plain, shots=0).result().values[0]
    assert np.dot(signs, exact) == pytest.approx(expected, abs=1e-9)

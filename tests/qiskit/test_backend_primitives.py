"""Qiskit's own primitives over our backend agree with its exact ones."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Parameter
from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    StatevectorEstimator,
    StatevectorSampler,
)
from qiskit.quantum_info import SparsePauliOp

SHOTS = 4000


def frequencies(bits):
    return {key: count / bits.num_shots for key, count in bits.get_counts().items()}


def test_the_sampler_fills_every_register(simulator):
    left, right = ClassicalRegister(2, "left"), ClassicalRegister(1, "right")
    angle = Parameter("angle")
    circuit = QuantumCircuit(QuantumRegister(3), left, right)
    circuit.ry(angle, 2)
    circuit.cx(2, 0)
    circuit.x(1)
    circuit.measure([0, 1, 2], [left[1], right[0], left[0]])
    pub = (circuit, np.array([[0.4], [1.2], [2.8]]))

    ours = BackendSamplerV2(backend=simulator).run([pub], shots=SHOTS).result()[0]
    exact = StatevectorSampler(seed=1).run([pub], shots=200_000).result()[0]

    assert ours.data.left.shape == exact.data.left.shape == (3,)
    for place in range(3):
        assert frequencies(ours.data.right[place]) == {"1": 1.0}
        known = frequencies(exact.data.left[place])
        for key, share in frequencies(ours.data.left[place]).items():
            sigma = (known[key] * (1 - known[key]) / SHOTS) ** 0.5
            assert share == pytest.approx(known[key], abs=5 * sigma + 5e-3)


def test_the_estimator_is_within_five_standard_errors(simulator):
    circuit = QuantumCircuit(3)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    circuit.rx(1.1, 2)
    circuit.cz(1, 2)
    observables = [
        SparsePauliOp.from_list([("ZZI", 0.5), ("XXI", -1.2), ("IIY", 0.3), ("III", 2.0)]),
        SparsePauliOp("YIX"),
        SparsePauliOp("III"),
    ]
    pub = (circuit, observables)

    ours = BackendEstimatorV2(backend=simulator).run([pub], precision=0.02).result()[0].data
    exact = StatevectorEstimator().run([pub]).result()[0].data

    assert np.all(np.abs(ours.evs - exact.evs) <= 5 * ours.stds + 1e-12)
    assert ours.evs[2] == 1.0

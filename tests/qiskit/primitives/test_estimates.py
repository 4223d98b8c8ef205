"""Expectation values: standard errors that are true, layouts, circuits in any gate set."""

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, transpile
from qiskit.circuit import Qubit
from qiskit.circuit.library import efficient_su2
from qiskit.circuit.random import random_circuit
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp
from scipy.stats import kstest

from qiskit_ketbridge import EstimatorV2, backend

HAMILTONIAN = SparsePauliOp.from_list(
    [("ZZI", 0.5), ("IZZ", -0.7), ("XXI", 1.1), ("IXX", 0.4), ("YIY", -0.3), ("IIZ", 0.9)]
)


def exact(*pub):
    return StatevectorEstimator().run([pub]).result()[0].data.evs


def assert_close(found, known, sigmas=5):
    assert np.all(np.abs(found.evs - known) <= sigmas * found.stds + 1e-9), (found.evs, known)


def test_deviations_in_units_of_the_standard_error_are_normal(simulator):
    """400 estimates of one value: their z-scores are N(0, 1), by Kolmogorov and Smirnov."""
    circuit = efficient_su2(3, reps=1)
    values = np.linspace(0.2, 1.9, circuit.num_parameters)
    known = exact(circuit, HAMILTONIAN, values)
    many = np.tile(values, (400, 1))

    estimator = EstimatorV2(mode=simulator, options={"seed": 11})
    found = estimator.run([(circuit, HAMILTONIAN, many)], precision=0.04).result()[0].data

    z_scores = (found.evs - known) / found.stds
    assert kstest(z_scores, "norm").pvalue > 1e-3
    assert np.std(z_scores) == pytest.approx(1, abs=0.15)


def test_equal_pubs_of_one_call_are_independent(simulator):
    circuit = QuantumCircuit(1)
    circuit.ry(1.0, 0)
    pubs = [(circuit, "Z", None, 0.03), (circuit, "Z", None, 0.0301)]
    one, two = EstimatorV2(mode=simulator, options={"seed": 3}).run(pubs).result()
    assert one.data.evs != two.data.evs


def test_a_seed_gives_the_same_values_again(simulator):
    circuit = QuantumCircuit(1)
    circuit.ry(1.0, 0)
    estimator = EstimatorV2(mode=simulator, options={"seed": 3})
    values = [estimator.run([(circuit, ["Z", "X"])]).result()[0].data.evs for _ in range(2)]
    assert values[0].tolist() == values[1].tolist()


def test_terms_that_commute_qubit_by_qubit_are_measured_together(simulator):
    circuit = efficient_su2(3, reps=1)
    values = np.linspace(0.2, 1.9, circuit.num_parameters)
    job = EstimatorV2(mode=simulator).run([(circuit, HAMILTONIAN, values)])
    (address,) = job.addresses
    asked = simulator.cloud.job(address.rpartition("/")[2]).request()

    assert len(asked.programs) == 3


def test_a_basis_is_measured_only_for_the_parameters_that_need_it(simulator):
    circuit = efficient_su2(2, reps=1)
    values = np.linspace(0, 1, 2 * circuit.num_parameters).reshape(2, -1)
    job = EstimatorV2(mode=simulator).run([(circuit, ["ZZ", "XX"], values)])
    asked = simulator.cloud.job(job.job_id().rpartition("/")[2]).request()

    assert len(asked.programs) == 2


def test_constants_need_no_job(simulator):
    circuit = QuantumCircuit(2)
    job = EstimatorV2(mode=simulator).run([(circuit, {"II": 1.5})])
    data = job.result()[0].data

    assert job.addresses == ()
    assert (data.evs, data.stds) == (1.5, 0.0)


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("gateset", ["qis", "native"])
def test_observables_follow_the_layout_of_a_circuit_transpiled_before(running, gateset, level):
    place = backend("sandbox:ionq/simulator", gateset=gateset)
    circuit = random_circuit(3, 4, max_operands=2, seed=5)
    known = exact(circuit, HAMILTONIAN)
    isa = transpile(
        circuit, place, optimization_level=level, initial_layout=[4, 1, 7], seed_transpiler=1
    )
    observable = HAMILTONIAN.apply_layout(isa.layout)

    estimator = EstimatorV2(mode=place, options={"transpile": False, "seed": 2})
    found = estimator.run([(isa, observable)], precision=0.01).result()[0].data

    assert isa.num_qubits > circuit.num_qubits
    assert_close(found, known)


@pytest.mark.parametrize("level", range(4))
def test_circuits_outside_the_gate_set_are_transpiled_with_their_observables(running, level):
    place = backend("sandbox:ionq/simulator", gateset="native")
    circuit = efficient_su2(3, reps=1)
    values = np.linspace(0.2, 1.9, 2 * circuit.num_parameters).reshape(2, 1, -1)
    observables = [HAMILTONIAN, "XYZ", {"0-r": 1.0}]

    estimator = EstimatorV2(mode=place, options={"optimization_level": level, "seed": 2})
    found = estimator.run([(circuit, observables, values)], precision=0.01).result()[0].data

    projector = SparsePauliOp.from_list(
        [(a + b + c, (1 if b == "I" else -1) / 8)
         for a in "IZ" for b in "IX" for c in "IY"]
    )  # fmt: skip
    known = exact(circuit, [HAMILTONIAN, "XYZ", projector], values)
    assert_close(found, known)


def test_parametrised_native_circuits_are_bound_and_run(running):
    place = backend("sandbox:ionq/simulator", gateset="native")
    circuit = efficient_su2(3, reps=1)
    values = np.linspace(0.2, 1.9, 4 * circuit.num_parameters).reshape(4, -1)
    isa = transpile(circuit, place, optimization_level=1, seed_transpiler=1)

    estimator = EstimatorV2(mode=place, options={"transpile": False, "seed": 2})
    pub = (isa, HAMILTONIAN.apply_layout(isa.layout), values)
    found = estimator.run([pub], precision=0.01).result()[0].data

    assert set(isa.count_ops()) <= {"gpi", "gpi2", "zz", "ms"}
    assert_close(found, exact(circuit, HAMILTONIAN, values))


def test_measurements_at_the_end_and_unused_registers_do_not_matter(simulator):
    circuit = QuantumCircuit([Qubit(), Qubit()], ClassicalRegister(3, "basis"))
    circuit.h(0)
    circuit.cx(0, 1)
    measured = circuit.copy()
    measured.measure_all()

    estimator = EstimatorV2(mode=simulator, options={"seed": 1})
    for one in (circuit, measured):
        found = estimator.run([(one, ["ZZ", "XX", "YY", "ZI"])], precision=0.02).result()[0].data
        assert found.evs[:3].tolist() == [1, 1, -1]
        assert abs(found.evs[3]) < 0.1


def test_wide_circuits_measure_only_what_the_observable_needs(machine):
    circuit = QuantumCircuit(36)
    circuit.x(30)
    found = EstimatorV2(mode=machine).run([(circuit, {"I" * 5 + "Z" + "I" * 30: 1.0})])
    assert found.result()[0].data.evs == pytest.approx(-1, abs=0.1)

"""Algorithms, written by hand and of public packages, run on our primitives as they are."""

import warnings

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2, qaoa_ansatz, zz_feature_map
from qiskit.primitives import StatevectorEstimator
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit.transpiler import generate_preset_pass_manager
from scipy.optimize import minimize

from qiskit_ketbridge import EstimatorV2, SamplerV2, Session

ISING = SparsePauliOp.from_list([("ZZ", 1.0), ("XI", 0.5), ("IX", 0.5)])
RING = SparsePauliOp.from_sparse_list(
    [("ZZ", [i, (i + 1) % 4], 1.0) for i in range(4)], num_qubits=4
)


@pytest.fixture
def estimator(simulator):
    return EstimatorV2(mode=simulator, options={"seed": 1, "default_precision": 0.01})


@pytest.fixture
def sampler(simulator):
    return SamplerV2(mode=simulator, options={"seed": 1, "default_shots": 4000})


def test_a_vqe_loop_in_a_session_finds_the_ground_state(simulator):
    ansatz = efficient_su2(2, reps=1)
    start = np.linspace(0.1, 0.8, ansatz.num_parameters)
    lowest = np.linalg.eigvalsh(ISING.to_matrix())[0]

    with Session(backend=simulator) as session:
        estimator = EstimatorV2(mode=session, options={"seed": 1, "default_precision": 0.01})

        def energy(values):
            return float(estimator.run([(ansatz, ISING, values)]).result()[0].data.evs)

        found = minimize(energy, start, method="COBYLA", options={"maxiter": 80})
    exact = Statevector(ansatz.assign_parameters(found.x)).expectation_value(ISING).real

    assert exact == pytest.approx(lowest, abs=0.05)


def test_a_qaoa_loop_finds_the_largest_cut(simulator, estimator, sampler):
    passes = generate_preset_pass_manager(1, simulator, seed_transpiler=1)
    ansatz = passes.run(qaoa_ansatz(RING, reps=2))
    cost = RING.apply_layout(ansatz.layout)

    def energy(values):
        return float(estimator.run([(ansatz, cost, values)]).result()[0].data.evs)

    found = minimize(energy, [0.4, 0.6, 0.6, 0.4], method="COBYLA", options={"maxiter": 40})
    best = ansatz.assign_parameters(found.x)
    best.measure_all()
    counts = sampler.run([best]).result()[0].data.meas.get_counts()

    assert set(sorted(counts, key=counts.get)[-2:]) == {"0101", "1010"}


def test_a_whole_sweep_is_one_job(estimator):
    """The landscape of two angles: 5 x 5 sets of values and one call."""
    ansatz = qaoa_ansatz(RING, reps=1)
    grid = np.stack(np.meshgrid(np.linspace(0, 1, 5), np.linspace(0, 1, 5)), axis=-1)
    job = estimator.run([(ansatz, RING, grid)])
    data = job.result()[0].data
    exact = StatevectorEstimator().run([(ansatz, RING, grid)]).result()[0].data.evs

    assert len(job.addresses) == 1
    assert np.all(np.abs(data.evs - exact) <= 5 * data.stds + 1e-2)


@pytest.fixture
def old_warnings():
    """Public packages use parts of Qiskit that it has deprecated since."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@pytest.mark.usefixtures("old_warnings")
def test_vqe_of_qiskit_algorithms(estimator):
    algorithms = pytest.importorskip("qiskit_algorithms")
    optimizers = pytest.importorskip("qiskit_algorithms.optimizers")
    ansatz = efficient_su2(2, reps=1)
    start = np.linspace(0.1, 0.8, ansatz.num_parameters)

    vqe = algorithms.VQE(estimator, ansatz, optimizers.COBYLA(maxiter=80), initial_point=start)
    found = vqe.compute_minimum_eigenvalue(ISING, aux_operators=[SparsePauliOp("ZZ")])

    lowest = np.linalg.eigvalsh(ISING.to_matrix())[0]
    assert found.eigenvalue == pytest.approx(lowest, abs=0.05)
    assert len(found.aux_operators_evaluated) == 1


@pytest.mark.usefixtures("old_warnings")
def test_qaoa_of_qiskit_algorithms(simulator, sampler):
    algorithms = pytest.importorskip("qiskit_algorithms")
    optimizers = pytest.importorskip("qiskit_algorithms.optimizers")
    passes = generate_preset_pass_manager(1, simulator, seed_transpiler=1)

    qaoa = algorithms.QAOA(
        sampler,
        optimizers.COBYLA(maxiter=15),
        reps=1,
        initial_point=[0.6, 0.4],
        transpiler=passes,
    )
    found = qaoa.compute_minimum_eigenvalue(RING)

    assert found.best_measurement["bitstring"] in ("0101", "1010")


@pytest.mark.usefixtures("old_warnings")
def test_phase_estimation_of_qiskit_algorithms(sampler):
    algorithms = pytest.importorskip("qiskit_algorithms")
    unitary, state = QuantumCircuit(1), QuantumCircuit(1)
    unitary.p(2 * np.pi * 0.3125, 0)
    state.x(0)

    found = algorithms.PhaseEstimation(4, sampler).estimate(unitary, state)

    assert found.phase == pytest.approx(0.3125)


def test_a_quantum_kernel_of_qiskit_machine_learning(sampler):
    kernels = pytest.importorskip("qiskit_machine_learning.kernels")
    fidelities = pytest.importorskip("qiskit_machine_learning.state_fidelities")
    features = zz_feature_map(2)
    points = np.array([[0.1, 0.2], [0.4, 0.9], [1.0, 2.0]])

    kernel = kernels.FidelityQuantumKernel(
        feature_map=features, fidelity=fidelities.ComputeUncompute(sampler=sampler)
    )
    states = [Statevector(features.assign_parameters(point)) for point in points]
    exact = [[abs(one.inner(two)) ** 2 for two in states] for one in states]

    assert kernel.evaluate(points) == pytest.approx(np.array(exact), abs=0.05)


def test_quantum_neural_networks_of_qiskit_machine_learning(simulator, estimator, sampler):
    networks = pytest.importorskip("qiskit_machine_learning.neural_networks")
    features, ansatz = zz_feature_map(2), efficient_su2(2, reps=1)
    circuit = features.compose(ansatz)
    parts = {
        "circuit": circuit,
        "input_params": features.parameters,
        "weight_params": ansatz.parameters,
        "pass_manager": generate_preset_pass_manager(1, simulator, seed_transpiler=1),
    }
    weights = np.linspace(0.1, 0.8, ansatz.num_parameters)
    state = Statevector(circuit.assign_parameters({
        **dict(zip(features.parameters, [0.1, 0.2], strict=True)),
        **dict(zip(ansatz.parameters, weights, strict=True)),
    }))  # fmt: skip

    quasi = networks.SamplerQNN(sampler=sampler, **parts).forward([0.1, 0.2], weights)
    value = networks.EstimatorQNN(estimator=estimator, **parts).forward([0.1, 0.2], weights)

    assert quasi[0] == pytest.approx(state.probabilities(), abs=0.05)
    assert value.item() == pytest.approx(state.expectation_value(SparsePauliOp("ZZ")).real, abs=0.1)


def test_circuits_cut_by_qiskit_addon_cutting_are_put_together_again(simulator):
    """The pieces measure and reset in their middle, so they travel as OpenQASM 3, one a job."""
    cutting = pytest.importorskip("qiskit_addon_cutting")
    circuit = efficient_su2(4, entanglement="linear", reps=1)
    circuit = circuit.assign_parameters(np.linspace(0.1, 1.2, circuit.num_parameters))
    observable = SparsePauliOp(["ZZII", "IZZI", "XIXI"])

    parts = cutting.partition_problem(circuit, "AABB", observables=observable.paulis)
    pieces, weights = cutting.generate_cutting_experiments(
        parts.subcircuits, parts.subobservables, num_samples=np.inf
    )
    passes = generate_preset_pass_manager(1, simulator, seed_transpiler=1)
    sampler = SamplerV2(mode=simulator, options={"seed": 1})
    jobs = {label: sampler.run(passes.run(some), shots=2000) for label, some in pieces.items()}
    results = {label: job.result() for label, job in jobs.items()}
    values = cutting.reconstruct_expectation_values(results, weights, parts.subobservables)

    exact = StatevectorEstimator().run([(circuit, observable)]).result()[0].data.evs
    assert np.dot(values, observable.coeffs).real == pytest.approx(float(exact), abs=0.3)

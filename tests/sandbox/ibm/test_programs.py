"""What the programs compute, and how they fail."""

from __future__ import annotations

import base64
import io
import json
import zlib
from itertools import pairwise

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from sandbox.ibm.conftest import Checked, array, bell, bell_circuit, packed
from sandbox.ibm.programs import SHOTS, executor_params, learner_params, twirled_params

from ketbridge import sandbox
from ketbridge.sandbox.ibm.fleet import Device


@pytest.fixture
def noisy(executor):
    chosen = sandbox.IbmChoices(noise={"ibm_torino"})
    with sandbox.start(executor=executor, ibm=chosen) as server, Checked(server) as client:
        yield client


def turned(width: int = 7) -> QuantumCircuit:
    """An angle as parameter, on qubit 2, without measurement."""
    circuit = QuantumCircuit(width)
    angle = Parameter("angle")
    circuit.sx(2)
    circuit.rz(angle, 2)
    circuit.sx(2)
    return circuit


def test_a_bell_pair_gives_equal_bits(old):
    result = old.decoded(old.submit([[bell(), None, 500]]))
    counts = result[0].data.meas.get_counts()
    assert set(counts) == {"00", "11"}
    assert sum(counts.values()) == 500


def test_results_are_the_public_clients_own_objects(old):
    result = old.decoded(old.submit([[bell(), None, 10], [bell(), None, 20]]))
    assert [pub.data.meas.num_shots for pub in result] == [10, 20]
    spans = result.metadata["execution"]["execution_spans"]
    assert spans[0].size == 30
    assert result.metadata["version"] == 2


def test_parameters_give_one_row_of_shots_each(old):
    circuit = turned()
    circuit.measure_all()
    values = array([[0.0], [np.pi], [np.pi / 2]])
    bits = old.decoded(old.submit([[packed(circuit), values, 400]]))[0].data.meas
    assert bits.shape == (3,)
    ones = [bits.slice_bits(2)[row].get_counts().get("1", 0) for row in range(3)]
    assert ones[:2] == [400, 0]
    assert 120 < ones[2] < 280


def test_a_seed_gives_the_same_shots_again(old):
    jobs = [old.submit([[bell(), None, 100]]) for _ in range(2)]
    first, second = (old.decoded(job)[0].data.meas.array for job in jobs)
    np.testing.assert_array_equal(first, second)


def test_a_machine_without_noise_is_exact_and_one_with_noise_is_not(noisy):
    circuit = QuantumCircuit(133, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    ones = {}
    for backend in ("ibm_fez", "ibm_torino"):
        job = noisy.submit([[packed(circuit), None, 4000]], backend=backend)
        ones[backend] = noisy.decoded(job)[0].data.c.get_counts()["1"]
    # qubit 0 of ibm_torino is read as 0 with probability 0.165 after it was prepared in 1
    assert ones["ibm_fez"] == 4000
    assert 0.8 < ones["ibm_torino"] / 4000 < 0.87


def test_fractional_gates_of_the_properties_are_there_and_run(old):
    shown = old.get("/v1/backends/ibm_fez/configuration").json()
    assert {"rx", "rzz"} <= set(shown["basis_gates"])
    circuit = QuantumCircuit(156, 1)
    circuit.rx(np.pi, 0)
    circuit.rzz(0.5, 0, 1)
    circuit.measure(0, 0)
    data = old.decoded(old.submit([[packed(circuit), None, 10]], backend="ibm_fez"))[0].data
    assert data.c.get_counts() == {"1": 10}


def test_measuring_a_whole_machine_takes_no_wide_simulation(noisy):
    circuit = QuantumCircuit(133)
    circuit.sx(range(133))
    circuit.sx(range(133))
    circuit.measure_all()
    job = noisy.submit([[packed(circuit), None, 50]], backend="ibm_torino")
    ones = noisy.decoded(job)[0].data.meas.to_bool_array().mean()
    assert 0.85 < ones < 1


def test_a_ladder_wider_than_any_state_vector_is_run(old):
    pairs = {tuple(pair) for pair in Device("torino").configuration["coupling_map"]}
    chain, place = [0], 0
    while (place, place + 1) in pairs:
        place += 1
        chain.append(place)
    circuit = QuantumCircuit(133)
    for one, two in pairwise(chain):
        circuit.cz(one, two)
    circuit.measure_all()
    job = old.submit([[packed(circuit), None, 20]], backend="ibm_torino")
    assert set(old.decoded(job)[0].data.meas.get_counts()) == {"0" * 133}


def test_branches_on_measured_bits_are_run(old):
    circuit = QuantumCircuit(7, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    data = old.decoded(old.submit([[packed(circuit), None, 10]]))[0].data
    assert data.c.get_counts() == {"11": 10}


@pytest.mark.parametrize(
    ("level", "shape", "mean"), [("kerneled", (50, 2), 0.0), ("avg_kerneled", (2,), 0.0)]
)
def test_other_kinds_of_measurement_give_points_of_the_plane(old, level, shape, mean):
    options = {"execution": {"meas_type": level}, "simulator": {"seed_simulator": 3}}
    points = old.decoded(old.submit([[bell(), None, 50]], options=options))[0].data.meas
    assert points.shape == shape
    assert points.dtype == complex
    assert abs(points.mean() - mean) < 0.5


def test_the_estimator_gives_expectation_values_with_the_precision_asked_for(old):
    pub = [packed(bell_circuit(measured=False)), [{"IIIIIZZ": 1.0}, {"IIIIIXX": 2.0}], None, 0.01]
    result = old.decoded(old.submit([pub], program="estimator"))
    np.testing.assert_allclose(result[0].data.evs, [1.0, 2.0], atol=0.06)
    np.testing.assert_allclose(result[0].data.stds, 0.01)
    assert result[0].metadata["shots"] == 10_000


def test_observables_and_parameters_are_broadcast(old):
    observables = [[{"IIIIZII": 1.0}], [{"IIIIIII": 3.0}]]
    pub = [packed(turned()), observables, array([[0.0], [np.pi], [np.pi / 2]]), 0.005]
    evs = old.decoded(old.submit([pub], program="estimator"))[0].data.evs
    np.testing.assert_allclose(evs, [[-1, 1, 0], [3, 3, 3]], atol=0.05)


def test_projectors_are_observables_too(old):
    pub = [packed(bell_circuit(measured=False)), {"IIIII01": 1.0, "IIIII00": 4.0}, None, 0.005]
    evs = old.decoded(old.submit([pub], program="estimator"))[0].data.evs
    assert evs == pytest.approx(2.0, abs=0.05)


@pytest.mark.parametrize("text", ["OPENQASM 3.0;", "OPENQASM 2.0;"])
def test_circuits_may_be_openqasm(old, text):
    three = 'include "stdgates.inc"; qubit[7] q; bit[1] c; x q[0]; c[0] = measure q[0];'
    two = 'include "qelib1.inc"; qreg q[7]; creg c[1]; x q[0]; measure q[0] -> c[0];'
    circuit = f"{text} {three if '3' in text else two}"
    data = old.decoded(old.submit([[circuit, None, 5]]))[0].data
    assert data.c.get_counts() == {"1": 5}


def failed(client: Checked, *args: object, **options: object) -> tuple[int, str]:
    state = client.ended(client.submit(*args, **options))["state"]
    assert state["status"] == "Failed", state
    return state["reason_code"], state["reason"]


def test_a_gate_that_the_machine_lacks_fails_the_job_with_1517(old):
    circuit = QuantumCircuit(7)
    circuit.h(3)
    circuit.measure_all()
    code, reason = failed(old, [[packed(circuit)]])
    assert code == 1517
    assert "instruction h on qubits (3,)" in reason


def test_a_pair_that_the_machine_does_not_couple_fails_the_job_with_1517(old):
    circuit = QuantumCircuit(7)
    circuit.cx(0, 6)
    circuit.measure_all()
    code, reason = failed(old, [[packed(circuit)]])
    assert code == 1517
    assert "(0, 6)" in reason


def test_more_qubits_than_the_machine_has_fail_the_job(old):
    assert failed(old, [[bell(8)]])[0] == 1517


@pytest.mark.parametrize(
    ("options", "about"),
    [
        ({"default_shot": 1}, "did you mean"),
        ({"dynamical_decoupling": {"sequence_type": "YY"}}, "sequence_type"),
        ({"twirling": {"num_randomizations": "many"}}, "num_randomizations"),
        ({"simulator": {"seed_simulator": "x"}}, "seed_simulator"),
    ],
)
def test_options_that_are_not_documented_fail_the_job(old, options, about):
    code, reason = failed(old, options=options)
    assert code == 3211
    assert about in reason.lower()


@pytest.mark.parametrize("shots", [-1, 1.5, True, 10_000_001])
def test_a_number_of_shots_that_is_not_allowed_fails_the_job(old, shots):
    assert failed(old, [[bell(), None, shots]])[0] == 3218


BOMB = base64.b64encode(zlib.compress(b"\0" * (600 << 20), 9)).decode()


@pytest.mark.parametrize(
    "circuit",
    [
        {"__type__": "QuantumCircuit", "__value__": BOMB},
        {"__type__": "QuantumCircuit", "__value__": "AAAA"},
        {"__type__": "settings", "__module__": "os", "__class__": "x", "__value__": {}},
        "no circuit at all",
        7,
    ],
    ids=["bomb", "not zlib", "a class to import", "text", "number"],
)
def test_input_that_cannot_be_trusted_fails_the_job(old, circuit):
    assert failed(old, [[circuit]])[0] == 3211


def test_arrays_are_not_unpickled(old):
    with io.BytesIO() as file:
        np.save(file, np.array([{"an": "object"}], dtype=object), allow_pickle=True)
        value = base64.b64encode(zlib.compress(file.getvalue())).decode()
    pub = [packed(turned()), {"__type__": "ndarray", "__value__": value}, 5]
    code, reason = failed(old, [pub])
    assert code == 3211
    assert "allow_pickle=False" in reason


def test_a_parameter_without_a_value_fails_the_job(old):
    circuit = turned()
    circuit.measure_all()
    assert failed(old, [[packed(circuit)]])[0] == 3211


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v1.0", "v1.1", "v2.0"])
def test_the_executor_answers_in_the_version_it_was_asked_in(old, version):
    from qiskit_ibm_runtime.decoders.executor.decoder import ExecutorResultDecoder

    result = old.result(old.submit(program="executor", params=executor_params(version)))
    assert result["schema_version"] == version
    decoded = ExecutorResultDecoder.decode(json.dumps(result))
    bits = decoded[0]["meas"]
    assert bits.shape == (2, 3, SHOTS, 2)
    np.testing.assert_array_equal(bits[..., 0], bits[..., 1])
    if version != "v0.1":
        assert decoded.passthrough_data == {"kept": [1, None, "two"]}


def test_an_executor_version_that_there_is_not_fails_the_job(old):
    params = executor_params("v2.0") | {"schema_version": "v9.0"}
    assert failed(old, program="executor", params=params)[0] == 3211


def test_the_noise_learner_gives_the_machines_own_errors(noisy):
    circuit = QuantumCircuit(133)
    circuit.cz(0, 1)
    params = {"circuits": [packed(circuit)], "options": {}, "version": 2}
    jobs = [
        noisy.submit(program="noise-learner", params=params, backend=backend)
        for backend in ("ibm_torino", "ibm_fez")
    ]
    real, ideal = ((noisy.decoded(job))["data"][0] for job in jobs)
    assert real.qubits == [0, 1]
    assert len(real.error.generators) == 15
    assert (real.error.rates > 0).all()
    assert not ideal.error.rates.any()


def test_a_samplex_randomizes_its_circuit_and_says_how_to_undo_it(old):
    from qiskit_ibm_runtime.decoders.executor.decoder import ExecutorResultDecoder

    result = old.result(old.submit(program="executor", params=twirled_params(8)))
    item = ExecutorResultDecoder.decode(json.dumps(result))[0]
    flips, bits = item["measurement_flips.meas"], item["meas"]
    assert bits.shape == (8, SHOTS, 2)
    assert flips.any()
    undone = bits ^ flips
    np.testing.assert_array_equal(undone[..., 0], undone[..., 1])


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v0.3"])
def test_the_noise_learner_of_the_third_version_answers_for_each_box(executor, version):
    with (
        sandbox.start(executor=executor, ibm=sandbox.IbmChoices(noise=True)) as server,
        Checked(server) as client,
    ):
        job = client.submit(program="noise-learner", params=learner_params(version))
        result = client.result(job)
    assert result["schema_version"] == version
    gates, reading = result["data"]
    assert len(gates["generators_sparse"]) == 15
    assert gates["metadata"]["learning_protocol"] == "lindblad"
    assert reading["generators_sparse"] == [[["X", [0]]], [["X", [1]]]]
    assert reading["metadata"]["learning_protocol"] == "trex"

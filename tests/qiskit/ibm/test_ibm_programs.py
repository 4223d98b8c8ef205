"""The noise learner and the executor over the sandbox, and results of real machines."""

import json

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter
from support.recorded import RECORDED

from ketbridge.clouds.ibm.models import ResultBody
from ketbridge.errors import ProgramError
from qiskit_ketbridge import EstimatorV2
from qiskit_ketbridge.errors import CircuitError
from qiskit_ketbridge.ibm import (
    EstimatorOptions,
    Executor,
    NoiseLearner,
    NoiseLearnerResult,
    NoiseLearnerV3,
    QuantumProgram,
    Session,
    documents,
)

from .conftest import bell

RESULTS = sorted((RECORDED / "ibm").glob("*_results.json"))


def test_what_the_noise_learner_learns_goes_into_the_estimator(lagos, compiled):
    isa = compiled(bell(False))
    learnt = NoiseLearner(lagos, {"max_layers_to_learn": 2}).run([isa, (isa, "Z" * 7)]).result()

    options = EstimatorOptions(resilience={"layer_noise_model": learnt, "pec_mitigation": True})
    sent = EstimatorV2(mode=lagos, options=options).run([(isa, "I" * 7)])

    assert isinstance(learnt, NoiseLearnerResult) and learnt[0].circuit.num_qubits == 2
    assert sent.result()[0].data.evs == pytest.approx(1, abs=0.2)
    returned = sent.inputs["options"]["resilience"]["layer_noise_model"]
    assert returned[0].error.generators == learnt[0].error.generators


def test_the_noise_learner_takes_options_of_the_estimator():
    options = EstimatorOptions(twirling={"strategy": "all"}, seed=3)
    options.resilience.layer_noise_learning.num_randomizations = 5

    learner = NoiseLearner("sandbox:ibm/ibm_lagos", options)

    assert learner.options.chosen() == {
        "num_randomizations": 5, "twirling_strategy": "all", "seed": 3,
    }  # fmt: skip


def test_a_program_of_the_executor_gives_arrays_and_what_it_brought(lagos, compiled):
    pytest.importorskip("ibm_quantum_schemas")
    angle = Parameter("t")
    turned = QuantumCircuit(1, 1)
    turned.ry(angle, 0)
    turned.measure(0, 0)
    program = QuantumProgram(64, passthrough_data={"kept": [np.arange(3), None, "x"]})
    program.append_circuit_item(compiled(bell()))
    program.append_circuit_item(compiled(turned), circuit_arguments=[[0.0], [np.pi]])

    found = Executor(lagos, {"environment": {"job_tags": ["run"]}}).run(program).result()

    assert [dict(item).keys() for item in found] == [{"meas"}, {"c"}]
    assert found[0]["meas"].shape == (64, 2) and found[0]["meas"].dtype == bool
    assert found[1]["c"].shape == (2, 64, 1)
    assert not found[1]["c"][0].any() and found[1]["c"][1].all()
    assert np.array_equal(found.passthrough_data["kept"][0], [0, 1, 2])
    assert found.passthrough_data["kept"][1:] == [None, "x"]


def test_a_samplex_draws_what_a_circuit_is_run_with(lagos):
    samplomatic = pytest.importorskip("samplomatic")
    circuit = QuantumCircuit(7, 2)
    with circuit.box([samplomatic.Twirl(decomposition="rzsx")]):
        circuit.cx(0, 1)
    with circuit.box([samplomatic.Twirl(decomposition="rzsx")]):
        circuit.measure([0, 1], [0, 1])
    template, samplex = samplomatic.build(circuit)
    program = QuantumProgram(shots=20)
    program.append_samplex_item(template, samplex=samplex, shape=(12,))

    (found,) = Executor(lagos).run(program).result()

    assert found["c"].shape == (12, 20, 2) and found["measurement_flips.c"].shape == (12, 1, 2)
    assert found["c"].any()
    assert not (found["c"] ^ found["measurement_flips.c"]).any()


def test_programs_say_where_they_run_and_take_options_of_the_public_client(lagos):
    public = pytest.importorskip("qiskit_ibm_runtime")
    options = public.ExecutorOptions(environment={"job_tags": ["a"]})

    with Session(lagos) as session:
        for kind in (Executor, NoiseLearner, NoiseLearnerV3):
            assert kind(session).backend() is lagos and kind(session).mode is session
            assert kind(lagos).mode is None
    with pytest.raises(TypeError, match="runs on IBM's machines, not on simulator"):
        NoiseLearner("sandbox:ionq/simulator")
    assert Executor(lagos, options).options.environment.job_tags == ["a"]


def test_a_program_of_the_public_client_is_taken(lagos, compiled):
    public = pytest.importorskip("qiskit_ibm_runtime.quantum_program")
    program = public.QuantumProgram(shots=10)
    program.append_circuit_item(compiled(bell()))

    found = Executor(lagos).run(program).result()

    assert found[0]["meas"].shape == (10, 2)


def test_a_program_that_the_schema_does_not_allow_is_refused(lagos, compiled):
    pytest.importorskip("ibm_quantum_schemas")
    program = QuantumProgram(0)
    program.append_circuit_item(compiled(bell()))

    with pytest.raises(ProgramError, match="shots"):
        Executor(lagos).run(program)


def test_a_program_outside_of_the_instruction_set_is_refused(lagos):
    program = QuantumProgram(10)
    program.append_circuit_item(bell())

    with pytest.raises(CircuitError, match="h on qubits 0"):
        Executor(lagos).run(program)


def test_version_3_learns_the_noise_of_instructions(lagos):
    samplomatic = pytest.importorskip("samplomatic")
    circuit = QuantumCircuit(7)
    with circuit.box([samplomatic.Twirl()]):
        circuit.cx(0, 1)

    (learnt,) = NoiseLearnerV3(lagos).run(circuit.data).result()

    assert learnt.num_qubits == 2 and learnt.rates.shape == (15,)
    assert len(learnt.to_pauli_lindblad_map()) == 15


@pytest.mark.skipif(not RESULTS, reason="there are no recorded results here")
@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name[:8])
def test_recorded_results_of_real_machines_lose_nothing(path):
    schema = pytest.importorskip("ibm_quantum_schemas.executor.version_2_0")
    content = path.read_bytes()

    found = documents.read(content)

    expected = schema.QuantumProgramResultModel.model_validate_json(content)
    assert len(found) == len(expected.data)
    for ours, theirs in zip(found, expected.data, strict=True):
        assert list(ours) == list(theirs.results)
        for name, tensor in theirs.results.items():
            assert np.array_equal(ours[name], tensor.to_numpy())
    assert found.metadata == json.loads(content)["metadata"]


CONTRACT_RESULT = {
    "schema_version": "v0.2",
    "data": [
        {
            "results": {"c": {"data": "BQ==", "shape": [3], "dtype": "bool"}},
            "metadata": {"scheduler_timing": None, "stretch_values": None},
        }
    ],
    "metadata": {"chunk_timing": []},
    "passthrough_data": {"a": {"data": "AAAAAAAA8D8=", "shape": [1], "dtype": "f64"}},
}


@pytest.mark.parametrize("version", ["v0.1", "v0.2", "v9.9", None])
def test_documents_of_any_version_become_arrays(version):
    document = {**CONTRACT_RESULT, "schema_version": version, "new": {"member": 1}}
    content = json.dumps(document).encode()

    found = documents.read(content)

    assert found[0]["c"].tolist() == [True, False, True]
    assert found.passthrough_data["a"].tolist() == [1.0]
    assert found.document["new"] == {"member": 1}


def test_arrays_are_those_of_the_core():
    content = json.dumps(CONTRACT_RESULT).encode()

    typed = ResultBody(content, "application/json").read()

    assert np.array_equal(documents.read(content)[0]["c"], typed.data[0].results["c"].array())


@pytest.mark.parametrize(
    "tensor",
    [
        {"data": "BQ==", "shape": [30], "dtype": "f64"},
        {"data": "BQ==", "shape": [-1], "dtype": "u8"},
        {"data": "!", "shape": [1], "dtype": "u8"},
        {"data": "BQ==", "shape": [10**12], "dtype": "c128"},
    ],
)
def test_a_tensor_that_does_not_fit_its_shape_is_refused(tensor):
    document = {"schema_version": "v2.0", "data": [{"results": {"c": tensor}}]}

    with pytest.raises(ValueError):
        documents.read(json.dumps(document).encode())

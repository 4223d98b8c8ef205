"""Braket circuits and simulations go to the machines behind the Hub in each one's language."""

import numpy as np
import pytest
from braket.ahs import AnalogHamiltonianSimulation, AtomArrangement, DrivingField
from braket.circuits import Circuit, FreeParameter, Observable
from braket.devices import LocalSimulator
from braket.experimental_capabilities import EnableExperimentalCapability
from braket.program_sets import ProgramSet
from braket.tasks import AnalogHamiltonianSimulationQuantumTaskResult
from braket.timings import TimeSeries
from support.hub_service import CONFIG, MACHINES, TOKEN, HubService, machine

from braket_ketbridge import KetbridgeDevice
from ketbridge import errors


@pytest.fixture(scope="module")
def service():
    aquila = machine("aws.quera.aquila", "AWS", "BRAKET_AHS_PROGRAM", type="QPU")
    with HubService() as started, pytest.MonkeyPatch.context() as patch:
        patch.setitem(MACHINES, "aws.quera.aquila", aquila | {"type": "ANNEALER"})
        yield started


@pytest.fixture
def hub(service, tmp_path, monkeypatch):
    monkeypatch.setenv("KETBRIDGE_HOME", str(tmp_path))
    service.reset()
    return service


@pytest.fixture
def device(hub):
    made = []

    def make(name):
        made.append(KetbridgeDevice(f"kipu/{name}", token=TOKEN, url=hub.url))
        return made[-1]

    yield make
    for one in made:
        one.cloud.client.close()


def aws_result(rows, qubits):
    return {
        "braketSchemaHeader": {"name": "braket.task_result.gate_model_task_result", "version": "1"},
        "measurements": rows,
        "measuredQubits": qubits,
    }


def test_a_circuit_for_aws_is_openqasm_3_with_its_inputs_bound(device, hub):
    hub.result = aws_result([[1, 0], [1, 1], [1, 0], [1, 1]], [0, 2])
    circuit = Circuit().rx(3, FreeParameter("a")).i(5).h(9).measure([9, 3])
    result = device("aws.sim.sv1").run(circuit, shots=4, inputs={"a": np.pi}).result()
    (body,) = hub.bodies
    assert body["input_format"] == "BRAKET_OPEN_QASM_V3"
    assert "rx(3.14159" in body["input"]["qasm"]
    assert body["sdk_provider"] == "BRAKET"
    assert result.measured_qubits == [9, 3]
    assert result.measurement_counts == {"01": 2, "11": 2}


def test_result_types_for_aws_are_computed_from_the_shots(device, hub):
    hub.result = aws_result([[0], [0], [1], [0]], [0])
    circuit = Circuit().h(4).expectation(Observable.X(), 4)
    result = device("aws.sim.sv1").run(circuit, shots=4).result()
    assert hub.bodies[0]["input"]["qasm"].count("h q[0]") == 2
    assert "#pragma" not in hub.bodies[0]["input"]["qasm"]
    assert result.values == [0.5]


def test_qubits_that_stay_are_named_and_said_to_aws(device, hub):
    hub.result = aws_result([[1], [1]], [2])
    task = device("aws.sim.sv1").run(Circuit().x(2), shots=2, disable_qubit_rewiring=True)
    assert hub.bodies[0]["input_params"]["disable_qubit_rewiring"] is True
    assert "x $2;" in hub.bodies[0]["input"]["qasm"]
    assert task.result().measurement_counts == {"1": 2}


def test_a_batch_is_one_job_a_circuit_where_a_job_takes_one(device, hub):
    hub.result = aws_result([[1], [1]], [0])
    batch = device("aws.sim.sv1").run_batch([Circuit().x(0), Circuit().x(1)], shots=2)
    assert [one.measurement_counts for one in batch.results()] == [{"1": 2}, {"1": 2}]
    assert len(hub.bodies) == 2


def test_openqasm_2_comes_back_in_the_order_of_the_columns(device, hub):
    hub.result = {"counts": {"100": 3}}  # Kipu's simulator: classical bit 0 leftmost
    result = device("kipu.sim.qsim").run(Circuit().x(7).i(2).i(9).measure([7, 2, 9]), 3).result()
    assert hub.bodies[0]["input"]["qasm"].startswith("OPENQASM 2.0;")
    assert result.measured_qubits == [7, 2, 9]
    assert result.measurement_counts == {"100": 3}


def test_iqm_json_is_on_the_machines_qubits_and_comes_back_in_the_users(device, hub):
    keys = ["b_2_0_0", "b_2_0_1"]
    hub.result = {"measurement_counts": [{"measurement_keys": keys, "counts": {"10": 3}}]}
    circuit = Circuit().x(8).i(4).cnot(4, 8).measure([8, 4])
    result = device("iqm.qpu.new").run(circuit, shots=3).result()
    (sent,) = hub.bodies[0]["input"]["circuits"]
    assert {one["name"] for one in sent["instructions"]} <= {"prx", "cz", "measure"}
    assert {name for one in sent["instructions"] for name in one["qubits"]} <= {"QB1", "QB2", "QB3"}
    assert result.measured_qubits == [8, 4]
    assert result.measurement_counts == {"10": 3}


def test_qubits_of_iqm_stay_where_they_are_if_asked(device, hub):
    found = device("iqm.qpu.new")
    found.run(Circuit().h(2).cnot(2, 1), shots=3, disable_qubit_rewiring=True)
    sent = hub.bodies[0]["input"]["circuits"][0]["instructions"]
    assert [sorted(one["qubits"]) for one in sent if one["name"] == "cz"] == [["QB2", "QB3"]]
    with pytest.raises(errors.ProgramError, match="does not fit on the connections"):
        found.run(Circuit().h(0).cnot(0, 2), shots=3, disable_qubit_rewiring=True)


def test_a_machine_behind_the_hub_is_described_by_its_connections(device):
    found = device("iqm.qpu.new")
    assert sorted(found.topology_graph.edges) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert found.properties.paradigm.qubitCount == 3
    assert (
        "h"
        in device("aws.sim.sv1").properties.action["braket.ir.openqasm.program"].supportedOperations
    )


def test_a_machine_that_reads_no_language_of_braket_is_refused(device, hub):
    with pytest.raises(errors.ProgramError, match="which no Braket circuit is written"):
        device("aws.quera.aquila").run(Circuit().x(0), shots=2)
    assert not hub.bodies


@pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning")
def test_a_machine_of_which_no_format_is_known_is_refused(device, hub):
    with pytest.raises(errors.ProgramError, match="reads no format that is known here"):
        device("acme.qpu.one").run(Circuit().x(0), shots=2)
    assert not hub.bodies


def test_a_machine_that_reads_iqm_json_without_a_document_has_its_gates_anywhere(device, hub):
    hub.documents["config"] = 404
    hub.result = {"measurement_counts": [{"measurement_keys": ["b_1_0_0"], "counts": {"1": 3}}]}
    result = device("iqm.qpu.new").run(Circuit().h(0).cnot(0, 2).measure([2]), shots=3).result()
    assert result.measurement_counts == {"1": 3}


def test_openqasm_3_is_written_where_a_machine_reads_no_other(device, hub):
    hub.result = {"counts": {"10": 3}}  # Qudora: classical bit 0 rightmost
    result = device("qudora.sim.new").run(Circuit().x(7).i(2).measure([2, 7]), 3).result()
    assert hub.bodies[0]["input"]["qasm"].startswith("OPENQASM 3.0;")
    assert hub.bodies[0]["input_params"] == {"language": "OpenQASM3"}
    assert (result.measured_qubits, result.measurement_counts) == ([2, 7], {"01": 3})


def feeding(make):
    with pytest.warns(UserWarning, match="experimental"), EnableExperimentalCapability():
        return make()


def test_feed_forward_is_written_where_the_machine_has_cc_prx(device, hub, monkeypatch):
    everywhere = {"implementations": {"a": {"loci": [["QB1"], ["QB2"], ["QB3"]]}}}
    monkeypatch.setitem(CONFIG, "gates", {**CONFIG["gates"], "cc_prx": everywhere})
    circuit = feeding(
        lambda: Circuit().h(0).measure_ff(0, 7).cc_prx(1, FreeParameter("a"), 0.5, 7).measure([1])
    )
    found = device("iqm.qpu.new")
    keys = ["hidden_0", "b_1_0_0"]
    hub.result = {"measurement_counts": [{"measurement_keys": keys, "counts": {"10": 2, "01": 1}}]}
    result = found.run(circuit, shots=3, inputs={"a": np.pi}, disable_qubit_rewiring=True).result()
    sent = hub.bodies[0]["input"]["circuits"][0]["instructions"]
    (turn,) = (one for one in sent if one["name"] == "cc_prx")
    assert turn["qubits"] == ["QB2"]
    assert turn["args"] == {
        "angle_t": 0.5, "phase_t": pytest.approx(0.25 / np.pi),
        "feedback_qubit": "QB1", "feedback_key": "hidden_0",
    }  # fmt: skip
    assert result.measurement_counts == {"0": 2, "1": 1}


def test_feed_forward_is_refused_where_the_machine_has_no_cc_prx(device, hub):
    circuit = feeding(lambda: Circuit().h(0).measure_ff(0, 7).cc_prx(1, np.pi, 0.5, 7))
    with pytest.raises(errors.ProgramError, match=r"MeasureFF at index 1: .* have cc_prx"):
        device("iqm.qpu.new").run(circuit, shots=3)
    assert not hub.bodies


def test_feed_forward_that_is_not_complete_is_refused(device, hub, monkeypatch):
    everywhere = {"implementations": {"a": {"loci": [["QB1"], ["QB2"], ["QB3"]]}}}
    monkeypatch.setitem(CONFIG, "gates", {**CONFIG["gates"], "cc_prx": everywhere})
    early = feeding(lambda: Circuit().h(0).cc_prx(1, np.pi, 0.5, 7))
    free = feeding(lambda: Circuit().measure_ff(0, 7).cc_prx(1, FreeParameter("a"), 0, 7))
    with pytest.raises(errors.ProgramError, match="no measure_ff with the key 7 before it"):
        device("iqm.qpu.new").run(early, shots=3)
    with pytest.raises(errors.ProgramError, match="unbound parameters: a"):
        device("iqm.qpu.new").run(free, shots=3)
    assert not hub.bodies


def test_a_program_set_is_for_machines_that_take_several_circuits(device, hub):
    both = ProgramSet([Circuit().x(0), Circuit().x(0)], shots_per_executable=2)
    with pytest.raises(errors.ProgramError, match=r"one circuit a job.*run_batch"):
        device("aws.sim.sv1").run(both)
    assert not hub.bodies


# analog ----------------------------------------------------------------------------------------


def simulation():
    atoms = AtomArrangement()
    for place in (0.0, 6e-6):
        atoms.add((place, 0.0))
    amplitude = TimeSeries().put(0.0, 0.0).put(1e-6, 5e6).put(3e-6, 5e6).put(4e-6, 0.0)
    still = TimeSeries().put(0.0, 0.0).put(4e-6, 0.0)
    return AnalogHamiltonianSimulation(atoms, DrivingField(amplitude, still, still))


def test_an_analog_simulation_is_run_and_has_brakets_result(device, hub):
    exact = LocalSimulator("braket_ahs").run(simulation(), shots=20).result()
    shots = [
        {
            "shotMetadata": {"shotStatus": "Success"},
            "shotResult": {
                "preSequence": shot.pre_sequence.tolist(),
                "postSequence": shot.post_sequence.tolist(),
            },
        }
        for shot in exact.measurements
    ]
    name = "braket.task_result.analog_hamiltonian_simulation_task_result"
    task_metadata = {"id": "a", "shots": 20, "deviceId": "b"}
    hub.result = {
        "braketSchemaHeader": {"name": name, "version": "1"},
        "taskMetadata": task_metadata,
        "measurements": shots,
    }
    task = device("aws.quera.aquila").run(simulation(), shots=20)
    result = task.result()
    assert isinstance(result, AnalogHamiltonianSimulationQuantumTaskResult)
    assert result.get_counts() == exact.get_counts()
    sent = hub.bodies[0]["input"]["ahs_program"]
    assert sent["setup"]["ahs_register"]["sites"] == [[0, 0], [6e-6, 0]]


async def test_an_analog_result_can_be_awaited(device, hub):
    hub.result = {"counts": {"0": 1}}
    task = device("aws.quera.aquila").run(simulation(), shots=1)
    with pytest.raises(errors.ProtocolError, match="no result of an analog simulation"):
        await task.async_result()


def test_circuits_and_simulations_are_for_machines_of_their_kind(device, hub):
    with pytest.raises(errors.ProgramError, match="which no Braket circuit is written in"):
        device("aws.quera.aquila").run(Circuit().x(0), shots=1)
    with pytest.raises(errors.ProgramError, match="runs no analog"):
        device("aws.sim.sv1").run(simulation(), shots=1)
    assert not hub.bodies

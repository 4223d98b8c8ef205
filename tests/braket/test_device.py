"""A Ketbridge device does what code written for Amazon's devices expects of one."""

import asyncio
import logging

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Observable
from braket.circuits.noise_model import NoiseModel
from braket.devices import Device, LocalSimulator
from braket.error_mitigation import Debias
from braket.ir.openqasm import Program
from braket.tasks import QuantumTask, QuantumTaskBatch
from braket.tracking import Tracker

from braket_ketbridge import KetbridgeDevice, KetbridgeQuantumTask
from ketbridge import Format, errors
from ketbridge.sandbox.faults import Fault

BELL = Circuit().h(0).cnot(0, 1)
FAILED = {"status": "failed", "failure": {"code": "SimulationError", "message": "no luck"}}


@pytest.fixture
def device(running):
    yield KetbridgeDevice("sandbox:ionq/simulator")
    running.faults.clear()


# one circuit -----------------------------------------------------------------------------------


def test_a_bell_pair_is_run_and_counted(device):
    result = device.run(BELL, shots=200).result()
    assert set(result.measurement_counts) == {"00", "11"}
    assert result.measurements.shape == (200, 2)
    assert sum(result.measurement_counts.values()) == 200
    assert sum(result.measurement_probabilities.values()) == pytest.approx(1)


def test_keys_and_columns_are_in_the_order_of_the_measured_qubits(device):
    circuit = Circuit().x(7).i(2).i(40)
    result = device.run(circuit, shots=3).result()
    assert result.measured_qubits == [2, 7, 40]
    assert result.measurement_counts == {"010": 3}
    assert result.measurements.tolist() == [[0, 1, 0]] * 3


def test_a_task_is_opened_again_by_its_id_with_the_same_result(device):
    circuit = Circuit().h(3).cnot(3, 9).expectation(Observable.Z(), target=9)
    task = device.run(circuit, shots=50)
    first, again = task.result(), KetbridgeQuantumTask(arn=task.id).result()
    assert np.array_equal(first.measurements, again.measurements)
    assert again.measured_qubits == [3, 9]
    assert again.values == first.values
    assert task == KetbridgeQuantumTask(task.id)
    assert first is task.result()


def test_the_default_is_a_thousand_shots(device):
    assert len(device.run(Circuit().x(0)).result().measurements) == 1000


@pytest.mark.parametrize(
    "positional", [(10,), (("bucket", "folder"), 10), (None, 10), (10, {"a": 1.0})]
)
def test_shots_by_position_with_and_without_an_s3_folder(device, positional):
    assert device.run(BELL, *positional).result().task_metadata.shots == 10


def test_parameters_are_bound_with_their_controls_and_powers(device):
    theta = FreeParameter("theta")
    circuit = Circuit().x(0).rx(1, theta, control=0, power=2)
    result = device.run(circuit, shots=20, inputs={"theta": np.pi / 2}).result()
    assert result.measurement_counts == {"11": 20}


def test_openqasm_is_run_with_its_inputs(device):
    source = "OPENQASM 3.0; input float a; bit[2] b; qubit[2] q; rx(a) q[1]; b[0] = measure q[1];"
    program = Program(source=source, inputs={"a": 0.0})
    result = device.run(program, shots=5, inputs={"a": np.pi}).result()
    assert result.measurement_counts == {"1": 5}
    assert result.measured_qubits == [1]
    assert result.additional_metadata.action.source == source


def test_a_verbatim_circuit_is_sent_in_native_gates(device):
    box = Circuit().gpi(0, 0).ms(0, 1, 0, 0)
    task = device.run(Circuit().add_verbatim_box(box), shots=100)
    assert task.job.request().programs[0].format is Format.IONQ_NATIVE
    assert set(task.result().measurement_counts) == {"10", "01"}


def test_what_braket_says_of_a_task_is_in_its_metadata(device):
    task = device.run(BELL, shots=10, tags={"run": "7"})
    task.result()
    data = task.metadata()
    assert data["status"] == "COMPLETED"
    assert data["shots"] == 10
    assert data["deviceArn"] == "sandbox:ionq/simulator"
    assert data["quantumTaskArn"] == task.id
    assert data["tags"] == {"run": "7"}
    assert data["ResponseMetadata"]["HTTPHeaders"]["date"].endswith("GMT")
    assert task.result().task_metadata.deviceParameters.paradigmParameters.qubitCount == 2


def test_the_action_is_the_circuit_without_rotations(device):
    circuit = Circuit().h(0).expectation(Observable.X(), target=0)
    source = device.run(circuit, shots=10).result().additional_metadata.action.source
    assert source.count("h q[0]") == 1
    assert "#pragma braket result expectation x(q[0])" in source


# result types ----------------------------------------------------------------------------------


def test_result_types_agree_with_the_exact_values(device):
    shots = 20_000
    circuit = (
        Circuit().h(0).cnot(0, 2).ry(5, 0.8)
        .expectation(Observable.X() @ Observable.X(), target=[0, 2])
        .variance(Observable.Y(), target=5)
        .expectation(Observable.Hermitian(np.array([[1, 2 - 1j], [2 + 1j, -1]])), target=7)
        .probability([8, 9])
    )  # fmt: skip
    circuit.i(7).x(8).i(9)
    result = device.run(circuit, shots=shots, seed=11).result()
    expected = [1.0, 1.0, 1.0, [0, 0, 1, 0]]
    deviations = [0, 0.1, np.sqrt(5), 0]
    for value, exact, deviation in zip(result.values, expected, deviations, strict=True):
        assert np.abs(np.asarray(value) - exact).max() <= 5 * deviation / np.sqrt(shots) + 1e-9
    for kind, value in zip(circuit.result_types, result.values, strict=True):
        assert np.array_equal(result.get_value_by_result_type(kind), value)


def test_an_observable_without_a_target_is_computed_for_every_qubit(device):
    circuit = Circuit().x(0).i(1).expectation(Observable.Z())
    assert device.run(circuit, shots=10).result().values == [[-1.0, 1.0]]


def test_samples_are_one_value_a_shot(device):
    circuit = Circuit().h(0).sample(Observable.X(), target=0)
    assert device.run(circuit, shots=12).result().values[0].tolist() == [1.0] * 12


def test_values_from_exact_shots_equal_brakets_own(device):
    circuit = Circuit().x(0).h(1).expectation(Observable.Z(), 0).expectation(Observable.X(), 1)
    ours = device.run(circuit, shots=100).result().values
    assert ours == pytest.approx(LocalSimulator().run(circuit, shots=0).result().values)


# ends without a result -------------------------------------------------------------------------


def test_a_failed_task_gives_none_and_says_why(device, running, caplog):
    running.faults.add(Fault.edit(**FAILED), on="GetJob")
    task = device.run(BELL, shots=10)
    with caplog.at_level(logging.WARNING, "braket_ketbridge"):
        assert task.result() is None
    assert "Task failure reason is: SimulationError: no luck." in caplog.text
    assert task.state() == "FAILED"
    assert task.metadata()["failureReason"] == "SimulationError: no luck"


def test_a_task_can_be_cancelled(running):
    task = KetbridgeDevice("sandbox:ionq/qpu.aria-1").run(BELL, shots=10)
    assert task.state() == "QUEUED"
    task.cancel()
    assert task.result() is None
    assert task.state() == "CANCELLED"


def test_a_wait_that_is_over_gives_none_and_the_task_goes_on(running, caplog):
    task = KetbridgeDevice("sandbox:ionq/qpu.aria-1").run(BELL, 10, poll_timeout_seconds=0.3)
    assert task.result() is None
    assert "timed out" in caplog.text
    assert task.state() == "QUEUED"
    task.cancel()


# asynchronous ----------------------------------------------------------------------------------


async def test_a_result_can_be_awaited_and_asked_for_in_a_running_loop(device):
    task = device.run(Circuit().x(0), shots=4)
    future = task.async_result()
    assert isinstance(future, asyncio.Task)
    assert (await future).measurement_counts == {"1": 4}
    assert device.run(Circuit().x(0), shots=4).result().measurement_counts == {"1": 4}


def test_an_asynchronous_result_without_a_running_loop(device):
    future = device.run(Circuit().x(0), shots=4).async_result()
    loop = future.get_loop()
    try:
        assert loop.run_until_complete(future).measurement_counts == {"1": 4}
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        asyncio.set_event_loop(None)


# batches ---------------------------------------------------------------------------------------


def test_a_batch_is_one_job_and_keeps_its_order(device, running):
    before = len(running.jobs())
    batch = device.run_batch([Circuit().x(0), Circuit().i(0), Circuit().x(0).x(4)], shots=7)
    counts = [result.measurement_counts for result in batch.results()]
    assert counts == [{"1": 7}, {"0": 7}, {"11": 7}]
    assert batch.size == 3
    assert not batch.unfinished
    assert not batch.unsuccessful
    assert len({task.job.id for task in batch.tasks}) == 1
    assert len(running.jobs()) - before == 1
    again = KetbridgeQuantumTask(batch.tasks[2].id).result()
    assert again.measured_qubits == [0, 4]


def test_a_batch_with_shots_of_each_circuit(device):
    batch = device.run_batch([Circuit().x(0), Circuit().i(0), Circuit().x(1)], shots=[5, 6, 5])
    assert [len(result.measurements) for result in batch.results()] == [5, 6, 5]


def test_a_batch_that_is_taken_in_part_names_the_jobs_that_go_on(device, running):
    running.faults.add(Fault.status(400), on="CreateJob", times=1)
    with pytest.raises(errors.TransportError) as caught:
        device.run_batch([Circuit().x(0), Circuit().x(1)], shots=[5, 6], max_parallel=1)
    (note,) = caught.value.__notes__
    assert any(job.id in note for job in running.jobs())


def test_one_circuit_goes_with_several_inputs(device):
    circuit = Circuit().rx(0, FreeParameter("a"))
    batch = device.run_batch(circuit, shots=3, inputs=[{"a": 0.0}, {"a": np.pi}])
    assert [result.measurement_counts for result in batch.results()] == [{"0": 3}, {"1": 3}]


@pytest.mark.parametrize(
    "options", [{"shots": [1, 2, 3]}, {"inputs": [{}, {}, {}]}, {"shots": [1, None]}]
)
def test_a_batch_of_unequal_lengths_is_refused(device, options):
    with pytest.raises(ValueError, match=r"equal in number|specified for every"):
        device.run_batch([BELL, BELL], **options)


def test_a_batch_is_refused_as_a_whole_before_anything_is_sent(device, running):
    before = len(running.jobs())
    with pytest.raises(errors.ProgramError):
        device.run_batch([BELL, Circuit().rx(0, FreeParameter("a"))], shots=5)
    assert len(running.jobs()) == before


def test_a_failed_batch_is_submitted_again_as_often_as_asked(device, running):
    running.faults.add(Fault.edit(**FAILED), on="GetJob", times=1)
    batch = device.run_batch([Circuit().x(0)], shots=5)
    first = batch.tasks[0].id
    assert batch.results(max_retries=0) == [None]
    assert batch.unsuccessful == {first}
    with pytest.raises(RuntimeError, match="1 tasks failed"):
        batch.results(max_retries=0, fail_unsuccessful=True)
    assert batch.retry_unsuccessful_tasks()
    assert batch.results()[0].measurement_counts == {"1": 5}
    assert batch.tasks[0].id != first


def test_a_task_that_may_still_end_is_never_submitted_again(running):
    slow = KetbridgeDevice("sandbox:ionq/qpu.aria-1")
    before = len(running.jobs())
    batch = slow.run_batch([BELL], shots=5, poll_timeout_seconds=0.2)
    assert batch.results() == [None]
    assert batch.unfinished == {batch.tasks[0].id}
    batch.tasks[0].cancel()
    assert batch.results(use_cached_value=False) == [None]
    assert len(running.jobs()) - before == 1


# the device ------------------------------------------------------------------------------------


def test_the_abstract_classes_of_braket_are_kept(device):
    batch = device.run_batch([Circuit().x(0)], shots=1)
    assert isinstance(device, Device)
    assert isinstance(batch, QuantumTaskBatch)
    assert isinstance(batch.tasks[0], QuantumTask)


def test_a_machine_is_described_as_braket_does(running):
    machine = KetbridgeDevice("sandbox:ionq/qpu.forte-1")
    assert (machine.name, machine.type, machine.status) == ("IonQ Forte 1", "QPU", "ONLINE")
    assert machine.is_available
    assert machine.provider_name == "IonQ"
    assert machine.properties.paradigm.connectivity.fullyConnected
    assert machine.properties.service.shotsRange[0] == 1
    assert 0.9 < machine.properties.provider.fidelity["2Q"]["mean"] < 1
    size = machine.properties.paradigm.qubitCount
    assert machine.topology_graph.number_of_edges() == size * (size - 1)
    assert "cnot" in machine.properties.action["braket.ir.openqasm.program"].supportedOperations
    assert machine.queue_depth().jobs == "0"
    assert machine == KetbridgeDevice(machine.arn)


def test_a_machine_with_known_fidelities_has_an_emulator(running):
    emulator = KetbridgeDevice("sandbox:ionq/qpu.forte-1").emulator()
    emulator.validate(Circuit().add_verbatim_box(Circuit().gpi(0, 0).zz(0, 1, 0.5)))
    with pytest.raises(errors.ProgramError, match="fidelities"):
        KetbridgeDevice("sandbox:ionq/simulator").emulator()


def test_what_belongs_to_pulses_is_there_and_empty(device):
    assert device.frames == device.ports == {}
    assert device.gate_calibrations is device.refresh_gate_calibrations() is None


def test_there_is_no_session_with_amazon(device):
    assert not hasattr(device, "aws_session")
    with pytest.raises(AttributeError, match="not reached through AWS"):
        _ = device.aws_session


def test_a_noise_model_on_gates_is_refused(running):
    with pytest.raises(errors.ProgramError, match="leave noise_model out"):
        KetbridgeDevice("sandbox:ionq/simulator", noise_model=NoiseModel())


def test_machines_are_listed_and_filtered(running):
    found = KetbridgeDevice.get_devices("sandbox:ionq", types=["SIMULATOR"])
    assert [device.arn for device in found] == ["sandbox:ionq/simulator"]
    assert len(KetbridgeDevice.get_devices("sandbox:ionq", order_by="arn")) > 3


def test_an_unknown_machine_names_the_nearest(running):
    with pytest.raises(errors.UnknownBackendError, match=r"qpu\.forte-1"):
        KetbridgeDevice("sandbox:ionq/qpu.fort-1").run(BELL, shots=10)


def test_trackers_count_tasks_and_find_no_price_of_amazon(device):
    with Tracker() as tracker:
        device.run(BELL, shots=30).result()
    (statistics,) = tracker.quantum_tasks_statistics().values()
    assert statistics["shots"] == 30
    assert statistics["tasks"] == {"COMPLETED": 1}
    assert tracker.qpu_tasks_cost() == tracker.simulator_tasks_cost() == 0


# options ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("shots", [0, -1, True, 1.5, "10", 2_000_000])
def test_shots_that_cannot_be_are_refused(device, running, shots):
    before = len(running.jobs())
    with pytest.raises(errors.ProgramError, match="shots"):
        device.run(BELL, shots=shots)
    assert len(running.jobs()) == before


def test_an_option_with_a_typo_names_the_nearest(device):
    with pytest.raises(TypeError, match="noise_model"):
        device.run(BELL, shots=10, noise_modell="aria-1")


def test_options_of_amazon_without_effect_are_taken(device):
    task = device.run(
        BELL, shots=10, disable_qubit_rewiring=True, poll_interval_seconds=1, quiet=True,
        gate_definitions={}, reservation_arn=None,
    )  # fmt: skip
    assert task.result().task_metadata.shots == 10
    with pytest.warns(UserWarning, match="reservation_arn"):
        device.run(BELL, shots=10, reservation_arn="arn:aws:braket:x")


def test_debiasing_is_asked_for_in_brakets_words(running):
    machine = KetbridgeDevice("sandbox:ionq/qpu.forte-1")
    with pytest.raises(errors.ProgramError, match="500 shots"):
        machine.run(BELL, shots=100, device_parameters={"errorMitigation": Debias()})


def test_a_task_logs_its_states(device, caplog):
    log = logging.getLogger("of the user")
    with caplog.at_level(logging.DEBUG, log.name):
        task = device.run(BELL, shots=10, logger=log)
        task.result()
    assert f"Task {task.id}: task status COMPLETED" in caplog.text

"""Braket circuits run on IBM's machines, on the qubits and with the numbers that the user has."""

import dataclasses
import io

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter, Observable
from qiskit import qpy
from qiskit.quantum_info import Operator, Statevector
from support.braket_circuits import FORMS, PARAMETERS, Op, build, dense, one_gate

from braket_ketbridge import KetbridgeDevice, KetbridgeQuantumTask
from braket_ketbridge.options import RunOptions
from braket_ketbridge.translate import encode
from ketbridge import Format, errors
from ketbridge.clouds.ibm.cloud import IbmCloud

MACHINE = "sandbox:ibm/ibmq_manila"  # five qubits in a row


@pytest.fixture(scope="module")
def device(running):
    return KetbridgeDevice(MACHINE)


def loaded(program):
    return qpy.load(io.BytesIO(program.body))[0]


def sent(task):
    """Return the circuit that was sent."""
    (program,) = task.job.request().programs
    return loaded(program)


def unmeasured(program):
    circuit = loaded(program)
    circuit.remove_final_measurements()
    return circuit


# translation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_a_gate_has_the_distribution_of_its_matrix(kind, form):
    circuit = build(one_gate(kind, form))
    program = encode(circuit, Format.QISKIT_QPY)
    first_qubit_last = list(reversed(program.readout.sources))
    distribution = Statevector(unmeasured(program)).probabilities(first_qubit_last)
    assert np.abs(distribution - dense(circuit)).max() < 1e-9


@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_a_gate_has_its_matrix_up_to_the_global_phase(kind):
    gate = kind(*(0.37, -1.9, 2.3)[: PARAMETERS[kind]])
    program = encode(build([Op(gate, tuple(range(gate.qubit_count)))]), Format.QISKIT_QPY)
    written = Operator(unmeasured(program).reverse_bits())
    assert written.equiv(Operator(gate.to_matrix()))


def test_equal_circuits_give_equal_bytes():
    first, second = (encode(Circuit().h(0).cnot(0, 4), Format.QISKIT_QPY) for _ in range(2))
    assert first == second


# running ---------------------------------------------------------------------------------------


def test_a_bell_pair_is_run_on_the_gates_of_the_machine(device):
    task = device.run(Circuit().h(7).cnot(7, 3), shots=200)
    result = task.result()
    assert result.measured_qubits == [3, 7]
    assert set(result.measurement_counts) == {"00", "11"}
    assert {one.operation.name for one in sent(task).data} <= {"rz", "sx", "x", "cx", "measure"}


def test_a_circuit_that_needs_routes_comes_back_in_its_own_qubits(device):
    circuit = Circuit().x(0)
    for other in (1, 2, 3, 4):
        circuit.cnot(0, other)
    circuit.ccnot(0, 3, 2).i(4)
    result = device.run(circuit, shots=20).result()
    assert result.measured_qubits == [0, 1, 2, 3, 4]
    assert result.measurement_counts == {"11011": 20}


def test_measurements_are_in_the_order_of_their_bits(device):
    circuit = Circuit().x(0).i(2).measure([2, 0])
    result = device.run(circuit, shots=5).result()
    assert result.measured_qubits == [2, 0]
    assert result.measurement_counts == {"01": 5}


def test_result_types_and_inputs_work(device):
    circuit = Circuit().h(2).cnot(2, 0).rx(1, FreeParameter("a"))
    circuit.expectation(Observable.X() @ Observable.X(), [0, 2]).variance(Observable.Z(), 1)
    result = device.run(circuit, shots=100, inputs={"a": np.pi}).result()
    assert result.values == [1.0, 0.0]
    assert result.get_value_by_result_type(circuit.result_types[0]) == 1.0


def test_a_batch_is_one_job_of_several_circuits(device, running):
    before = len(running.jobs())
    batch = device.run_batch([Circuit().x(0), Circuit().i(0), Circuit().x(8).i(1)], shots=7)
    counts = [result.measurement_counts for result in batch.results()]
    assert counts == [{"1": 7}, {"0": 7}, {"01": 7}]
    assert len(running.jobs()) - before == 1


def test_a_task_opened_on_another_computer_has_the_same_result(device, tmp_path):
    circuit = Circuit().h(3).cnot(3, 9).expectation(Observable.Z(), target=9)
    task = device.run(circuit, shots=50, tags={"run": "7"})
    account = dataclasses.replace(device.cloud.account, ledger=tmp_path / "empty.sqlite3")
    other = IbmCloud(account)
    again = KetbridgeQuantumTask.of(other.job(task.job.id), None, RunOptions())
    assert np.array_equal(again.result().measurements, task.result().measurements)
    assert again.result().measured_qubits == [3, 9]
    assert again.result().values == task.result().values
    assert again.metadata()["tags"] == {"run": "7"}
    other.client.close()
    other.ledger.close()


# qubits that stay ------------------------------------------------------------------------------


def test_qubits_stay_where_they_are_if_asked(device):
    circuit = Circuit().h(3).cnot(3, 2).x(0)
    task = device.run(circuit, shots=50, disable_qubit_rewiring=True)
    (program,) = task.job.request().programs
    assert program.readout.sources == (0, 2, 3)
    assert set(task.result().measurement_counts) == {"100", "111"}


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit().h(0).cnot(0, 4), "does not fit on the connections of ibmq_manila, its qubits"),
        (Circuit().h(7), "there is no qubit 7: ibmq_manila has 5"),
    ],
)
def test_qubits_that_cannot_stay_are_refused(device, circuit, message):
    with pytest.raises(errors.ProgramError, match=message):
        device.run(circuit, shots=10, disable_qubit_rewiring=True)


def test_a_circuit_of_too_many_qubits_is_refused(device):
    with pytest.raises(errors.ProgramError, match="needs 6 qubits; ibmq_manila has 5"):
        device.run(Circuit().h(range(6)), shots=10)


def test_a_verbatim_box_is_sent_as_it_is(device):
    box = Circuit().x(4).v(3).rz(3, 0.3).v(3).cnot(4, 3).i(1)
    task = device.run(Circuit().add_verbatim_box(box), shots=20)
    names = [one.operation.name for one in sent(task).data]
    assert names == ["x", "sx", "rz", "sx", "cx", "id", "measure", "measure", "measure"]
    assert task.result().measured_qubits == [4, 3, 1]


def test_observables_after_a_verbatim_box_are_measured(device):
    box = Circuit().rz(3, np.pi / 2).v(3).rz(3, np.pi / 2)  # a Hadamard gate
    circuit = Circuit().add_verbatim_box(box).expectation(Observable.X(), 3)
    assert device.run(circuit, shots=50).result().values == [1.0]


@pytest.mark.parametrize(
    ("circuit", "message"),
    [
        (Circuit().add_verbatim_box(Circuit().h(0)), "H at index 1: is no gate of ibmq_manila"),
        (Circuit().add_verbatim_box(Circuit().cz(0, 1)), "CZ at index 1: is no gate"),
        (Circuit().add_verbatim_box(Circuit().cnot(0, 4)), "has no cx on 0 and 4"),
        (Circuit().add_verbatim_box(Circuit().x(0, power=0.5)), "no controls and no power"),
        (Circuit().add_verbatim_box(Circuit().x(9)), "there is no qubit 9"),
        (Circuit().h(0).add_verbatim_box(Circuit().x(0)), "H at index 0: stands outside"),
    ],
)
def test_a_verbatim_box_that_the_machine_cannot_run_is_refused(device, circuit, message):
    with pytest.raises(errors.ProgramError, match=message):
        device.run(circuit, shots=10)

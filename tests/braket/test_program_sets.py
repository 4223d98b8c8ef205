"""A program set is one job; its results are Braket's own."""

import numpy as np
import pytest
from braket.circuits import Circuit, FreeParameter
from braket.circuits.observables import X, Y, Z
from braket.devices import LocalSimulator
from braket.ir.openqasm import Program
from braket.ir.openqasm import ProgramSet as OpenQasmProgramSet
from braket.program_sets import CircuitBinding, ProgramSet
from braket.tasks import ProgramSetQuantumTaskResult

from braket_ketbridge import KetbridgeDevice, KetbridgeQuantumTask
from ketbridge import errors

BELL = Circuit().h(0).cnot(0, 1)
TURN = Circuit().rx(0, FreeParameter("a")).cnot(0, 1)
HAMILTONIAN = 2.0 * X(0) @ X(1) - 0.5 * Z(0) @ Z(1) + 3.0 * Y(0) @ Y(1)
SOURCE = "OPENQASM 3.0; input float a; qubit[1] q; bit[1] b; rx(a) q[0]; b[0] = measure q[0];"


@pytest.fixture(params=["sandbox:ionq/simulator", "sandbox:ibm/ibmq_manila"])
def device(running, request):
    return KetbridgeDevice(request.param)


def test_a_set_is_one_job_with_an_entry_for_each_circuit(device, running):
    before = len(running.jobs())
    inputs = {"a": [0.0, np.pi]}
    task = device.run(ProgramSet([BELL, CircuitBinding(TURN, inputs)], shots_per_executable=20))
    result = task.result()
    assert isinstance(result, ProgramSetQuantumTaskResult)
    assert len(running.jobs()) - before == 1
    assert [len(entry) for entry in result] == [1, 2]
    assert set(result[0][0].counts) == {"00", "11"}
    assert [entry.counts for entry in result[1]] == [{"00": 20}, {"11": 20}]
    assert [entry.inputs for entry in result[1]] == [{"a": 0.0}, {"a": np.pi}]
    assert result.task_metadata.requestedShots == 60
    assert KetbridgeQuantumTask(f"{task.id}~2").result().measurement_counts == {"11": 20}


def test_expectations_of_a_hamiltonian_are_those_of_braket(device):
    a_set = ProgramSet(CircuitBinding(BELL, observables=HAMILTONIAN), shots_per_executable=50)
    ours = device.run(a_set).result()[0]
    exact = LocalSimulator().run(a_set, shots=150).result()[0]
    assert ours.expectation() == pytest.approx(exact.expectation()) == pytest.approx(-1.5)
    assert [entry.expectation for entry in ours] == pytest.approx([2.0, -0.5, -3.0])


def test_observables_go_with_each_set_of_inputs(device):
    binding = CircuitBinding(TURN, {"a": [0.0, np.pi]}, [Z(0), Z(0) @ Z(1)])
    result = device.run(ProgramSet(binding, shots_per_executable=10)).result()[0]
    assert [entry.expectation for entry in result] == [1.0, 1.0, -1.0, 1.0]
    assert result.inputs.as_dict() == {"a": [0.0, np.pi]}


def test_a_serialised_set_is_run(device):
    a_set = OpenQasmProgramSet(programs=[Program(source=SOURCE, inputs={"a": [0.0, np.pi]})])
    result = device.run(a_set, shots=20).result()
    assert [entry.counts for entry in result[0]] == [{"0": 10}, {"1": 10}]


def test_shots_are_those_of_all_circuits_together(device):
    result = device.run(ProgramSet([BELL, BELL]), shots=40).result()
    assert [sum(entry[0].counts.values()) for entry in result] == [20, 20]


@pytest.mark.parametrize(
    ("shots", "inputs", "message"),
    [
        (None, None, "Shots must be specified"),
        (-1, None, "Shots must be specified"),
        (3, None, "a multiple of 2, not 3"),
        (0, None, "a multiple of 2, not 0"),
        (True, None, "a multiple of 2, not True"),
        (4, {"a": 1.0}, "has its inputs in itself"),
    ],
)
def test_shots_and_inputs_that_make_no_sense_are_refused(device, running, shots, inputs, message):
    before = len(running.jobs())
    with pytest.raises(errors.ProgramError, match=message):
        device.run(ProgramSet([BELL, BELL]), shots=shots, inputs=inputs)
    assert len(running.jobs()) == before


def test_a_set_that_is_too_large_for_one_job_is_refused(device, running):
    most = device.info.max_circuits or 300
    a_set = ProgramSet(CircuitBinding(TURN, {"a": [0.1] * (most + 1)}), shots_per_executable=1)
    before = len(running.jobs())
    with pytest.raises(errors.ProgramError, match="do not fit into one job"):
        device.run(a_set)
    assert len(running.jobs()) == before

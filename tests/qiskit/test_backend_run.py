"""Circuits through a backend to a Qiskit result, over HTTP."""

import os
import subprocess
import sys

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit
from qiskit.providers import JobError, JobStatus, JobTimeoutError
from qiskit.result import Result

from ketbridge import errors
from qiskit_ketbridge import job
from qiskit_ketbridge.backends import KetbridgeBackend

TIMEOUT_S = 60


def bell(name="bell"):
    circuit = QuantumCircuit(2, 2, name=name)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def flipped(*qubits, width=3, name="flipped"):
    circuit = QuantumCircuit(width, name=name)
    circuit.x(list(qubits))
    circuit.measure_all()
    return circuit


def test_counts_sum_to_the_shots_and_never_change(simulator):
    made = simulator.run(bell(), shots=997)
    first = made.result(TIMEOUT_S)
    again = job(made.address).result(TIMEOUT_S)

    assert isinstance(first, Result)
    assert set(first.get_counts()) == {"00", "11"}
    assert sum(first.get_counts().values()) == 997
    assert again.get_counts() == first.get_counts()


def test_shots_are_1024_unless_said(simulator):
    assert simulator.run(bell()).result(TIMEOUT_S).results[0].shots == 1024


def test_default_options_can_be_set(simulator):
    simulator.set_options(shots=10)

    assert simulator.run(bell()).result(TIMEOUT_S).results[0].shots == 10


def test_numpy_shots_are_shots(simulator):
    assert simulator.run(bell(), shots=np.int64(12)).result(TIMEOUT_S).results[0].shots == 12


def test_a_seed_repeats_the_counts(simulator):
    one, other, third = (
        simulator.run(bell(), shots=1000, seed=seed).result(TIMEOUT_S).get_counts()
        for seed in (7, 7, 8)
    )

    assert one == other != third


def test_memory_is_hexadecimal_and_agrees_with_the_counts(simulator):
    result = simulator.run(bell(), shots=50, memory=True).result(TIMEOUT_S)
    memory = result.data()["memory"]

    assert set(memory) <= {"0x0", "0x3"}
    assert {key: memory.count(key) for key in set(memory)} == result.data()["counts"]
    assert set(result.get_memory()) == set(result.get_counts())


def test_without_memory_there_is_none(simulator):
    assert "memory" not in simulator.run(bell(), shots=5).result(TIMEOUT_S).data()


def test_the_ideal_simulator_gives_probabilities(simulator):
    data = simulator.run(bell(), shots=5).result(TIMEOUT_S).data()

    assert data["probabilities"] == pytest.approx({"0x0": 0.5, "0x3": 0.5})


def test_registers_are_separated_by_spaces_and_idle_qubits_left_out(simulator):
    first, second = ClassicalRegister(1, "first"), ClassicalRegister(2, "second")
    circuit = QuantumCircuit(QuantumRegister(5), first, second)
    circuit.x([1, 4])
    circuit.measure([4, 0, 1], [first[0], second[0], second[1]])

    result = simulator.run(circuit, shots=3).result(TIMEOUT_S)

    assert result.get_counts() == {"10 1": 3}
    assert result.results[0].header["creg_sizes"] == [["first", 1], ["second", 2]]


def test_loose_bits_make_one_word(simulator):
    circuit = QuantumCircuit(QuantumRegister(2), [Clbit()], ClassicalRegister(2, "c"))
    circuit.x(1)
    circuit.measure([1, 0], [0, 2])

    assert simulator.run(circuit, shots=3).result(TIMEOUT_S).get_counts() == {"001": 3}


def test_one_qubit_can_be_read_into_two_bits(simulator):
    circuit = QuantumCircuit(1, 3)
    circuit.x(0)
    circuit.measure([0, 0], [0, 2])

    assert simulator.run(circuit, shots=3).result(TIMEOUT_S).get_counts() == {"101": 3}


def test_several_circuits_are_one_job(simulator, running):
    before = len(running.jobs())
    circuits = [flipped(0, name="one"), bell("two"), flipped(1, 2, name="three")]
    result = simulator.run(circuits, shots=20, memory=True).result(TIMEOUT_S)

    assert len(running.jobs()) - before == 1
    assert result.get_counts("one") == {"001": 20}
    assert result.get_counts(2) == {"110": 20}
    assert set(result.get_counts(circuits[1])) <= {"00", "11"}
    assert result.get_memory(0) == ["001"] * 20


def test_a_list_of_one_is_the_same_as_the_circuit(simulator):
    one = simulator.run(bell(), shots=100, seed=3).result(TIMEOUT_S)
    listed = simulator.run([bell()], shots=100, seed=3).result(TIMEOUT_S)

    assert one.get_counts() == listed.get_counts()


def test_metadata_of_a_circuit_comes_back_whole(simulator):
    circuit = bell()
    circuit.metadata = {"angle": 0.5, "object": Clbit}

    result = simulator.run(circuit, shots=5).result(TIMEOUT_S)

    assert result.results[0].header["metadata"] == circuit.metadata


def test_names_and_metadata_of_a_job_are_kept(simulator):
    made = simulator.run(bell(), shots=5, name="mine", metadata={"run": "12"})

    assert made.metadata == {"run": "12"}
    assert made.state().detail.name == "mine"


def test_a_job_is_opened_on_another_machine(simulator, tmp_path):
    circuit = QuantumCircuit(
        QuantumRegister(2), ClassicalRegister(1, "a"), ClassicalRegister(1, "b")
    )
    circuit.name = "ünïcode 🙂"
    circuit.x(0)
    circuit.measure([0, 1], [1, 0])
    made = simulator.run(circuit, shots=40)
    made.result(TIMEOUT_S)
    script = (
        "from qiskit_ketbridge import job\n"
        f"result = job({made.address!r}).result(60)\n"
        "print(ascii((result.results[0].header['name'], result.get_counts())))\n"
        "import ketbridge; ketbridge.connect('sandbox:ionq').client.close()"
    )

    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "KETBRIDGE_HOME": str(tmp_path)},  # a record of its own, empty
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert ran.stdout.strip() == ascii(("ünïcode 🙂", {"1 0": 40}))


def test_a_dynamic_circuit_is_sent_as_openqasm(simulator, running):
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.reset(0)
    circuit.measure(1, 1)

    made = simulator.run(circuit, shots=30)

    assert made.result(TIMEOUT_S).get_counts() == {"11": 30}
    assert made.state().detail.type == "ionq.qasm3.v1"


def test_status_goes_to_done(simulator):
    made = simulator.run(bell(), shots=5)

    assert made.wait(TIMEOUT_S) is JobStatus.DONE
    assert made.status() is JobStatus.DONE
    assert made.done()
    assert made.in_final_state()
    assert made.backend() is simulator


def test_waiting_too_short_is_a_timeout_of_both_kinds(slow_machine):
    made = slow_machine.run(bell(), shots=5)

    with pytest.raises(JobTimeoutError) as caught:
        made.result(0.3)
    made.cancel()

    assert isinstance(caught.value, errors.JobTimeout)
    assert isinstance(caught.value, TimeoutError)
    assert made.job_id() in str(caught.value)


def test_a_cancelled_job_says_so_at_each_call(slow_machine):
    made = slow_machine.run(bell(), shots=5)
    made.cancel()

    assert made.status() is JobStatus.CANCELLED
    for _ in range(2):
        with pytest.raises(JobError) as caught:
            made.result(TIMEOUT_S)
        assert isinstance(caught.value, errors.JobCancelled)


def test_submitting_a_job_again_is_refused(simulator):
    with pytest.raises(JobError):
        simulator.run(bell(), shots=5).submit()


@pytest.mark.parametrize("option", ["shot", "memroy", "noise", "qiskit_shots"])
def test_an_unknown_option_is_refused_by_name(simulator, option, running):
    before = len(running.jobs())

    with pytest.raises(TypeError, match=f"no option {option!r}"):
        simulator.run(bell(), **{option: 1})

    assert len(running.jobs()) == before


def test_the_nearest_option_is_named(simulator):
    with pytest.raises(TypeError, match="Did you mean 'shots'"):
        simulator.run(bell(), shot=5)


@pytest.mark.parametrize("shots", [0, -1, True, 1.5, "100", 10**9])
def test_shots_out_of_range_are_refused(simulator, shots, running):
    before = len(running.jobs())

    with pytest.raises(errors.ProgramError, match="shots"):
        simulator.run(bell(), shots=shots)

    assert len(running.jobs()) == before


def test_too_many_qubits_are_refused_with_the_numbers(machine, running):
    before = len(running.jobs())
    circuit = QuantumCircuit(37, 1, name="wide")
    circuit.h(36)
    circuit.measure(36, 0)

    with pytest.raises(errors.ProgramError, match=r"circuit 0 \(wide\) uses 37 qubits.* has 36"):
        machine.run(circuit)

    assert len(running.jobs()) == before


def test_an_unknown_machine_is_named_with_the_nearest(running):
    from qiskit_ketbridge import backend

    with pytest.raises(errors.UnknownBackendError, match=r"qpu\.forte-1"):
        backend("sandbox:ionq/qpu.fort-1").run(bell())


def test_options_of_qiskit_ionq_are_understood(simulator):
    made = simulator.run(
        bell(),
        shots=100,
        noise_model="aria-1",
        sampler_seed=3,
        extra_metadata={"who": "me"},
        job_settings={"error_mitigation": {"debiasing": False}},
    )

    assert sum(made.result(TIMEOUT_S).get_counts().values()) == 100
    assert made.metadata["who"] == "me"
    assert made.state().detail.noise.model == "aria-1"


def test_a_setting_given_twice_is_refused(simulator):
    with pytest.raises(errors.ProgramError, match="'seed' is given twice"):
        simulator.run(bell(), seed=1, sampler_seed=2)


def test_a_noisy_machine_gives_noisy_counts_that_sum_to_the_shots(machine):
    counts = machine.run(bell(), shots=2000, seed=1, memory=True).result(TIMEOUT_S).get_counts()

    assert sum(counts.values()) == 2000
    assert counts["00"] + counts["11"] > 1900


def test_making_a_backend_sends_nothing():
    from ketbridge import connect

    cloud = connect("ionq", token="not-a-key", url="http://127.0.0.1:9")

    assert KetbridgeBackend(cloud, "simulator").address == "ionq/simulator"
    cloud.client.close()

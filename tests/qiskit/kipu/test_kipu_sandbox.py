"""Circuits really run behind the sandbox's Hub, and come back in the user's registers."""

import cmath
import math

import numpy as np
import pytest
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.circuit import Clbit
from qiskit.quantum_info import SparsePauliOp, Statevector
from support.qiskit_algorithms import ALGORITHMS
from support.qiskit_circuits import expected

from ketbridge.errors import ProgramError
from qiskit_ketbridge import EstimatorV2, KetbridgeProvider, SamplerV2, Session, job
from qiskit_ketbridge.errors import CircuitError
from qiskit_ketbridge.gates import GPIGate

ONE_OF_EACH = (
    "aws.sim.sv1",
    "aws.rigetti.cepheus",
    "azure.ionq.simulator",
    "ibm.qpu.fez",
    "iqm.qpu.garnet",
    "iqm.qpu.star",
    "kipu.sim.qsim",
    "qudora.sim.xg1",
)
SHOTS = 4000


def crooked():
    """Known bits, measured out of order into registers of which one bit is never written."""
    qubits = QuantumRegister(4, "q")
    low, high = ClassicalRegister(3, "low"), ClassicalRegister(2, "high")
    circuit = QuantumCircuit(qubits, low, high, name="crooked", metadata={"run": 7})
    circuit.x([0, 3])
    circuit.cx(3, 1)
    circuit.measure([3, 2, 1, 0], [low[0], low[2], high[0], high[1]])
    return circuit


def shared():
    """A loose bit, and registers that share a bit."""
    bits = [Clbit() for _ in range(3)]
    circuit = QuantumCircuit(QuantumRegister(3, "q"), bits)
    circuit.add_register(ClassicalRegister(bits=bits[:2], name="a"))
    circuit.add_register(ClassicalRegister(bits=[bits[1]], name="b"))
    circuit.x(0)
    circuit.measure([0, 1, 0], [1, 0, 2])
    return circuit


def compiled(circuit, machine):
    return transpile(circuit, machine, seed_transpiler=1, optimization_level=1)


def bell():
    circuit = QuantumCircuit(2)
    circuit.h(0)
    circuit.cx(0, 1)
    return circuit


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_bits_come_back_in_the_registers(in_sandbox, name):
    machine = in_sandbox(name)
    result = machine.run(compiled(crooked(), machine), shots=100, memory=True).result()

    assert result.get_counts() == {"11 001": 100}
    assert result.get_memory() == ["11 001"] * 100
    assert result.results[0].header["metadata"] == {"run": 7}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_loose_and_shared_bits_come_back_in_the_circuits_order(in_sandbox, name):
    machine = in_sandbox(name)
    counts = machine.run(compiled(shared(), machine), shots=100).result().get_counts()

    assert {bits.replace(" ", ""): count for bits, count in counts.items()} == {"110": 100}


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_bits_come_back_in_the_registers_without_a_record(in_sandbox, name, monkeypatch):
    machine = in_sandbox(name)
    opened = job(machine.run(compiled(crooked(), machine), shots=100).address)
    monkeypatch.setattr(opened._job, "_recorded", lambda: None)
    (counts,) = opened.result().get_counts().items()

    assert counts == ("11 001", 100)


@pytest.mark.parametrize("name", ["aws.sim.sv1", "azure.ionq.simulator", "qudora.sim.xg1"])
def test_loose_and_shared_bits_come_back_without_a_record(in_sandbox, name, monkeypatch):
    machine = in_sandbox(name)
    sent = machine.run(compiled(shared(), machine), shots=100)
    opened = job(sent.address)
    monkeypatch.setattr(opened._job, "_recorded", lambda: None)

    assert opened.result().get_counts() == sent.result().get_counts()


@pytest.mark.parametrize("name", [one for one in ONE_OF_EACH if not one.startswith("ibm")])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.__name__)
def test_an_algorithm_gives_its_distribution(in_sandbox, name, algorithm):
    machine = in_sandbox(name)
    circuit, _ = algorithm()
    counts = machine.run(compiled(circuit, machine), shots=SHOTS).result().get_counts()
    exact = expected(circuit)
    found = {int(bits, 2): count for bits, count in counts.items()}

    for state in exact.keys() | found.keys():
        wanted = exact.get(state, 0.0)
        spread = 6 * math.sqrt(SHOTS * wanted * (1 - wanted)) + 1
        assert abs(found.get(state, 0) - SHOTS * wanted) <= spread


# Primitives --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["iqm.qpu.garnet", "kipu.sim.qsim", "aws.sim.sv1"])
def test_an_estimate_over_counts_is_right(in_sandbox, name):
    observable = SparsePauliOp.from_list([("ZZ", 1.0), ("XX", 0.5), ("ZI", 2.0)])
    estimator = EstimatorV2(in_sandbox(name), options={"seed": 3})
    result = estimator.run([(bell(), observable)], precision=0.02).result()

    assert result[0].data.evs == pytest.approx(1.5, abs=0.15)


def test_sampler_and_estimator_of_ibm_run_on_the_server(in_sandbox):
    machine = in_sandbox("ibm.qpu.fez")
    gates = compiled(bell(), machine)
    measured = compiled(bell().measure_all(inplace=False), machine)
    observable = SparsePauliOp("ZZ").apply_layout(gates.layout)
    sampled = SamplerV2(machine).run([measured], shots=200).result()
    estimated = EstimatorV2(machine).run([(gates, observable)], precision=0.05).result()

    assert sum(sampled[0].data.meas.get_counts().values()) == 200
    assert estimated[0].data.evs == pytest.approx(1, abs=0.3)
    assert "target_precision" in estimated[0].metadata


def test_a_job_of_the_estimator_is_opened_by_its_address(in_sandbox):
    machine = in_sandbox("ibm.qpu.fez")
    gates = compiled(bell(), machine)
    observable = SparsePauliOp("ZZ").apply_layout(gates.layout)
    sent = EstimatorV2(machine).run([(gates, observable)], precision=0.05)

    assert job(sent.address).result()[0].data.evs == sent.result()[0].data.evs


def test_jobs_join_a_session_on_ibm(in_sandbox):
    machine = in_sandbox("ibm.qpu.fez")
    with Session(backend=machine) as session:
        circuit = compiled(bell().measure_all(inplace=False), machine)
        SamplerV2(mode=session).run([circuit], shots=10).result()
        jobs = machine.cloud.run(machine.cloud.session_jobs_flow(session.session_id))

    assert len(jobs) == 1


# States ------------------------------------------------------------------------------------------


def test_the_state_vector_is_that_of_the_circuit(in_sandbox):
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cp(0.7, 0, 1)
    circuit.ry(0.3, 1)
    circuit.cx(1, 2)
    found = in_sandbox("kipu.sim.qsim").run(circuit, mode="statevector").statevector()

    assert found.equiv(Statevector(circuit))


def test_amplitudes_are_those_of_the_circuit(in_sandbox):
    circuit = QuantumCircuit(2)
    circuit.ry(0.8, 0)
    circuit.s(0)
    wanted = ["00", "01", "10"]
    machine = in_sandbox("kipu.sim.qsim")
    found = machine.run(circuit, mode="amplitudes", bitstrings=wanted).amplitudes()
    exact = Statevector(circuit).to_dict()
    turn = cmath.phase(found["00"])

    for state in wanted:
        assert np.isclose(found[state] * cmath.exp(-1j * turn), exact.get(state, 0))


def test_amplitudes_do_not_fit_into_counts(in_sandbox):
    done = in_sandbox("kipu.sim.qsim").run(bell(), mode="statevector")
    with pytest.raises(ProgramError, match="was run in mode 'statevector'"):
        done.amplitudes()


# Machines ----------------------------------------------------------------------------------------


def test_a_machine_from_the_list_is_described_when_it_is_needed(running):
    provider = KetbridgeProvider("sandbox:kipu")
    garnet = provider.backends("iqm.qpu.garnet")[0]

    assert garnet.num_qubits == 20
    assert garnet.target["r"][0,].error > 0
    assert garnet.target["cz"][0, 1].duration > 0


def test_a_circuit_that_decides_runs_where_the_machine_says_so(in_sandbox):
    circuit = QuantumCircuit(2, 2)
    circuit.x(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)

    assert in_sandbox("qudora.sim.xg1").run(circuit, shots=20).result().get_counts() == {"11": 20}
    fez = in_sandbox("ibm.qpu.fez")
    assert fez.run(compiled(circuit, fez), shots=20).result().get_counts() == {"11": 20}
    with pytest.raises(CircuitError, match="if_else"):
        in_sandbox("aws.sim.sv1").run(circuit)


@pytest.mark.parametrize("name", ["iqm.qpu.garnet", "iqm.qpu.star"])
def test_a_state_is_teleported_on_iqm(in_sandbox, name):
    circuit = QuantumCircuit(QuantumRegister(3, "q"), ClassicalRegister(2, "m"))
    out = ClassicalRegister(1, "out")
    circuit.add_register(out)
    circuit.ry(2 * math.pi / 3, 0)  # 1 with the probability 3/4
    circuit.h(1)
    circuit.cx(1, 2)
    circuit.cx(0, 1)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    with circuit.if_test((circuit.clbits[1], 1)):
        circuit.x(2)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.z(2)
    circuit.reset(0)
    circuit.measure(0, 0)
    circuit.measure(2, out[0])
    machine = in_sandbox(name)
    counts = machine.run(compiled(circuit, machine), shots=SHOTS).result().get_counts()
    ones = sum(count for bits, count in counts.items() if bits.startswith("1"))

    assert all(bits.endswith("0") for bits in counts)
    assert abs(ones - 0.75 * SHOTS) < 6 * math.sqrt(SHOTS * 3) / 4


@pytest.mark.parametrize("name", ["aws.rigetti.cepheus", "aws.ionq.forte"])
def test_a_verbatim_box_runs_on_devices_of_aws(in_sandbox, name):
    machine = in_sandbox(name)
    circuit = QuantumCircuit(6, 2)
    circuit.x(4)
    with circuit.box(label="verbatim"):
        if "gpi" in machine.info.native_gates:
            circuit.append(GPIGate(0.0), [5])
        else:
            circuit.rx(math.pi, 5)
            circuit.cz(4, 5)
    circuit.measure([5, 3], [0, 1])

    assert machine.run(circuit, shots=100).result().get_counts() == {"01": 100}

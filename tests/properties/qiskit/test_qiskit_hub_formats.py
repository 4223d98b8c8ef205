"""Circuits mean the same in Qiskit and in each language of the machines behind the Hub."""

import json

import pytest
from braket.default_simulator import StateVectorSimulator
from braket.ir.openqasm import Program as OpenQasm
from contract.hub import HubContract
from hypothesis import given, settings
from oracles import gate_text, iqm_json
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.quantum_info import Statevector
from support.qiskit_algorithms import ALGORITHMS
from support.qiskit_circuits import assert_same, expected
from support.qiskit_random import EXACT, circuits

from ketbridge.clouds.document import Document
from ketbridge.clouds.kipu import payload, results
from ketbridge.clouds.kipu.families import DOCUMENTED
from ketbridge.clouds.kipu.models import Job
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import iqm_json as keys
from qiskit_ketbridge.translate import Format, encode
from qiskit_ketbridge.translate.text import encode_openqasm2

MANY = settings(EXACT, max_examples=200)
CONTRACT = HubContract("kipu_hub.json")


def of_openqasm2(program):
    return expected(qasm2.loads(program.body.decode()))


def of_openqasm3(program):
    found = gate_text.distribution(program.body.decode())
    assert_same(found, expected(qasm3.loads(program.body.decode())))
    return found


def of_braket(program):
    """Undo what the text leaves out: it measures each qubit once."""
    found = gate_text.distribution(program.body.decode())
    qubits = sources(program).values()
    if len(set(qubits)) == len(qubits):
        return found
    place = {qubit: bit for bit, qubit in enumerate(sorted(set(qubits)))}
    return regrouped(found, {bit: place[qubit] for bit, qubit in sources(program).items()})


def of_iqm(program):
    bits = keys.bits_of_keys(program.readout)
    found = {}
    for outcome, weight in iqm_json.distribution(program.body).items():
        state = sum(bit << bits[key] for key, bit in outcome)
        found[state] = found.get(state, 0.0) + weight
    return found


def sources(program):
    return {bit: one for bit, one in enumerate(program.readout.sources) if one is not None}


def regrouped(distribution, columns):
    found = {}
    for state, weight in distribution.items():
        bits = sum((state >> column & 1) << bit for bit, column in columns.items())
        found[bits] = found.get(bits, 0.0) + weight
    return found


READ = {
    Format.OPENQASM2: of_openqasm2,
    Format.OPENQASM3: of_openqasm3,
    Format.BRAKET_OPENQASM3: of_braket,
    Format.IQM: of_iqm,
}


@MANY
@given(circuits(max_gates=8))
def test_openqasm_2_is_read_by_qiskit(circuit):
    assert_same(of_openqasm2(encode(circuit, Format.OPENQASM2)), expected(circuit))


@MANY
@given(circuits(max_gates=8))
def test_openqasm_3_means_the_circuit(circuit):
    assert_same(of_openqasm3(encode(circuit, Format.OPENQASM3)), expected(circuit))


@MANY
@given(circuits(max_gates=8))
def test_openqasm_3_of_braket_means_the_circuit(circuit):
    assert_same(of_braket(encode(circuit, Format.BRAKET_OPENQASM3)), expected(circuit))


@MANY
@given(circuits(max_gates=6))
def test_iqm_json_means_the_circuit(circuit):
    assert_same(of_iqm(encode(circuit, Format.IQM)), expected(circuit))


@MANY
@given(circuits(max_gates=8))
def test_openqasm_2_without_measurements_has_the_state(circuit):
    gates = QuantumCircuit(circuit.num_qubits)
    for instruction in circuit.data:
        if instruction.name not in ("measure", "barrier"):
            on = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
            gates.append(instruction.operation, on)
    text = encode_openqasm2(circuit, measured=False).body.decode()

    assert Statevector(qasm2.loads(text)).equiv(Statevector(gates))


BODIES = {
    "kipu.sim.qsim": Format.OPENQASM2,
    "qudora.sim.xg1": Format.OPENQASM3,
    "aws.sim.sv1": Format.BRAKET_OPENQASM3,
    "azure.ionq.simulator": Format.IONQ_QIS,
    "iqm.qpu.garnet": Format.IQM,
}


@settings(EXACT, max_examples=40)
@given(circuits(max_gates=5))
def test_the_contract_takes_every_circuit(circuit):
    schema = {"$ref": "#/components/schemas/CreateJobRequest"}
    for name, form in BODIES.items():
        family = DOCUMENTED[name]
        asked = Request(name, (encode(circuit, form),), 10, tags=("mine",), sdk="qiskit")
        body = json.loads(payload.encode(Submission(asked, "kipu"), family))
        assert not CONTRACT.errors(schema, body, sent=True), name


@pytest.mark.parametrize("written", READ, ids=lambda written: written.name)
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=lambda algorithm: algorithm.__name__)
def test_an_algorithm_gives_what_it_should(algorithm, written):
    circuit, known = algorithm()
    found = READ[written](encode(circuit, written))

    assert_same(found, expected(circuit))
    for state, probability in (known or {}).items():
        assert found[state] == pytest.approx(probability, abs=1e-9)


@settings(EXACT, max_examples=60)
@given(circuits(max_gates=6))
def test_brakets_own_simulator_reads_every_circuit(circuit):
    program = encode(circuit, Format.BRAKET_OPENQASM3)
    shots = 2000
    answer = StateVectorSimulator().run(OpenQasm(source=program.body.decode()), shots=shots)
    document = Document(answer.json().encode())
    request = Request("aws.sim.sv1", (program,), shots)
    [measured] = results.measurements(document, Job(id="j"), request)
    exact = expected(circuit)

    assert measured.num_bits == circuit.num_clbits
    for bits, count in measured.counts.items():
        assert abs(count / shots - exact.get(int(bits, 2), 0.0)) < 0.1


def test_a_circuit_of_iqm_gates_is_written_as_it_is():
    circuit = QuantumCircuit(2, 2)
    circuit.r(0.5, 0.25, 1)
    circuit.barrier()
    circuit.cz(1, 0)
    circuit.measure([1, 0], [0, 1])
    body = json.loads(encode(circuit, Format.IQM, qubits=("QB4", "QB7")).body)

    assert [one["name"] for one in body["instructions"]] == [
        "prx", "barrier", "cz", "measure", "measure",
    ]  # fmt: skip
    assert body["instructions"][2]["qubits"] == ["QB7", "QB4"]
    assert [one["args"]["key"] for one in body["instructions"][3:]] == ["c_2_0_0", "c_2_0_1"]


def test_openqasm_2_keeps_the_names_of_registers():
    circuit = QuantumCircuit(2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure_all()
    program = encode(circuit, Format.OPENQASM2)

    assert "creg meas[2];" in program.body.decode()
    assert program.name == "bell"

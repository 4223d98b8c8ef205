"""What jobs of each family give: the form of the result and which end of it is qubit 0."""

from __future__ import annotations

import json

import pytest
from braket.device_schema import ionq, quera, simulators
from braket.device_schema.rigetti import rigetti_device_capabilities_v2 as rigetti
from qiskit import QuantumCircuit
from qiskit_ibm_runtime import RuntimeDecoder
from sandbox.kipu.conftest import BELL2
from support.ibm_programs import qpy_of, sampled

from ketbridge.clouds.ibm import payload
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format, Program, Readout

QSIM = "kipu.sim.qsim"
ONE_OF_TWO = (
    'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[3]; '
    "x q[0]; measure q[0] -> c[0]; measure q[1] -> c[1];"
)
AWS = "OPENQASM 3.0;\nqubit[4] q;\nbit[4] b;\n"
READ = "b[0] = measure q[0];\nb[1] = measure q[1];\nb[2] = measure q[2];\nb[3] = measure q[3];\n"


def series(*values):
    times = ["0", "0.000001", "0.000003"]
    return {"time_series": {"values": list(values), "times": times}, "pattern": "uniform"}


PAIR = {
    "setup": {"ahs_register": {"sites": [["0", "0"], ["0", "0.0001"]], "filling": [1, 0]}},
    "hamiltonian": {
        "drivingFields": [
            {
                "amplitude": series("0", "1047197.551", "1047197.551"),
                "phase": series("0", "0", "0"),
                "detuning": series("0", "0", "0"),
            }
        ],
        "localDetuning": [],
    },
}


def circuit(*instructions):
    return {"circuits": [{"name": "c", "instructions": list(instructions)}]}


def measure(qubit, key, **args):
    return {"name": "measure", "qubits": [qubit], "args": {"key": key, **args}}


FLIP = {"name": "prx", "qubits": ["QB1"], "args": {"angle_t": 0.5, "phase_t": 0.0}}


def test_kipu_counts_have_classical_bit_0_leftmost(client):
    assert client.result(QSIM, {"qasm": ONE_OF_TWO})["counts"] == {"100": 100}


def test_kipu_states_have_qubit_0_leftmost(client):
    text = {"qasm": ONE_OF_TWO}
    vector = client.result(QSIM, text, input_params={"mode": "statevector"})["statevector"]
    asked = {"mode": "amplitudes", "bitstrings": ["10", "01"]}
    amplitudes = client.result(QSIM, text, input_params=asked)["amplitudes"]

    assert vector == [[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    assert amplitudes == {"10": [1.0, 0.0], "01": [0.0, 0.0]}


def test_kipu_refuses_a_gate_that_it_does_not_have(client):
    text = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; rzz(1) q[0], q[1];'
    assert "rzz" in client.reason(QSIM, {"qasm": text})


@pytest.mark.parametrize("given", [ONE_OF_TWO, {"qasm": ONE_OF_TWO}])
def test_qudora_counts_have_classical_bit_0_rightmost(client, given):
    assert client.result("qudora.sim.xg1", given) == {"counts": {"001": 100}}


def test_qudora_reads_openqasm_3(client):
    text = (
        'OPENQASM 3.0; include "stdgates.inc"; qubit[1] q; bit[2] c; x q[0]; c[1] = measure q[0];'
    )
    params = {"language": "OpenQASM3"}
    assert client.result("qudora.sim.xg1", {"qasm": text}, input_params=params) == {
        "counts": {"10": 100}
    }


@pytest.mark.parametrize("device", ["aws.sim.sv1", "aws.sim.dm1", "aws.ionq.forte"])
def test_aws_columns_are_the_qubits_in_the_order_they_were_measured(client, device):
    text = AWS + "x q[1];\nb[0] = measure q[1];\nb[1] = measure q[0];\n"

    result = client.result(device, {"qasm": text, "backendId": device})

    assert result["measuredQubits"] == [1, 0]
    assert result["measurements"] == [[1, 0]] * 100
    assert result["taskMetadata"]["shots"] == 100


@pytest.mark.parametrize(
    ("gates", "expected"),
    [
        ("x q[0];\nctrl @ x q[0], q[3];\n", [1, 0, 0, 1]),
        ("negctrl @ x q[0], q[3];\n", [0, 0, 0, 1]),
        ("x q[2];\nctrl @ x q[2], q[0];\n", [1, 0, 1, 0]),
        ("x q[2];\nnegctrl @ ry(3.141592653589793) q[2], q[0];\n", [0, 0, 1, 0]),
        ("x q[0];\nctrl @ x q[0], q[2];\nctrl(2) @ x q[0], q[2], q[1];\n", [1, 1, 1, 0]),
        ("x q[0];\npow(2) @ cnot q[0], q[1];\n", [1, 0, 0, 0]),
        ("x q[0];\npow(2) @ swap q[0], q[1];\n", [1, 0, 0, 0]),
        ("pow(0.5) @ x q[2];\npow(0.5) @ x q[2];\n", [0, 0, 1, 0]),
        ("v q[2];\ninv @ v q[2];\nx q[1];\n", [0, 1, 0, 0]),
    ],
)
def test_aws_modifiers_act_as_openqasm_says(client, gates, expected):
    text = AWS + gates + READ
    assert client.result("aws.sim.sv1", {"qasm": text})["measurements"] == [expected] * 100


def test_aws_simulates_noise_on_the_density_matrix_device(client):
    text = AWS + "#pragma braket noise bit_flip(1.0) q[2]\n" + READ
    rows = client.result("aws.sim.dm1", {"qasm": text.replace("bit_flip(1.0)", "bit_flip(0.5)")})
    assert {row[2] for row in rows["measurements"]} == {0, 1}


def test_aws_takes_physical_qubits_in_verbatim_boxes(client):
    text = (
        "OPENQASM 3.0;\nbit[1] b;\n#pragma braket verbatim\nbox{\ngpi(0) $5;\n}\nb[0] = measure $5;"
    )
    result = client.result("aws.ionq.forte", {"qasm": text})
    assert (result["measuredQubits"], result["measurements"]) == ([5], [[1]] * 100)


@pytest.mark.parametrize("word", ["gate", "type"])
def test_azure_gives_exact_probabilities_by_decimal_state(client, word):
    gates = [{word: "h", "targets": [0]}, {word: "x", "controls": [0], "targets": [2]}]
    job = client.submit("azure.ionq.simulator", {"gateset": "qis", "qubits": 3, "circuit": gates})

    assert client.ended(job)["input_params"]["qubits"] == 3
    assert client.get(f"/jobs/{job}/result").json() == {"histogram": {"0": 0.5, "5": 0.5}}


@pytest.mark.parametrize(
    "flip",
    [
        FLIP,
        {"name": "prx", "locus": ["QB1"], "args": {"angle": 3.141592653589793, "phase": 0.0}},
    ],
)
def test_iqm_has_the_first_measured_key_rightmost(client, flip):
    given = circuit(flip, measure("QB1", "c_2_0_0"), measure("QB2", "c_2_0_1"))

    (counts,) = client.result("iqm.qpu.garnet", given, shots=2)["measurement_counts"]

    assert counts == {
        "measurement_keys": ["c_2_0_1", "c_2_0_0"],
        "counts": {"01": 2},
        "memory": ["0x1", "0x1"],
    }


def test_iqm_rotates_on_a_condition(client):
    turn = {"name": "cc_prx", "qubits": ["QB2"], "args": {"angle_t": 0.5, "phase_t": 0.0}}
    turn["args"]["feedback_key"] = "f"
    given = circuit(FLIP, measure("QB1", "a", feedback_key="f"), turn, measure("QB2", "b"))
    (counts,) = client.result("iqm.qpu.emerald", given)["measurement_counts"]
    assert counts["counts"] == {"11": 100}


def test_iqm_refuses_a_pair_that_are_no_neighbours(client):
    given = circuit({"name": "cz", "qubits": ["QB1", "QB20"]}, measure("QB1", "a"))
    assert "QB20" in client.reason("iqm.qpu.garnet", given)


STAR = "iqm.qpu.star"
MOVE = {"name": "move", "qubits": ["QB1", "CR1"]}


def test_iqm_joins_qubits_through_a_resonator(client):
    quarter = {"name": "prx", "qubits": ["QB2"], "args": {"angle_t": 0.25, "phase_t": 0.25}}
    joined = {"name": "cz", "qubits": ["QB2", "CR1"]}
    given = circuit(FLIP, quarter, MOVE, joined, MOVE, quarter, measure("QB2", "a"))

    (counts,) = client.result(STAR, given)["measurement_counts"]

    assert counts["counts"] == {"0": 100}  # without the cz the two quarter turns give 1


@pytest.mark.parametrize(
    ("instructions", "reason"),
    [
        ([MOVE, FLIP, MOVE], "prx acts on QB1, whose state is in a resonator"),
        ([MOVE], "ends while states are in CR1"),
        ([MOVE, {"name": "move", "qubits": ["QB2", "CR1"]}], "holds another state"),
        ([{"name": "move", "qubits": ["CR1", "QB1"]}], "no calibration at CR1, QB1"),
        ([{"name": "cz", "qubits": ["QB1", "QB2"]}], "no calibration at QB1, QB2"),
        ([{"name": "prx", "qubits": ["CR1"], "args": FLIP["args"]}], "no qubit 'CR1'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_iqm_refuses_moves_that_break_its_rules(client, instructions, reason):
    assert reason in client.reason(STAR, circuit(*instructions, measure("QB3", "a")))


def test_iqm_lets_a_rotation_pass_where_moves_are_not_so_strict(client):
    given = circuit(MOVE, FLIP, MOVE, measure("QB1", "a"))
    client.result(STAR, {**given, "move_validation_mode": "allow_prx"})


def test_iqm_knows_which_qubit_a_condition_was_measured_on(client):
    args = {**FLIP["args"], "feedback_key": "f", "feedback_qubit": "QB3"}
    turn = {"name": "cc_prx", "qubits": ["QB2"], "args": args}
    given = circuit(FLIP, measure("QB1", "a", feedback_key="f"), turn)
    assert "No measurement of 'QB3'" in client.reason(STAR, given)


def test_ahs_drives_the_atoms_of_filled_sites_only(client):
    """A resonant drive of area 2.5 pi/3 excites a lone atom with the probability sin(area/2)^2."""
    result = client.result("aws.quera.aquila", {"ahs_program": PAIR}, shots=1000)

    shots = [one["shotResult"] for one in result["measurements"]]
    assert all(shot["preSequence"] == [1, 0] for shot in shots)
    excited = sum(shot["postSequence"] == [0, 0] for shot in shots) / 1000
    assert excited == pytest.approx(0.933, abs=0.04)


def test_shots_beyond_a_machines_range_fail_the_job(client):
    text = {"qasm": AWS + "x q[0];\n" + READ}
    assert "between 100 and 5000" in client.reason("aws.ionq.forte", text, shots=10)


def test_the_input_comes_back_as_it_was_sent(client):
    job = client.submit(QSIM, {"qasm": BELL2})
    client.ended(job)
    assert client.get(f"/jobs/{job}/input").json() == {"qasm": BELL2}
    streamed = client.get(f"/jobs/{job}/result-stream")
    assert json.loads(streamed.content) == client.get(f"/jobs/{job}/result").json()


def test_capabilities_of_aws_devices_are_what_brakets_schemas_say(client):
    schemas = {
        "aws.sim.sv1": simulators.GateModelSimulatorDeviceCapabilities,
        "aws.sim.dm1": simulators.GateModelSimulatorDeviceCapabilities,
        "aws.ionq.forte": ionq.IonqDeviceCapabilities,
        "aws.rigetti.cepheus": rigetti.RigettiDeviceCapabilities,
        "aws.quera.aquila": quera.QueraDeviceCapabilities,
    }
    for device, schema in schemas.items():
        document = client.get(f"/backends/{device}/config").json()
        assert schema.parse_obj(document).paradigm.qubitCount > 10, device


def test_ibm_runs_the_programs_of_the_runtime_on_its_snapshots(client):
    circuit = QuantumCircuit(2)
    circuit.x(1)
    circuit.measure_all()
    one = Program(Format.QISKIT_QPY, qpy_of(circuit), Readout.of_qubits([0, 1]), 2)
    request = Request("ibm.qpu.fez", (one,), 20)
    given = json.loads(payload.params(request))

    result = client.result("ibm.qpu.fez", given, input_params={"program_id": "sampler"})

    read = RuntimeDecoder().decode(json.dumps(result))
    assert read[0].data.meas.get_counts() == {"10": 20}


def test_an_ibm_job_whose_circuit_does_not_fit_the_machine_fails_with_ibms_code(client):
    given = json.loads(payload.params(sampled()))
    job = client.submit("ibm.qpu.fez", given, input_params={"program_id": "sampler"})
    client.ended(job)
    assert client.get(f"/jobs/{job}/result").json()["reason_code"] == 1517

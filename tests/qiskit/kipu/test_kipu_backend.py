"""Machines behind a small Hub, whose jobs end with a set result, as Qiskit backends."""

import json

import numpy as np
import pytest
from oracles import iqm_rules
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.quantum_info import Statevector
from support.hub_service import CONFIG, MACHINES, machine
from support.iqm_machines import document, star

from ketbridge.errors import ProgramError
from qiskit_ketbridge import SamplerV2, Session
from qiskit_ketbridge.errors import CircuitError
from qiskit_ketbridge.gates import ZZGate
from qiskit_ketbridge.kipu.job import KipuJob
from qiskit_ketbridge.translate import Format, encode

pytestmark = pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning")


def bell(*registers):
    circuit = QuantumCircuit(QuantumRegister(2, "q"), *(registers or [ClassicalRegister(2, "c")]))
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


# Targets -----------------------------------------------------------------------------------------


def test_an_iqm_machine_has_its_gates_where_its_document_says(on_hub):
    target = on_hub("iqm.qpu.new").target

    assert set(target.operation_names) == {"r", "cz", "measure"}
    assert set(target["cz"]) == {(0, 1), (1, 0), (1, 2), (2, 1)}
    assert set(target["r"]) == {(0,), (1,), (2,)}


def test_what_an_iqm_machine_measured_of_itself_is_at_its_place(on_hub, monkeypatch):
    observed = {
        "characterization.model.QB2.t1_time": 5e-5,
        "metrics.irb.cz.tgss.QB2__QB1.fidelity": 0.98,
        "gates.cz.tgss.QB2__QB1.duration": 4e-8,
        "metrics.ssro.measure.constant.QB3.fidelity": 0.97,
    }
    listed = [{"dut_field": name, "value": value} for name, value in observed.items()]
    monkeypatch.setitem(CONFIG, "calibrationData", {"observations": listed})
    target = on_hub("iqm.qpu.new").target

    assert target.qubit_properties[1].t1 == 5e-5
    assert target["cz"][0, 1].error == pytest.approx(0.02)
    assert target["cz"][1, 0].duration == 4e-8
    assert target["measure"][2,].error == pytest.approx(0.03)


DECIDING = {"implementations": {"a": {"loci": [["QB1"], ["QB2"], ["QB3"]]}}}


def test_an_iqm_machine_decides_where_its_document_has_cc_prx(on_hub, monkeypatch):
    monkeypatch.setitem(CONFIG, "gates", {**CONFIG["gates"], "cc_prx": DECIDING})
    target = on_hub("iqm.qpu.new").target

    assert {"if_else", "reset"} <= set(target.operation_names)
    assert set(target["reset"]) == {(0,), (1,), (2,)}


def test_a_machine_without_cc_prx_decides_nothing(on_hub, hub):
    circuit = bell()
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    with pytest.raises(
        CircuitError, match=r"has if_else, for which a machine needs cc_prx; .* none"
    ):
        on_hub("iqm.qpu.new").run(circuit)
    assert not hub.bodies


def test_qubits_are_joined_through_a_resonator_where_the_document_has_moves(on_hub, monkeypatch):
    loci = star(3)
    durations = {
        "gates.cz.a.QB2__CR1.duration": 4e-8,
        "gates.move.a.QB1__CR1.duration": 1e-7,
        "metrics.irb.cz.a.QB2__CR1.fidelity": 0.99,
        "metrics.irb.cz.a.QB1__CR1.fidelity": 0.9,
    }
    observed = [{"dut_field": name, "value": value} for name, value in durations.items()]
    described = document(loci, ("QB1", "QB2", "QB3"))
    for name in ("gates", "computational_resonators"):
        monkeypatch.setitem(CONFIG, name, described[name])
    monkeypatch.setitem(CONFIG, "calibrationData", {"observations": observed})
    machine = on_hub("iqm.qpu.new")
    joined = machine.target["cz"][1, 0]

    assert set(machine.target["cz"]) == {(a, b) for a in range(3) for b in range(3) if a != b}
    assert joined.error == pytest.approx(0.01)  # the better of the two ways
    assert joined.duration == pytest.approx(2.4e-7)
    assert iqm_rules.broken(machine.encode([transpile(bell(), machine)])[0].body, loci) is None


def test_a_simulator_takes_every_gate_anywhere(on_hub):
    target = on_hub("kipu.sim.qsim").target

    assert target.num_qubits == 3
    assert {"h", "cx", "ccx", "measure"} <= set(target.operation_names)
    assert target.build_coupling_map() is None


def test_a_machine_that_reads_openqasm_3_has_control_flow(on_hub):
    assert "if_else" in on_hub("qudora.sim.new").target.operation_names


def test_ibm_without_its_configuration_is_refused(on_hub):
    with pytest.raises(ProgramError, match=r"no configuration of ibm\.qpu\.fez"):
        _ = on_hub("ibm.qpu.fez").target


def test_a_machine_without_a_format_that_is_written_is_refused(on_hub):
    words = "reads ACME_V1, not known here: no circuit of gates can be run on it"
    with pytest.raises(CircuitError, match=words):
        on_hub("acme.qpu.one").run(bell())


COUNTED = {"counts": {"11": 5, "00": 5}}
NEW_MACHINES = {
    "OPEN_QASM_V2": COUNTED,
    "OPEN_QASM_V3": COUNTED,
    "BRAKET_OPEN_QASM_V3": {
        "braketSchemaHeader": {"name": "braket.task_result.gate_model_task_result", "version": "1"},
        "measurements": [[1, 1]] * 5 + [[0, 0]] * 5,
        "measuredQubits": [0, 1],
    },
    "IONQ_CIRCUIT_V1": {"histogram": {"0": 0.5, "3": 0.5}},
    "IQM_JOB_INPUT_V1": {
        "measurement_counts": [
            {"measurement_keys": ["c_2_0_0", "c_2_0_1"], "counts": {"11": 5, "00": 5}}
        ]
    },
}


@pytest.mark.parametrize("known", NEW_MACHINES)
@pytest.mark.parametrize("provider", ["NEWCO", "QRYD", None])
def test_a_machine_of_any_provider_runs_what_it_lists(on_hub, hub, monkeypatch, known, provider):
    new = machine("newco.sim.one", provider, "NEWCO_V1", known)
    monkeypatch.setitem(MACHINES, "newco.sim.one", new)
    hub.documents["config"] = 404
    hub.result = NEW_MACHINES[known]
    found = on_hub("newco.sim.one")
    counts = found.run(transpile(bell(), found), shots=10).result().get_counts()

    assert hub.bodies[0]["input_format"] == known
    assert counts == {"11": 5, "00": 5}


def test_another_gate_set_is_refused(on_hub):
    with pytest.raises(ProgramError, match="one set of gates"):
        on_hub("kipu.sim.qsim", gateset="native")


# Runs --------------------------------------------------------------------------------------------


def test_counts_of_kipus_simulator_come_in_qiskits_order(on_hub, hub):
    hub.result = {"counts": {"100": 3, "110": 1}}
    circuit = QuantumCircuit(3, 3)
    circuit.x(0)
    circuit.measure(range(3), range(3))
    job = on_hub("kipu.sim.qsim").run(circuit, shots=4, memory=True)
    result = job.result()

    assert result.get_counts() == {"001": 3, "011": 1}
    assert sorted(result.get_memory()) == ["001", "001", "001", "011"]
    assert isinstance(job, KipuJob)


def test_counts_of_iqm_go_into_the_registers_by_their_keys(on_hub, hub):
    iqm = on_hub("iqm.qpu.new")
    circuit = bell(ClassicalRegister(1, "alpha"), ClassicalRegister(1, "beta"))
    hub.result = {
        "measurement_counts": [
            {"measurement_keys": ["beta_1_1_0", "alpha_1_0_0"], "counts": {"10": 7, "00": 1}}
        ]
    }
    job = iqm.run(transpile(circuit, iqm, seed_transpiler=1), shots=8)

    assert job.result().get_counts() == {"1 0": 7, "0 0": 1}
    names = {
        qubit
        for one in hub.bodies[0]["input"]["circuits"][0]["instructions"]
        for qubit in one["qubits"]
    }
    assert names <= {"QB1", "QB2", "QB3"}


def test_a_circuit_that_is_not_on_the_pairs_of_iqm_is_refused(on_hub):
    circuit = QuantumCircuit(3, 1)
    circuit.cz(0, 2)
    circuit.measure(0, 0)
    with pytest.raises(CircuitError, match=r"is cz on qubits 0, 2, which the machine does not"):
        on_hub("iqm.qpu.new").run(circuit)


def test_several_circuits_are_a_job_each_on_a_machine_that_takes_one(on_hub, hub):
    sent = on_hub("kipu.sim.qsim").run([bell(), bell()], shots=8)
    assert len(sent.jobs) == len(hub.bodies) == 2


def test_too_many_qubits_are_refused(on_hub):
    circuit = QuantumCircuit(5)
    circuit.measure_all()
    with pytest.raises(ProgramError, match=r"uses 5 qubits; kipu\.sim\.qsim has 3"):
        on_hub("kipu.sim.qsim").run(circuit)


def test_a_machine_behind_the_hub_that_takes_one_circuit_samples_each_by_itself(on_hub, hub):
    hub.result = {"counts": {"11": 3, "00": 5}}
    sampler = SamplerV2(on_hub("kipu.sim.qsim"))
    result = sampler.run([bell(), bell()], shots=8).result()

    assert [one.data.c.get_counts() for one in result] == [{"11": 3, "00": 5}] * 2
    assert len(hub.bodies) == 2


def test_a_primitive_transpiles_for_iqm(on_hub, hub):
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.cx(0, 2)
    circuit.measure(2, 0)
    hub.result = {
        "measurement_counts": [{"measurement_keys": ["c_1_0_0"], "counts": {"1": 3, "0": 1}}]
    }
    result = SamplerV2(on_hub("iqm.qpu.new")).run([circuit], shots=4).result()

    assert result[0].data.c.get_counts() == {"1": 3, "0": 1}


# States ------------------------------------------------------------------------------------------


def test_a_state_vector_comes_with_qubit_0_least_significant(on_hub, hub):
    hub.result = {"statevector": [[0, 0], [0, 0], [1, 0], [0, 0]]}  # 10, qubit 0 leftmost
    circuit = QuantumCircuit(2)
    circuit.x(0)
    job = on_hub("kipu.sim.qsim").run(circuit, mode="statevector")

    assert job.statevector() == Statevector.from_label("01")
    assert np.allclose(job.result().get_statevector(), [0, 1, 0, 0])
    assert "measure" not in hub.bodies[0]["input"]["qasm"]


def test_amplitudes_are_asked_for_and_given_with_qubit_0_rightmost(on_hub, hub):
    hub.result = {"amplitudes": {"10": [0.6, 0.0], "00": [0.0, 0.8]}}
    job = on_hub("kipu.sim.qsim").run(bell(), mode="amplitudes", bitstrings=["01", "00"])

    assert hub.bodies[0]["input_params"]["bitstrings"] == ["10", "00"]
    assert job.amplitudes() == {"01": 0.6, "00": 0.8j}
    assert job.result().data()["amplitudes"] == {"01": 0.6, "00": 0.8j}


def test_counts_are_no_state_vector(on_hub, hub):
    job = on_hub("kipu.sim.qsim").run(bell(), shots=8)
    with pytest.raises(ProgramError, match="was run in mode 'sample'"):
        job.statevector()


def test_a_mode_is_for_kipus_simulator_only(on_hub):
    with pytest.raises(ProgramError, match=r"aws\.sim\.sv1 gives counts only"):
        on_hub("aws.sim.sv1").run(bell(), mode="statevector")


def test_bit_strings_of_another_length_are_refused(on_hub, hub):
    with pytest.raises(ProgramError, match=r"bitstrings\[0\] has 3 bits; the circuit has 2"):
        on_hub("kipu.sim.qsim").run(bell(), mode="amplitudes", bitstrings=["100"])
    assert not hub.bodies


# Sessions ----------------------------------------------------------------------------------------


def test_a_machine_without_sessions_says_so(on_hub):
    with pytest.raises(ProgramError, match="session"), Session(backend=on_hub("kipu.sim.qsim")):
        pass


def test_a_program_is_the_documented_one(on_hub, hub):
    on_hub("aws.sim.sv1").run(bell(), shots=10)
    (body,) = hub.bodies

    assert body["input_format"] == "BRAKET_OPEN_QASM_V3"
    assert body["sdk_provider"] == "QISKIT"
    assert "cnot q[0], q[1];" in json.dumps(body["input"])


def test_qubits_that_stay_are_those_of_the_machine(on_hub, hub):
    hub.result = {
        "braketSchemaHeader": {"name": "braket.task_result.gate_model_task_result", "version": "1"},
        "measurements": [[1, 0]],
        "measuredQubits": [1, 2],
    }
    circuit = QuantumCircuit(3, 2)
    circuit.cx(2, 1)
    circuit.measure([2, 1], [0, 1])
    job = on_hub("aws.sim.sv1").run(circuit, shots=1, disable_qubit_rewiring=True)
    text = hub.bodies[0]["input"]["qasm"]

    assert hub.bodies[0]["input_params"] == {"disable_qubit_rewiring": True}
    assert text.startswith("OPENQASM 3.0;\nbit[2] b;\ncnot $2, $1;\nb[0] = measure $2;\n")
    assert job.result().get_counts() == {"10": 1}


def in_a_box(gates, label="verbatim"):
    circuit = QuantumCircuit(4, 2)
    circuit.h(3)
    with circuit.box(label=label):
        gates(circuit)
    circuit.h(3)
    circuit.measure([3, 1], [0, 1])
    return circuit


def test_a_verbatim_box_goes_out_as_it_is_on_the_machines_qubits():
    def gates(circuit):
        circuit.rx(0.5, 3)
        circuit.append(ZZGate(0.25), [3, 1])
        circuit.barrier()
        circuit.r(1.5, 0.25, 1)

    text = encode(in_a_box(gates), Format.BRAKET_OPENQASM3).body.decode()

    assert text.splitlines()[2:11] == [
        "h $3;", "#pragma braket verbatim", "box{", "rx(0.5) $3;", f"zz({np.pi / 2!r}) $3, $1;",
        "prx(1.5, 0.25) $1;", "}", "h $3;", "b[0] = measure $3;",
    ]  # fmt: skip


def test_a_box_of_another_label_is_compiled_as_ever():
    text = encode(in_a_box(lambda circuit: circuit.sx(1), "mine"), Format.BRAKET_OPENQASM3)

    assert "pragma" not in text.body.decode()


def test_a_gate_that_the_machine_does_not_have_is_refused_in_a_box(on_hub, hub):
    circuit = in_a_box(lambda circuit: circuit.sx(1))
    with pytest.raises(
        CircuitError, match=r"instruction 0 of a verbatim box, 'sx', .* which has h"
    ):
        on_hub("aws.sim.sv1").run(circuit)
    assert not hub.bodies

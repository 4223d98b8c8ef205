"""What a backend says of its machine, and that transpiled circuits can be sent."""

import pytest
from oracles import ionq_json
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.equivalence_library import SessionEquivalenceLibrary
from qiskit.circuit.library import (
    CXGate,
    PermutationGate,
    UGate,
    get_standard_gate_name_mapping,
)
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Operator, Statevector
from qiskit.transpiler import generate_preset_pass_manager
from support.qiskit_circuits import assert_same, expected, written

from qiskit_ketbridge import GPI2Gate, GPIGate, KetbridgeProvider, MSGate, ZZGate, backend
from qiskit_ketbridge.target import QIS_GATES, WIDE_QIS_GATES
from qiskit_ketbridge.translate import Format, encode
from qiskit_ketbridge.transpiler.equivalences import register


def measured(circuit):
    circuit.measure_all()
    return circuit


@pytest.mark.parametrize("name", [*QIS_GATES, *WIDE_QIS_GATES])
def test_every_gate_of_the_target_can_be_sent(name):
    gate = get_standard_gate_name_mapping()[name]
    circuit = QuantumCircuit(3)
    circuit.append(gate.base_class(*([0.3] * len(gate.params))), range(gate.num_qubits))

    assert encode(measured(circuit), Format.IONQ_QIS).num_qubits == 3


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("name", ["simulator", "machine"])
def test_transpiled_circuits_can_be_sent_and_mean_the_same(name, level, request):
    device = request.getfixturevalue(name)
    for seed in range(4):
        circuit = random_circuit(4, 5, max_operands=4, seed=seed)
        circuit.append(PermutationGate([2, 0, 3, 1]), range(4))
        circuit = measured(circuit)

        compiled = transpile(circuit, device, optimization_level=level, seed_transpiler=1)

        assert_same(written(encode(compiled, Format.IONQ_QIS)), expected(circuit), 1e-7)


@pytest.mark.parametrize("level", range(4))
def test_a_pass_manager_is_made_for_the_backend(simulator, level):
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.ccx(0, 1, 2)
    compiled = generate_preset_pass_manager(level, backend=simulator).run(measured(circuit))

    assert_same(written(encode(compiled, Format.IONQ_QIS)), expected(circuit))


def test_gates_that_the_service_has_are_left_alone(simulator):
    circuit = QuantumCircuit(4)
    circuit.h(0)
    circuit.cp(0.3, 0, 1)
    circuit.rzz(0.2, 1, 2)
    circuit.ccx(0, 1, 2)
    circuit.cswap(0, 3, 2)
    circuit.csx(3, 1)
    compiled = transpile(measured(circuit), simulator, optimization_level=0)

    assert compiled.count_ops() == circuit.count_ops()


def test_a_dynamic_circuit_can_be_transpiled(simulator):
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.swap(0, 1)
    circuit.reset(0)

    compiled = transpile(circuit, simulator)

    assert encode(compiled, Format.IONQ_QASM3).format is Format.IONQ_QASM3


def test_the_machine_s_numbers_come_from_its_calibration(machine):
    calibration = machine.info.calibration
    target = machine.target

    assert target.num_qubits == machine.info.num_qubits == 36
    assert target["h"][(0,)].error == pytest.approx(1 - calibration.fidelity_1q)
    assert target["cx"][(3, 2)].error == pytest.approx(1 - calibration.fidelity_2q)
    assert target["cx"][(3, 2)].duration == calibration.time_2q_s
    assert target["measure"][(5,)].error == pytest.approx(1 - calibration.fidelity_spam)
    assert machine.qubit_properties(0).t1 == calibration.t1_s


def test_the_simulator_connects_every_pair(simulator):
    assert simulator.coupling_map is None
    assert simulator.num_qubits == simulator.info.num_qubits
    assert simulator.max_circuits is None


def test_a_native_backend_has_the_machine_s_own_gates(running):
    forte = backend("sandbox:ionq/qpu.forte-1", gateset="native")
    aria = backend("sandbox:ionq/qpu.aria-1", gateset="native")

    assert set(forte.target.operation_names) == {"gpi", "gpi2", "zz", "measure"}
    assert set(aria.target.operation_names) == {"gpi", "gpi2", "ms", "measure"}


def test_an_unknown_gate_set_is_refused(running):
    with pytest.raises(ValueError, match="qis, native"):
        backend("sandbox:ionq/simulator", gateset="naive")


def test_machines_are_filtered(running):
    provider = KetbridgeProvider("sandbox:ionq")

    assert [one.name for one in provider.backends(simulator=True)] == ["simulator"]
    assert all(one.num_qubits >= 30 for one in provider.backends(min_num_qubits=30))
    assert [one.name for one in provider.backends("qpu.aria-1")] == ["qpu.aria-1"]
    assert provider.backends(filters=lambda one: "forte" in one.name)
    assert provider.least_busy(simulator=False).info.online
    assert provider.get_backend("qpu.forte-1").provider is provider


def test_a_listed_machine_has_its_calibration_when_it_is_needed(running):
    (forte,) = KetbridgeProvider("sandbox:ionq").backends("qpu.forte-1")

    assert forte.target["cx"][(0, 1)].error > 0


def test_jobs_are_listed_and_opened(simulator):
    provider = KetbridgeProvider("sandbox:ionq")
    made = simulator.run(measured(QuantumCircuit(1)), shots=7)
    counts = made.result(60).get_counts()

    assert made.job_id() in [one.job_id() for one in provider.jobs(5)]
    assert provider.job(made.job_id()).result(60).get_counts() == counts


@pytest.mark.parametrize(
    "gate", [GPIGate(0.13), GPI2Gate(-0.21), MSGate(0.11, 0.37, 0.19), ZZGate(0.23)], ids=repr
)
class TestNativeGate:
    def test_the_matrix_is_that_of_the_definition(self, gate):
        assert Operator(gate.definition) == Operator(gate.to_matrix())

    def test_the_inverse_undoes_it(self, gate):
        inverse = gate.inverse()

        assert type(inverse) is type(gate)
        assert Operator(gate).compose(inverse).equiv(Operator.from_label("I" * gate.num_qubits))

    def test_the_payload_does_what_the_matrix_does(self, gate):
        width = gate.num_qubits
        start = QuantumCircuit(width)
        for qubit in range(width):
            start.append(GPI2Gate(0.1 + 0.3 * qubit), [qubit])
        circuit = start.copy()
        circuit.append(gate, range(width))
        for qubit in range(width):
            circuit.append(GPI2Gate(0.7 - 0.2 * qubit), [qubit])
        program = encode(circuit.measure_all(inplace=False), Format.IONQ_NATIVE)

        assert Statevector(circuit).probabilities() == pytest.approx(
            ionq_json.probabilities(program.body), abs=1e-12
        )


def test_native_circuits_run_on_a_native_backend(running):
    circuit = QuantumCircuit(2)
    circuit.append(GPIGate(0.4), [0])
    circuit.append(MSGate(0.1, 0.2), [0, 1])
    native = backend("sandbox:ionq/simulator", gateset="native")

    counts = native.run(measured(circuit), shots=500, seed=1).result(60).get_counts()

    assert set(counts) == {"01", "10"}


def test_native_gates_run_on_aer():
    from qiskit_aer import AerSimulator

    circuit = QuantumCircuit(2)
    circuit.append(MSGate(0, 0), [0, 1])
    circuit = measured(circuit)
    simulator = AerSimulator()

    counts = simulator.run(transpile(circuit, simulator), shots=100).result().get_counts()

    assert set(counts) == {"00", "11"}


@pytest.mark.parametrize("level", range(4))
@pytest.mark.parametrize("name", ["simulator", "qpu.forte-1", "qpu.aria-1"])
def test_transpiled_native_circuits_can_be_sent_and_mean_the_same(running, name, level):
    native = backend(f"sandbox:ionq/{name}", gateset="native")
    circuit = random_circuit(4, 4, max_operands=4, seed=level)
    circuit.ccx(0, 1, 2)
    circuit = measured(circuit)

    compiled = transpile(circuit, native, optimization_level=level, seed_transpiler=1)

    assert_same(written(encode(compiled, Format.IONQ_NATIVE)), expected(circuit), 1e-7)


@pytest.mark.parametrize("gate", [UGate(0.3, 0.7, -1.1), UGate(2.9, -0.4, 5.0), CXGate()], ids=repr)
def test_the_rules_to_native_gates_are_exact(gate):
    register()
    native = {"gpi", "gpi2", "zz", "ms"}
    rules = [
        rule for rule in SessionEquivalenceLibrary.get_entry(gate) if native & set(rule.count_ops())
    ]

    assert rules
    for rule in rules:
        assert Operator(rule) == Operator(gate)

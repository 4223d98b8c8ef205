"""Compilation to native gates: the same unitary, virtual Z, few entanglers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Parameter
from qiskit.circuit.library import QFTGate, efficient_su2
from qiskit.circuit.random import random_circuit
from qiskit.converters import circuit_to_dag
from qiskit.quantum_info import Operator, Statevector, random_unitary
from qiskit.transpiler import PassManagerConfig, TranspilerError
from support.qiskit_circuits import assert_same, expected, written

from qiskit_ketbridge import backend
from qiskit_ketbridge.gates import GPI2Gate, GPIGate, MSGate, ZZGate
from qiskit_ketbridge.translate import Format, encode
from qiskit_ketbridge.transpiler.lowering import LowerToNative
from qiskit_ketbridge.transpiler.stages import NativeTranslation, native_passes
from qiskit_ketbridge.transpiler.synthesis import two_qubit_circuit

ENTANGLERS = ("zz", "ms")


def native_names(entangler):
    return {"gpi", "gpi2", entangler, "measure", "barrier"}


@pytest.mark.parametrize("entangler", ENTANGLERS)
@pytest.mark.parametrize("level", [0, 1, 3])
@given(seed=st.integers(0, 2**31), width=st.integers(1, 5))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_any_circuit_keeps_its_unitary_in_native_gates(entangler, level, seed, width):
    circuit = random_circuit(width, 6, max_operands=min(width, 4), seed=seed)
    native = native_passes(entangler, level).run(circuit)
    assert set(native.count_ops()) <= native_names(entangler)
    assert Operator(native).equiv(Operator(circuit))


@pytest.mark.parametrize("entangler", ENTANGLERS)
@given(data=st.data())
@settings(max_examples=40, deadline=None, derandomize=True)
def test_native_circuits_compile_again_to_the_same_unitary(entangler, data):
    turns = st.floats(-2, 2)
    circuit = QuantumCircuit(3)
    for _ in range(data.draw(st.integers(1, 12))):
        gate = data.draw(
            st.one_of(
                st.builds(GPIGate, turns),
                st.builds(GPI2Gate, turns),
                st.builds(ZZGate, turns),
                st.builds(MSGate, turns, turns, turns),
            )
        )
        circuit.append(gate, data.draw(st.permutations(range(3)))[: gate.num_qubits])
    native = native_passes(entangler, 1).run(circuit)
    assert set(native.count_ops()) <= native_names(entangler)
    assert Operator(native).equiv(Operator(circuit))


@pytest.mark.parametrize("entangler", ENTANGLERS)
@pytest.mark.parametrize("level", [0, 1])
def test_unbound_parameters_stay_and_bind_to_the_same_unitary(entangler, level):
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(3)
    circuit.h(0)
    for qubit, gate in enumerate((circuit.rx, circuit.ry, circuit.rz)):
        gate(a + qubit, qubit)
    circuit.u(a, b, 0.3, 1)
    circuit.r(a, b, 2)
    circuit.p(b, 0)
    for gate in (circuit.rxx, circuit.ryy, circuit.rzz, circuit.cp, circuit.crx, circuit.crz):
        gate(2 * a - b, 0, 1)
    circuit.cx(1, 2)
    native = native_passes(entangler, level).run(circuit)
    values = {a: 0.7, b: -1.3}
    assert set(native.parameters) == {a, b}
    assert Operator(native.assign_parameters(values)).equiv(
        Operator(circuit.assign_parameters(values))
    )


@pytest.mark.parametrize("entangler", ENTANGLERS)
@pytest.mark.parametrize("level", [0, 3])
def test_measured_distributions_are_kept_while_last_z_rotations_are_dropped(entangler, level):
    circuit = QuantumCircuit(4)
    circuit.append(QFTGate(4), range(4))
    circuit = circuit.decompose()
    circuit.ry(0.3, 2)
    circuit.rz(1.0, range(4))
    measured = circuit.measure_all(inplace=False)
    native = native_passes(entangler, level).run(measured)
    exact = Statevector(circuit).probabilities()
    found = Statevector(native.remove_final_measurements(inplace=False)).probabilities()
    assert np.allclose(exact, found, atol=1e-9)


@pytest.mark.parametrize("entangler", ENTANGLERS)
@pytest.mark.parametrize(
    ("gate", "needed"),
    [("id", 0), ("cx", 1), ("cz", 1), ("cp", 1), ("iswap", 2), ("swap", 3), ("any", 3)],
)
def test_a_gate_takes_as_many_entanglers_as_its_weyl_coordinates_need(entangler, gate, needed):
    circuit = QuantumCircuit(2)
    if gate == "any":
        circuit.append(random_unitary(4, seed=3).to_instruction(), [0, 1])
    elif gate == "cp":
        circuit.cp(0.7, 0, 1)
    elif gate == "id":
        circuit.h([0, 1])
    else:
        getattr(circuit, gate)(0, 1)
    native = native_passes(entangler, 1).run(circuit)
    assert native.count_ops().get(entangler, 0) == needed


@pytest.mark.parametrize("entangler", ENTANGLERS)
@given(seed=st.integers(0, 2**31))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_two_qubit_synthesis_gives_the_unitary_up_to_its_phase(entangler, seed):
    unitary = random_unitary(4, seed=seed)
    assert Operator(two_qubit_circuit(unitary.data, entangler)).equiv(unitary)


def test_z_rotations_cost_no_pulse():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.rz(0.3, 0)
    circuit.t([0, 1])
    circuit.rzz(0.4, 0, 1)
    circuit.s(0)
    circuit.measure([0, 1], [0, 1])
    assert native_passes("zz", 1).run(circuit).count_ops() == {"gpi2": 1, "zz": 1, "measure": 2}


def test_pulse_angles_of_ms_stay_in_the_documented_range():
    circuit = QuantumCircuit(2)
    for angle in np.linspace(-7, 7, 41):
        circuit.rxx(angle, 0, 1)
        circuit.barrier()
    native = native_passes("ms", 0).run(circuit)
    angles = [i.operation.params[2] for i in native.data if i.operation.name == "ms"]
    assert angles
    assert all(0 < angle <= 0.25 + 1e-12 for angle in angles)
    assert Operator(native).equiv(Operator(circuit))


def test_neighbouring_blocks_are_merged():
    ansatz = efficient_su2(4, reps=2, entanglement="linear").decompose()
    bound = ansatz.assign_parameters(np.linspace(0, 3, ansatz.num_parameters))
    twice = bound.compose(bound.inverse())
    assert native_passes("zz", 1).run(twice).count_ops().get("zz", 0) < 2 * 6


def test_a_target_without_an_entangler_is_refused():
    with pytest.raises(TranspilerError, match="gateset='native'"):
        NativeTranslation().pass_manager(PassManagerConfig(basis_gates=["cx", "u"]), 1)


@pytest.mark.parametrize("entangler", ENTANGLERS)
def test_parametrised_native_circuits_compile_again(entangler):
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.rz(0.4, 0)
    for gate in (GPI2Gate(a), GPIGate(a - b), GPI2Gate(0.3), GPIGate(b)):
        circuit.append(gate, [0])
    circuit.append(ZZGate(a) if entangler == "zz" else MSGate(a, 0.1, b), [0, 1])
    native = native_passes(entangler, 1).run(circuit)
    values = {a: 0.37, b: -0.21}

    assert set(native.count_ops()) <= native_names(entangler)
    assert Operator(native.assign_parameters(values)).equiv(
        Operator(circuit.assign_parameters(values))
    )


def test_turns_about_the_axis_of_ms_wait_until_they_are_needed():
    """A chain of controlled NOTs: one pulse before the first MS of a qubit, none between two."""
    circuit = QuantumCircuit(6)
    circuit.h(0)
    for target in range(1, 6):
        circuit.cx(0, target)
    circuit.measure_all()
    counts = native_passes("ms", 1).run(circuit).count_ops()

    assert counts["ms"] == 5
    assert counts.get("gpi", 0) + counts["gpi2"] <= 6


@given(seed=st.integers(0, 2**31))
@settings(max_examples=30, deadline=None, derandomize=True)
def test_waiting_behind_ms_never_takes_more_pulses(seed):
    circuit = random_circuit(4, 6, max_operands=2, seed=seed)
    circuit = transpile(circuit.measure_all(inplace=False), basis_gates=["u", "rxx", "measure"])
    dag = circuit_to_dag(circuit)
    lowering = LowerToNative("ms")

    at_once = sum(lowering.write(dag, frozenset()).pulses.values())
    chosen = lowering.run(dag).count_ops()

    assert chosen.get("gpi", 0) + chosen.get("gpi2", 0) <= at_once


class TestOnABackend:
    @pytest.fixture(params=["simulator", "qpu.forte-1", "qpu.aria-1"])
    def machine(self, request, running):
        return backend(f"sandbox:ionq/{request.param}", gateset="native")

    @pytest.mark.parametrize("method", [None, "ketbridge"])
    @pytest.mark.parametrize("level", range(4))
    def test_measured_circuits_mean_the_same(self, machine, level, method):
        partly = QuantumCircuit(3, 2)
        partly.h(0)
        partly.barrier()
        partly.cx(0, 2)
        partly.barrier(0, 2)
        partly.measure([2, 0], [0, 1])
        for circuit in (random_circuit(4, 4, seed=2).measure_all(inplace=False), partly):
            isa = transpile(
                circuit,
                machine,
                optimization_level=level,
                optimization_method=method,
                initial_layout=[5, 2, 9, 0][: circuit.num_qubits],
                seed_transpiler=1,
            )
            assert_same(written(encode(isa, Format.IONQ_NATIVE)), expected(circuit), 1e-7)

    @pytest.mark.parametrize("method", [None, "ketbridge"])
    @pytest.mark.parametrize("level", range(4))
    def test_parametrised_circuits_are_bound_afterwards(self, machine, level, method):
        angle = Parameter("angle")
        circuit = QuantumCircuit(3)
        circuit.ry(angle, 0)
        circuit.crx(2 * angle, 0, 1)
        circuit.ccx(0, 1, 2)
        circuit.rzz(angle / 2, 1, 2)
        circuit.measure_all()
        isa = transpile(
            circuit,
            machine,
            optimization_level=level,
            optimization_method=method,
            seed_transpiler=1,
        )
        bound, known = (one.assign_parameters({angle: 0.3}) for one in (isa, circuit))
        assert_same(written(encode(bound, Format.IONQ_NATIVE)), expected(known), 1e-7)

    def test_a_reset_of_a_fresh_qubit_vanishes(self, machine):
        circuit = QuantumCircuit(1)
        circuit.reset(0)
        circuit.x(0)
        circuit.measure_all()
        isa = transpile(circuit, machine, optimization_level=1)
        assert written(encode(isa, Format.IONQ_NATIVE)) == {1: pytest.approx(1)}

    def test_control_flow_is_refused(self, machine):
        circuit = QuantumCircuit(1, 1)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(0)
        with pytest.raises(TranspilerError, match="not supported"):
            transpile(circuit, machine)

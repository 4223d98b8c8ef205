"""Circuits outside of a machine's instruction set are refused before anything is sent."""

import math

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import IfElseOp, Parameter
from qiskit.circuit.library import CZGate, RZZGate, SXGate
from qiskit.primitives.containers.bindings_array import BindingsArray
from qiskit.transpiler import Target

from qiskit_ketbridge import SamplerV2
from qiskit_ketbridge.errors import CircuitError
from qiskit_ketbridge.ibm.checks import InstructionSet, check_angles

from .conftest import bell


@pytest.fixture
def instructions():
    target = Target(num_qubits=3)
    target.add_instruction(SXGate(), {(qubit,): None for qubit in range(3)})
    target.add_instruction(CZGate(), {(0, 1): None})
    target.add_instruction(RZZGate(Parameter("t")), {(0, 1): None})
    target.add_instruction(IfElseOp, name="if_else")
    return InstructionSet(target)


def test_the_first_instruction_that_is_not_there_is_named(instructions):
    circuit = QuantumCircuit(3, name="mine")
    circuit.sx(2)
    circuit.barrier()
    circuit.cz(0, 1)
    circuit.cz(1, 2)
    circuit.h(0)

    with pytest.raises(CircuitError, match=r"instruction 3 of circuit 'mine' is cz on qubits 1, 2"):
        instructions.check(circuit)


def test_blocks_of_control_flow_are_looked_into(instructions):
    circuit = QuantumCircuit(3, 1)
    with circuit.if_test((0, 1)):
        circuit.h(2)

    with pytest.raises(CircuitError, match="h on qubits 2"):
        instructions.check(circuit)


def test_a_circuit_that_is_too_wide_is_refused(instructions):
    with pytest.raises(CircuitError, match="4 qubits"):
        instructions.check(QuantumCircuit(4))


@pytest.mark.parametrize("angle", [-0.1, 1.6, np.pi])
def test_an_angle_beyond_its_range_is_refused(instructions, angle):
    circuit = QuantumCircuit(3)
    circuit.rzz(angle, 0, 1)

    with pytest.raises(CircuitError, match="from 0 to pi/2"):
        instructions.check(circuit)


def test_values_that_put_an_angle_beyond_its_range_are_refused():
    a, b = Parameter("a"), Parameter("b")
    circuit = QuantumCircuit(2)
    circuit.rzz(a + b, 0, 1)

    check_angles(circuit, BindingsArray({("a", "b"): np.array([[0.5, 0.5], [0.1, 0.2]])}))
    with pytest.raises(CircuitError, match="a \\+ b"):
        check_angles(circuit, BindingsArray({("a", "b"): np.array([[0.5, 0.5], [1.0, 0.7]])}))


def test_decoupling_of_a_circuit_with_control_flow_is_refused(running):
    from qiskit_ketbridge import backend

    machine = backend("sandbox:ibm/ibm_fez")
    circuit = QuantumCircuit(3, 1)
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    sampler = SamplerV2(mode=machine, options={"dynamical_decoupling": {"enable": True}})

    with pytest.raises(CircuitError, match="decoupling"):
        sampler.run([circuit])


def test_nothing_is_sent_for_a_circuit_that_is_refused(running, lagos):
    before = len(running.jobs())

    with pytest.raises(CircuitError, match="Transpile"):
        SamplerV2(mode=lagos).run([bell()])

    assert len(running.jobs()) == before


@pytest.mark.parametrize("angle", [math.nan, math.inf, -math.inf])
def test_an_angle_that_is_no_number_is_refused_by_its_instruction(lagos, angle):
    circuit = QuantumCircuit(7, 1)
    circuit.x(0)
    circuit.rz(angle, 0)
    circuit.measure(0, 0)

    for send in (lagos.run, lambda one: SamplerV2(mode=lagos).run([one])):
        with pytest.raises(CircuitError, match=r"instruction 1.*rz"):
            send(circuit)


def test_values_that_are_no_numbers_are_refused(lagos):
    circuit = QuantumCircuit(7, 1)
    circuit.rz(Parameter("t"), 0)
    circuit.measure(0, 0)

    with pytest.raises(CircuitError, match="no finite number"):
        SamplerV2(mode=lagos).run([(circuit, [math.nan])])


def test_a_run_of_a_circuit_with_free_parameters_is_refused(lagos):
    circuit = QuantumCircuit(7, 1)
    circuit.rz(Parameter("t"), 0)
    circuit.measure(0, 0)

    with pytest.raises(CircuitError, match=r"instruction 0.*free parameter t"):
        lagos.run(circuit)


@pytest.mark.parametrize("circuit", [QuantumCircuit(7), QuantumCircuit(7, 2), QuantumCircuit(0, 1)])
def test_a_run_that_measures_nothing_is_refused(lagos, circuit):
    with pytest.raises(CircuitError, match=r"measures nothing|no qubits"):
        lagos.run(circuit)

"""What cannot be run is refused with the reason and the place."""

import math

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, transpile
from qiskit.circuit import Gate, Parameter
from qiskit.circuit.library import PermutationGate
from qiskit.exceptions import QiskitError

from ketbridge.errors import ProgramError
from qiskit_ketbridge.errors import DynamicCircuitError
from qiskit_ketbridge.translate import Format, encode
from qiskit_ketbridge.translate.pattern import InexpressibleError, numbers


def refused(circuit, format_=Format.IONQ_QIS):
    with pytest.raises(ProgramError) as caught:
        encode(circuit, format_)
    assert isinstance(caught.value, QiskitError)
    return str(caught.value)


@pytest.mark.parametrize("angle", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("gate", ["rx", "p", "cp"])
def test_an_angle_that_is_no_number_is_refused(gate, angle):
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    getattr(circuit, gate)(angle, *range(2 if gate == "cp" else 1))
    circuit.measure(0, 0)

    message = refused(circuit)

    assert "instruction 1" in message
    assert repr(gate) in message
    assert "no finite number" in message


def test_an_unbound_parameter_is_named():
    circuit = QuantumCircuit(1, 1)
    circuit.rz(2 * Parameter("beta"), 0)
    circuit.measure(0, 0)

    message = refused(circuit)

    assert "instruction 0, 'rz' on qubits [0]" in message
    assert "unbound parameter beta" in message


def test_a_complex_parameter_is_no_real_number():
    with pytest.raises(InexpressibleError, match="no real number"):
        numbers([0.5, 2j])


def test_a_parameter_inside_a_block_is_found():
    block = QuantumCircuit(1, name="block")
    block.rx(Parameter("inner"), 0)
    circuit = QuantumCircuit(1, 1)
    circuit.append(block.to_gate(), [0])
    circuit.measure(0, 0)

    message = refused(circuit)

    assert "instruction 0, 'block'" in message
    assert "unbound parameter inner" in message


def test_a_circuit_without_qubits_is_refused():
    assert "no qubits" in refused(QuantumCircuit(0, 1))


def test_a_circuit_without_measurements_is_refused():
    assert "measures nothing" in refused(QuantumCircuit(1, 1))


def test_an_opaque_gate_is_refused():
    circuit = QuantumCircuit(2, 1)
    circuit.append(Gate("secret", 2, []), [1, 0])
    circuit.measure(0, 0)

    assert "instruction 0, 'secret' on qubits [1, 0], " in refused(circuit)


def test_what_transpile_can_rewrite_says_so_and_transpile_does():
    circuit = QuantumCircuit(3)
    circuit.append(PermutationGate([2, 0, 1]), range(3))
    circuit.measure_all()

    assert "transpile(qc, backend)" in refused(circuit)
    encode(transpile(circuit, basis_gates=["cx", "swap", "rz", "sx"]), Format.IONQ_QIS)


def test_a_standard_gate_is_no_native_gate():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.measure(0, 0)

    message = refused(circuit, Format.IONQ_NATIVE)

    assert "no native gate" in message
    assert "transpile(qc, backend)" in message


def test_a_delay_is_refused():
    circuit = QuantumCircuit(1, 1)
    circuit.delay(100, 0)
    circuit.measure(0, 0)

    assert "a wait" in refused(circuit)


def after_measurement():
    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    circuit.h(0)
    return circuit


def after_reset():
    circuit = QuantumCircuit(1, 1)
    circuit.h(0)
    circuit.reset(0)
    circuit.measure(0, 0)
    return circuit


def on_condition():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    circuit.measure(1, 1)
    return circuit


@pytest.mark.parametrize("make", [after_measurement, after_reset, on_condition])
def test_what_a_list_of_gates_cannot_say_is_a_dynamic_circuit(make):
    with pytest.raises(DynamicCircuitError, match=r"instruction [12], "):
        encode(make(), Format.IONQ_QIS)


def test_a_gate_after_the_measurement_of_another_qubit_is_fine():
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.h(1)
    circuit.measure(0, 0)
    circuit.h(1)
    circuit.measure(1, 1)

    assert encode(circuit, Format.IONQ_QIS).readout.sources == (0, 1)


def test_a_gate_seen_before_a_measurement_is_seen_to_be_too_late_after_it():
    circuit = QuantumCircuit(1, 1)
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.x(0)

    with pytest.raises(DynamicCircuitError, match="instruction 2, 'x'"):
        encode(circuit, Format.IONQ_QIS)


def test_a_reset_of_a_fresh_qubit_changes_nothing():
    circuit = QuantumCircuit(1, 1)
    circuit.initialize([0.6, 0.8], 0)
    circuit.measure(0, 0)

    assert encode(circuit, Format.IONQ_QIS).readout.sources == (0,)


def test_registers_that_share_bits_are_kept_with_their_bits():
    first = ClassicalRegister(2, "first")
    circuit = QuantumCircuit(2)
    circuit.add_register(first)
    circuit.add_register(ClassicalRegister(bits=[first[1]], name="again"))
    circuit.measure([0, 1], [1, 0])

    readout = encode(circuit, Format.IONQ_QIS).readout

    assert readout.sources == (1, 0)
    assert [(register.name, register.bits) for register in readout.registers] == [
        ("first", (0, 1)),
        ("again", (1,)),
    ]

"""What the languages of the machines behind the Hub cannot say is refused in a sentence."""

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qiskit_ketbridge.errors import CircuitError, DynamicCircuitError
from qiskit_ketbridge.translate import Format, encode

AT_THE_END = (Format.OPENQASM2, Format.BRAKET_OPENQASM3)
ALL = (*AT_THE_END, Format.IQM, Format.OPENQASM3)


def corrected():
    """A circuit that decides by a measurement."""
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.x(1)
    return circuit


@pytest.mark.parametrize("form", AT_THE_END)
def test_a_circuit_that_decides_is_refused(form):
    with pytest.raises(DynamicCircuitError, match=r"instruction 2, 'if_else'"):
        encode(corrected(), form)


def test_openqasm_3_says_what_a_circuit_decides():
    assert "if (c[0])" in encode(corrected(), Format.OPENQASM3).body.decode()


@pytest.mark.parametrize("form", ALL)
def test_a_circuit_that_measures_nothing_is_refused(form):
    with pytest.raises(CircuitError, match="measures nothing"):
        encode(QuantumCircuit(1, 1), form)


@pytest.mark.parametrize("form", ALL)
def test_a_free_parameter_is_refused(form):
    circuit = QuantumCircuit(1, 1)
    circuit.rx(Parameter("a"), 0)
    circuit.measure(0, 0)
    with pytest.raises(CircuitError, match=r"instruction 0, 'rx' on qubits \[0\]"):
        encode(circuit, form)


def two_bits(circuit):
    with circuit.if_test((circuit.cregs[0], 3)):
        circuit.x(1)


def nested(circuit):
    with circuit.if_test((circuit.clbits[0], 1)), circuit.if_test((circuit.clbits[1], 1)):
        circuit.x(1)


def joined(circuit):
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.cz(0, 1)


def measured(circuit):
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.measure(1, 1)


def repeated(circuit):
    with circuit.while_loop((circuit.clbits[0], 1)):
        circuit.measure(0, 0)


def waiting(circuit):
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.delay(10, 1)


def free(circuit):
    with circuit.if_test((circuit.clbits[0], 1)):
        circuit.rx(Parameter("a"), 1)


BEYOND_IQM = {
    two_bits: "decides by more than one bit",
    nested: "decides about if_else",
    joined: "decides about cz",
    measured: "decides about measure",
    repeated: "'while_loop', cannot be written for IQM",
    waiting: "'delay', cannot be written for IQM",
    free: "unbound parameter a",
}


@pytest.mark.parametrize("decide", BEYOND_IQM, ids=lambda decide: decide.__name__)
def test_iqm_decides_by_one_bit_about_rotations_only(decide):
    circuit = QuantumCircuit(2, 2)
    circuit.r(0.5, 0.1, 0)
    circuit.measure(0, 0)
    decide(circuit)
    circuit.measure(1, 1)
    with pytest.raises(CircuitError, match=BEYOND_IQM[decide]):
        encode(circuit, Format.IQM)


def test_iqm_decides_where_the_machine_has_it_calibrated():
    loci = {"cc_prx": [("QB1",)]}
    circuit = corrected()
    circuit.measure(1, 0)
    with pytest.raises(CircuitError, match=r"rotates QB2 on a condition, .* can do on QB1"):
        encode(circuit, Format.IQM, loci=loci)


def test_more_qubits_than_names_are_refused():
    circuit = QuantumCircuit(3)
    circuit.measure_all()
    with pytest.raises(CircuitError, match="uses 3 qubits; the machine has 2"):
        encode(circuit, Format.IQM, qubits=("QB1", "QB2"))

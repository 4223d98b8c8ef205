"""What the languages of the machines behind the Hub cannot say is refused in a sentence."""

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Parameter

from qiskit_ketbridge.errors import CircuitError, DynamicCircuitError
from qiskit_ketbridge.translate import Format, encode

AT_THE_END = (Format.OPENQASM2, Format.BRAKET_OPENQASM3, Format.IQM)
ALL = (*AT_THE_END, Format.OPENQASM3)


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


def test_more_qubits_than_names_are_refused():
    circuit = QuantumCircuit(3)
    circuit.measure_all()
    with pytest.raises(CircuitError, match="uses 3 qubits; the machine has 2"):
        encode(circuit, Format.IQM, qubits=("QB1", "QB2"))

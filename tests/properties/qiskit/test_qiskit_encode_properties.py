"""Any circuit of supported gates means the same in Qiskit and in the payload."""

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import QuantumCircuit
from support.qiskit_circuits import assert_same, expected, written
from support.qiskit_random import EXACT, circuits

from qiskit_ketbridge.translate import Format, encode


@settings(EXACT, max_examples=600)
@given(circuits())
def test_the_payload_has_the_distribution_of_the_circuit(circuit):
    assert_same(written(encode(circuit, Format.IONQ_QIS)), expected(circuit))


@settings(EXACT, max_examples=60)
@given(circuits(max_gates=5))
def test_the_readout_names_the_registers_and_their_bits(circuit):
    readout = encode(circuit, Format.IONQ_QIS).readout

    assert [register.name for register in readout.registers] == [r.name for r in circuit.cregs]
    assert [register.bits for register in readout.registers] == [
        tuple(circuit.find_bit(bit).index for bit in register) for register in circuit.cregs
    ]
    assert readout.num_bits == circuit.num_clbits


@settings(EXACT, max_examples=60)
@given(circuits(max_gates=5))
def test_a_program_survives_being_written_to_disk(circuit):
    program = encode(circuit, Format.IONQ_QIS)

    assert type(program).loads(program.dumps()) == program


@settings(EXACT, max_examples=100)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_angle_arrives_with_every_bit(angle):
    circuit = QuantumCircuit(1, 1)
    circuit.rx(angle, 0)
    circuit.measure(0, 0)
    (gate,) = json.loads(encode(circuit, Format.IONQ_QIS).body)["circuit"]

    assert math.copysign(1.0, gate["rotation"]) == math.copysign(1.0, angle)
    assert gate["rotation"] == angle

"""Definitions inside definitions."""

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit import Gate, Instruction
from qiskit.circuit.library import HGate

from ketbridge.errors import ProgramError
from qiskit_ketbridge.translate import Format, encode

BITS = {Gate: {}, Instruction: {"num_clbits": 0}}


def nested(levels, kind):
    inner = HGate()
    for level in range(levels):
        outer = QuantumCircuit(1)
        outer.append(inner, [0], copy=False)
        inner = kind(name=f"level{level}", num_qubits=1, params=[], **BITS[kind])
        inner.definition = outer
    circuit = QuantumCircuit(1)
    circuit.append(inner, [0], copy=False)
    circuit.measure_all()
    return circuit


@pytest.mark.parametrize("kind", [Gate, Instruction])
def test_a_hundred_levels_are_written(kind):
    body = encode(nested(100, kind), Format.IONQ_QIS).body

    assert body == b'{"qubits":1,"gateset":"qis","circuit":[{"gate":"h","targets":[0]}]}'


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (Gate, Format.IONQ_QIS),
        (Instruction, Format.IONQ_QIS),
        (Gate, Format.IONQ_QASM3),
    ],
)
def test_more_levels_than_python_can_follow_are_refused(kind, form):
    with pytest.raises(ProgramError, match="nested too deeply"):
        encode(nested(2000, kind), form)

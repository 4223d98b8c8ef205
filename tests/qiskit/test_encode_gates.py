"""Every standard gate, with and without controls, keeps its unitary in the payload."""

import json
import math

import numpy as np
import pytest
from oracles import ionq_json
from qiskit import QuantumCircuit
from qiskit.circuit.library import (
    C4XGate,
    MCPhaseGate,
    MCXGate,
    PauliEvolutionGate,
    PauliGate,
    QFTGate,
    UnitaryGate,
    get_standard_gate_name_mapping,
)
from qiskit.quantum_info import Operator, SparsePauliOp
from scipy.linalg import expm

from qiskit_ketbridge.translate import Format, encode

ANGLES = (0.37, -1.1, 2.6, 0.81)
STANDARD = {
    name: gate.base_class(*ANGLES[: len(gate.params)])
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay")
}
CONTROLLED = [
    pytest.param(name, controls, state, id=f"{name}-{controls}-{state:0{controls}b}")
    for name, gate in STANDARD.items()
    for controls in (1, 2, 3)
    for state in range(2**controls)
    if gate.num_qubits + controls <= 5
]
OTHERS = [
    MCXGate(4),
    MCXGate(3, ctrl_state=0b010),
    C4XGate(ctrl_state=0b0101),
    MCPhaseGate(0.7, 3),
    MCPhaseGate(0.7, 3, ctrl_state=0b110),
    PauliGate("XYZI"),
    QFTGate(4),
    UnitaryGate(Operator(QFTGate(2)).data),
    UnitaryGate(np.exp(0.4j) * np.eye(2)).control(1, annotated=False),
    PauliEvolutionGate(SparsePauliOp.from_list([("XX", 0.3), ("YY", 0.3), ("ZZ", 1.2)]), 0.7),
]


def unitary(gate):
    """The payload's unitary, one column a basis state, up to a phase common to all columns.

    Columns come from the oracle; a fixed layer before the gate would hide errors between them, so
    each column is the whole payload run on its own basis state.
    """
    width = max(gate.num_qubits, 1)
    circuit = QuantumCircuit(width, width)
    circuit.append(gate, range(gate.num_qubits))
    circuit.measure(range(width), range(width))
    payload = json.loads(encode(circuit, Format.IONQ_QIS).body)
    columns = []
    for state in range(2**width):
        flips = [{"gate": "x", "targets": [q]} for q in range(width) if state >> q & 1]
        columns.append(
            ionq_json.state({**payload, "qubits": width, "circuit": flips + payload["circuit"]})
        )
    return np.array(columns).T


def assert_equal_up_to_phase(one, other):
    place = np.unravel_index(np.argmax(np.abs(other)), other.shape)
    phase = one[place] / other[place]
    assert abs(abs(phase) - 1) < 1e-9
    assert np.allclose(one, phase * other, atol=1e-9)


def matrix(gate):
    if isinstance(gate, PauliEvolutionGate):
        return expm(-1j * gate.time * gate.operator.to_matrix())
    return Operator(gate).data if gate.num_qubits else np.eye(2)


@pytest.mark.parametrize("name", STANDARD)
def test_a_standard_gate_keeps_its_unitary(name):
    gate = STANDARD[name]

    assert_equal_up_to_phase(unitary(gate), matrix(gate))


@pytest.mark.parametrize(("name", "controls", "state"), CONTROLLED)
def test_controls_act_in_their_states(name, controls, state):
    gate = STANDARD[name].control(controls, ctrl_state=state, annotated=False)

    assert_equal_up_to_phase(unitary(gate), matrix(gate))


@pytest.mark.parametrize("gate", OTHERS, ids=lambda gate: f"{gate.name}-{gate.num_qubits}")
def test_a_library_gate_keeps_its_unitary(gate):
    assert_equal_up_to_phase(unitary(gate), matrix(gate))


def test_the_phase_of_a_definition_counts_under_a_control():
    inner = QuantumCircuit(1, global_phase=math.pi / 3)
    inner.h(0)
    gate = inner.to_gate().control(1, annotated=False)

    assert_equal_up_to_phase(unitary(gate), matrix(gate))


def test_a_controlled_phase_is_two_flips_and_three_z_rotations():
    circuit = QuantumCircuit(2, 1)
    circuit.cp(0.5, 0, 1)
    circuit.measure(0, 0)

    assert json.loads(encode(circuit, Format.IONQ_QIS).body)["circuit"] == [
        {"gate": "rz", "targets": [0], "rotation": 0.25},
        {"gate": "rz", "targets": [1], "rotation": 0.25},
        {"gate": "x", "targets": [1], "controls": [0]},
        {"gate": "rz", "targets": [1], "rotation": -0.25},
        {"gate": "x", "targets": [1], "controls": [0]},
    ]


def test_a_bell_circuit_has_these_bytes():
    circuit = QuantumCircuit(3, 2, name="bell")
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])

    assert encode(circuit, Format.IONQ_QIS).encoded() == (
        b'{"qubits":2,"gateset":"qis","circuit":[{"gate":"h","targets":[0]},'
        b'{"gate":"x","targets":[1],"controls":[0]}]}'
    )

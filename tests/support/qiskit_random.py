"""Random Qiskit circuits: standard, controlled, annotated and composite gates, odd registers."""

import math

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister
from qiskit.circuit import Clbit
from qiskit.circuit.library import get_standard_gate_name_mapping

STANDARD = {
    name: gate.base_class
    for name, gate in get_standard_gate_name_mapping().items()
    if name not in ("measure", "reset", "delay")
}
WIDTH = {name: gate.num_qubits for name, gate in get_standard_gate_name_mapping().items()}
PARAMETERS = {name: len(gate.params) for name, gate in get_standard_gate_name_mapping().items()}
ANGLES = st.one_of(
    st.floats(-4 * math.pi, 4 * math.pi),
    st.sampled_from([0.0, -0.0, math.pi, -math.pi / 2, math.pi / 4, 1e-12]),
)
EXACT = settings(
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@st.composite
def gates(draw, num_qubits, depth=1):
    """A gate of at most so many qubits: standard, controlled, annotated or composite."""
    kind = draw(st.sampled_from(["standard"] * 6 + ["controlled"] * 2 + ["composite"] * depth))
    if kind == "composite" and num_qubits > 1:
        inner = QuantumCircuit(draw(st.integers(1, min(3, num_qubits))))
        inner.global_phase = draw(ANGLES)
        for _ in range(draw(st.integers(0, 3))):
            add_gate(draw, inner, list(range(inner.num_qubits)), depth=0)
        gate = inner.to_gate()
        gate = gate.inverse() if draw(st.booleans()) else gate
    else:
        names = [name for name in STANDARD if WIDTH[name] <= num_qubits]
        name = draw(st.sampled_from(names))
        gate = STANDARD[name](*(draw(ANGLES) for _ in range(PARAMETERS[name])))
    room = num_qubits - gate.num_qubits
    if kind != "standard" and room and draw(st.booleans()):
        controls = draw(st.integers(1, min(3, room)))
        state = draw(st.integers(0, 2**controls - 1))
        annotated = bool(depth) and draw(st.booleans())  # Qiskit cannot put controls on these
        gate = gate.control(controls, ctrl_state=state, annotated=annotated)
    return gate


def add_gate(draw, circuit, qubits, depth=1):
    gate = draw(gates(len(qubits), depth))
    circuit.append(gate, draw(st.permutations(qubits))[: gate.num_qubits])


@st.composite
def registers(draw):
    """Classical bits: registers of their own, loose bits, and a register that shares bits."""
    cregs = [
        ClassicalRegister(size, f"c{index}")
        for index, size in enumerate(draw(st.lists(st.integers(1, 4), max_size=3)))
    ]
    loose = [Clbit() for _ in range(draw(st.integers(0 if cregs else 1, 2)))]
    bits = [bit for register in cregs for bit in register] + loose
    given = [loose, *cregs] if draw(st.booleans()) else [*cregs, loose]
    if draw(st.booleans()):
        shared = draw(st.lists(st.sampled_from(bits), min_size=1, unique_by=id, max_size=3))
        given.append(ClassicalRegister(bits=shared, name="shared"))
    return given


@st.composite
def circuits(draw, max_gates=14):
    """A circuit on several registers, some qubits idle, with measurements in any order."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=1, max_size=2))
    cregs = draw(registers())
    circuit = QuantumCircuit(
        *(QuantumRegister(size, f"q{index}") for index, size in enumerate(sizes)), *cregs
    )
    circuit.global_phase = draw(ANGLES)
    free = list(range(circuit.num_qubits))
    for _ in range(draw(st.integers(0, max_gates))):
        add_gate(draw, circuit, free)
        if draw(st.integers(0, 9)) == 0:
            circuit.barrier()
        if len(free) > 1 and draw(st.integers(0, 4)) == 0:
            measured = free.pop(draw(st.integers(0, len(free) - 1)))
            circuit.measure(measured, draw(st.integers(0, circuit.num_clbits - 1)))
    for _ in range(draw(st.integers(1, circuit.num_clbits + 1))):
        qubit = draw(st.integers(0, circuit.num_qubits - 1))
        circuit.measure(qubit, draw(st.integers(0, circuit.num_clbits - 1)))
    return circuit

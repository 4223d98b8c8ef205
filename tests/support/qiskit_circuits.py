"""Exact distributions of Qiskit circuits: by Qiskit's own state vector, by the payload's oracle."""

from __future__ import annotations

from collections import defaultdict

from oracles import ionq_json
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector

from ketbridge import Program

Distribution = dict[int, float]
"""State of the classical bits, bit 0 least significant, to probability."""


def expected(circuit: QuantumCircuit) -> Distribution:
    """What Qiskit says: state vector of the gates, then each classical bit's last measurement."""
    gates = QuantumCircuit(circuit.num_qubits, global_phase=circuit.global_phase)
    sources: dict[int, int] = {}
    for instruction in circuit.data:
        qubits = [circuit.find_bit(q).index for q in instruction.qubits]
        if instruction.name == "measure":
            sources[circuit.find_bit(instruction.clbits[0]).index] = qubits[0]
        elif instruction.name not in ("barrier", "reset"):
            gates.append(instruction.operation, qubits)
    return _read(Statevector(gates).probabilities(), sources)


def written(program: Program) -> Distribution:
    """What the payload says, read independently of the product, and the program's readout."""
    sources = dict(enumerate(program.readout.sources))
    return _read(ionq_json.probabilities(program.encoded()), sources)


def assert_same(one: Distribution, other: Distribution, tolerance: float = 1e-9) -> None:
    for state in one.keys() | other.keys():
        assert abs(one.get(state, 0.0) - other.get(state, 0.0)) < tolerance, (state, one, other)


def _read(probabilities, sources: dict[int, int | None]) -> Distribution:
    found: Distribution = defaultdict(float)
    for state, probability in enumerate(probabilities.tolist()):
        if probability > 1e-15:
            bits = sum(
                (state >> qubit & 1) << bit for bit, qubit in sources.items() if qubit is not None
            )
            found[bits] += probability
    return dict(found)

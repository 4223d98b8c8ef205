"""Write any two-qubit gate with as few partial entangling gates as its Weyl coordinates need.

Every two-qubit unitary is ``(K1l x K1r) exp(i (a XX + b YY + c ZZ)) (K2l x K2r)`` up to a phase,
with pi/4 >= a >= b >= |c| (Zhang et al., quant-ph/0209120). A machine whose entangling gate has a
free angle needs one of them for each coordinate that is not zero: one for any controlled rotation,
two for an iSWAP, three for a SWAP. A Pauli before and after on one qubit turns the signs of two
coordinates round; of these equal ways the one with the fewest pulses is taken.
"""

from __future__ import annotations

import math

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Gate
from qiskit.circuit.library import RXGate, RXXGate, RYGate, RYYGate, RZZGate, UnitaryGate
from qiskit.converters import circuit_to_dag
from qiskit.dagcircuit import DAGCircuit
from qiskit.synthesis import TwoQubitWeylDecomposition
from qiskit.transpiler import AnalysisPass, TransformationPass

from .lowering import Angle, is_symbolic, num_pulses

TOLERANCE = 1e-9

_I = np.eye(2, dtype=complex)
_X = np.array([[0, 1], [1, 0]], dtype=complex)
_Z = np.diag([1, -1]).astype(complex)

# Paulis, and the signs that conjugation with them gives the coordinates of XX, YY and ZZ.
_PAULIS = ((_I, (1, 1, 1)), (_X, (1, -1, -1)), (_X @ _Z, (-1, 1, -1)), (_Z, (-1, -1, 1)))

# Gate that turns each qubit before the entangler (its inverse comes after), for XX, YY and ZZ.
_TURNS: dict[str, tuple[Gate | None, ...]] = {
    "zz": (RYGate(-math.pi / 2), RXGate(math.pi / 2), None),
    "ms": (None, None, RYGate(math.pi / 2)),
}
_ENTANGLERS = {"zz": (RZZGate, RZZGate, RZZGate), "ms": (RXXGate, RYYGate, RXXGate)}

# Rotations about a pair of axes; they stay one entangler even with an unbound angle.
_AXES = {"rxx": 0, "ryy": 1, "rzz": 2}

# Entanglers that need no rewriting, because lowering writes them directly.
_DIRECT = {"zz": frozenset({"rzz", "zz"}), "ms": frozenset({"rxx", "ryy", "ms"})}


class KeepWorthwhileBlocks(AnalysisPass):
    """Of the two-qubit blocks collected, keep those that need fewer entanglers when merged."""

    def run(self, dag: DAGCircuit) -> None:
        """Shorten ``property_set["block_list"]``."""
        kept = []
        for block in self.property_set["block_list"]:
            pairs = [node for node in block if len(node.qargs) == 2]
            if len(pairs) > 1:
                first, second = pairs[0].qargs
                places = {first: 0, second: 1}
                circuit = QuantumCircuit(2)
                for node in block:
                    circuit.append(node.op, [places[qubit] for qubit in node.qargs])
                apart = sum(_needed(node.op.to_matrix()) for node in pairs)
                if _needed(_unitary(circuit)) < apart:
                    kept.append(block)
        self.property_set["block_list"] = kept


class SynthesizeTwoQubit(TransformationPass):
    """Replace each two-qubit gate that has a matrix by one-qubit gates and partial entanglers.

    Args:
        entangler: ``zz`` writes ``rzz``; ``ms`` writes ``rxx`` and ``ryy``.
    """

    def __init__(self, entangler: str) -> None:
        super().__init__()
        self.entangler = entangler

    def run(self, dag: DAGCircuit) -> DAGCircuit:
        """Return the circuit with its two-qubit gates rewritten."""
        for node in dag.two_qubit_ops():
            op = node.op
            if not isinstance(op, Gate) or node.name in _DIRECT[self.entangler]:
                continue
            if node.name in _AXES:
                circuit = QuantumCircuit(2)
                _rotation(circuit, _AXES[node.name], op.params[0], self.entangler)
            elif is_symbolic(op):
                continue
            else:
                circuit = two_qubit_circuit(op.to_matrix(), self.entangler)
            dag.substitute_node_with_dag(node, circuit_to_dag(circuit))
        return dag


def two_qubit_circuit(unitary: np.ndarray, entangler: str) -> QuantumCircuit:
    """Write a two-qubit unitary with as few partial entanglers as it needs.

    Args:
        unitary: 4 x 4 matrix, qubit 0 the least significant.
        entangler: ``zz`` or ``ms``.

    Returns:
        The same unitary up to a global phase.
    """
    weyl = _weyl(unitary)
    coordinates = np.array([weyl.a, weyl.b, weyl.c])
    axes = [axis for axis in range(3) if abs(coordinates[axis]) > TOLERANCE]
    outer = [_matrix(_TURNS[entangler][axes[end]]) if axes else _I for end in (0, -1)]
    before, after = [], []
    for first, last in ((weyl.K2r, weyl.K1r), (weyl.K2l, weyl.K1l)):
        pauli, signs = min(
            _PAULIS,
            key=lambda way: (
                num_pulses(outer[0] @ way[0] @ first)
                + num_pulses(last @ way[0] @ outer[1].conj().T)
            ),
        )
        before.append(pauli @ first)
        after.append(last @ pauli)
        coordinates = coordinates * signs
    circuit = QuantumCircuit(2)
    _local(circuit, before)
    for axis in axes:
        _rotation(circuit, axis, -2 * float(coordinates[axis]), entangler)
    _local(circuit, after)
    return circuit


def _weyl(unitary: np.ndarray) -> TwoQubitWeylDecomposition:
    """Decompose exactly; the symmetric form where it is exact too, as its local gates are simple.

    Qiskit's default rounds coordinates below about 3e-5 away.
    """
    exact = TwoQubitWeylDecomposition(unitary, fidelity=None)
    symmetric = TwoQubitWeylDecomposition(unitary)
    off = max(abs(exact.a - symmetric.a), abs(exact.b - symmetric.b), abs(exact.c - symmetric.c))
    return symmetric if off < TOLERANCE else exact


def _needed(unitary: np.ndarray) -> int:
    """Count the entanglers that a two-qubit unitary needs."""
    weyl = TwoQubitWeylDecomposition(unitary, fidelity=None)
    return sum(abs(coordinate) > TOLERANCE for coordinate in (weyl.a, weyl.b, weyl.c))


def _unitary(circuit: QuantumCircuit) -> np.ndarray:
    """Multiply the gates of a two-qubit circuit out."""
    total = np.eye(4, dtype=complex)
    swap = np.eye(4)[[0, 2, 1, 3]]
    for instruction in circuit.data:
        matrix = instruction.operation.to_matrix()
        where = [circuit.find_bit(qubit).index for qubit in instruction.qubits]
        if where == [0]:
            matrix = np.kron(_I, matrix)
        elif where == [1]:
            matrix = np.kron(matrix, _I)
        elif where == [1, 0]:
            matrix = swap @ matrix @ swap
        total = matrix @ total
    return total


def _rotation(circuit: QuantumCircuit, axis: int, angle: Angle, entangler: str) -> None:
    """Append exp(-i angle/2 PP), P the Pauli of the axis, with one entangler."""
    turn = _TURNS[entangler][axis]
    if turn is not None:
        circuit.append(turn, [0])
        circuit.append(turn, [1])
    circuit.append(_ENTANGLERS[entangler][axis](angle), [0, 1])
    if turn is not None:
        circuit.append(turn.inverse(), [0])
        circuit.append(turn.inverse(), [1])


def _local(circuit: QuantumCircuit, matrices: list[np.ndarray]) -> None:
    for qubit, matrix in enumerate(matrices):
        circuit.append(UnitaryGate(matrix, check_input=False), [qubit])


def _matrix(gate: Gate | None) -> np.ndarray:
    return _I if gate is None else gate.to_matrix()

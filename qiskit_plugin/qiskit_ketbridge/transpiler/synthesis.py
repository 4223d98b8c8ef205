"""Write any two-qubit gate with as few partial entangling gates as its Weyl coordinates need.

Every two-qubit unitary is ``(K1l x K1r) exp(i (a XX + b YY + c ZZ)) (K2l x K2r)`` up to a phase,
with pi/4 >= a >= b >= |c| (Zhang et al., quant-ph/0209120). A machine whose entangling gate has a
free angle needs one of them for each coordinate that is not zero: one for any controlled rotation,
two for an iSWAP, three for a SWAP.
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
from qiskit.transpiler import TransformationPass

from .lowering import Angle, is_symbolic

TOLERANCE = 1e-9

# Gate that turns each qubit before the entangler (its inverse comes after), for XX, YY and ZZ.
_TURNS_TO_ZZ: tuple[Gate | None, ...] = (RYGate(-math.pi / 2), RXGate(math.pi / 2), None)
_TURN_ZZ_TO_XX = RYGate(math.pi / 2)

# Rotations about a pair of axes; they stay one entangler even with an unbound angle.
_AXES = {"rxx": 0, "ryy": 1, "rzz": 2}

# Entanglers that need no rewriting, because lowering writes them directly.
_DIRECT = {"zz": frozenset({"rzz", "zz"}), "ms": frozenset({"rxx", "ryy", "ms"})}


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
    weyl = TwoQubitWeylDecomposition(unitary)
    circuit = QuantumCircuit(2)
    _local(circuit, weyl.K2r, weyl.K2l)
    for axis, coordinate in enumerate((weyl.a, weyl.b, weyl.c)):
        if abs(coordinate) > TOLERANCE:
            _rotation(circuit, axis, -2 * coordinate, entangler)
    _local(circuit, weyl.K1r, weyl.K1l)
    return circuit


def _rotation(circuit: QuantumCircuit, axis: int, angle: Angle, entangler: str) -> None:
    """Append exp(-i angle/2 PP), P the Pauli of the axis, with one entangler."""
    if entangler == "zz":
        gate, turn = RZZGate(angle), _TURNS_TO_ZZ[axis]
    elif axis < 2:
        gate, turn = (RXXGate, RYYGate)[axis](angle), None
    else:
        gate, turn = RXXGate(angle), _TURN_ZZ_TO_XX
    for turned in (turn, gate, None if turn is None else turn.inverse()):
        if turned is gate:
            circuit.append(gate, [0, 1])
        elif turned is not None:
            circuit.append(turned, [0])
            circuit.append(turned, [1])


def _local(circuit: QuantumCircuit, right: np.ndarray, left: np.ndarray) -> None:
    circuit.append(UnitaryGate(right, check_input=False), [0])
    circuit.append(UnitaryGate(left, check_input=False), [1])

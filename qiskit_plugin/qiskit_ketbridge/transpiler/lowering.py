"""Lower circuits to a trapped-ion machine's own gates, with every Z rotation made virtual.

A Z rotation costs no pulse: it turns the phases of the pulses that follow it. So each qubit keeps
what is still to be applied to it, one 2 x 2 matrix (or symbolic Euler angles), and a pulse is
written only when an entangling gate or a measurement needs it:

* ``R(angle, axis)`` is a rotation about the axis ``cos(axis) X + sin(axis) Y``; GPI2 is a quarter
  turn and GPI half a turn about the axis ``2 pi phase``.
* ``Rz(a) Ry(b) Rz(c)`` is no pulse for b = 0, GPI2 for b = pi/2, GPI for b = pi, and two GPI2
  otherwise, each followed by a Z rotation that stays pending (McKay et al., arXiv:1612.00858).
* ZZ commutes with a pending Z rotation, MS takes it into its phases.
* ``MS U = U MS'``, where the axis of MS' is that of MS turned back by U. So what is pending can
  stay pending behind an MS if that axis is in the XY plane, and one quarter turn brings it there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from qiskit.circuit import Gate, Instruction, ParameterExpression, Qubit
from qiskit.dagcircuit import DAGCircuit, DAGOpNode
from qiskit.synthesis import OneQubitEulerDecomposer
from qiskit.transpiler import TransformationPass, TranspilerError

from ..gates import GPI2Gate, GPIGate, MSGate, ZZGate

TURN = 2 * math.pi
TOLERANCE = 1e-9

_zyz = OneQubitEulerDecomposer("ZYZ").angles
Angle = float | ParameterExpression

# Symbolic one-qubit gates as (theta, phi, lambda) of Rz(phi) Ry(theta) Rz(lambda).
_SYMBOLIC = {
    "rx": lambda t: (t, -math.pi / 2, math.pi / 2),
    "ry": lambda t: (t, 0.0, 0.0),
    "rz": lambda t: (0.0, t, 0.0),
    "p": lambda t: (0.0, t, 0.0),
    "r": lambda t, p: (t, p - math.pi / 2, math.pi / 2 - p),
    "u": lambda t, p, z: (t, p, z),
}
_PULSES = {"gpi": GPIGate, "gpi2": GPI2Gate}
SYMBOLIC_GATES = (*_SYMBOLIC, "rxx", "ryy", "rzz")


def is_symbolic(gate: Gate) -> bool:
    """Say whether a gate has unbound parameters; of controlled gates too."""
    return any(isinstance(p, ParameterExpression) and p.parameters for p in gate.params)


class LowerToNative(TransformationPass):
    """Write one-qubit gates and ``rzz`` / ``rxx`` as GPI, GPI2 and one entangling gate.

    The circuit may hold one-qubit gates with a matrix, ``rzz``, for MS machines ``rxx`` and
    ``ryy`` too, native gates, the symbolic gates of ``SYMBOLIC_GATES``, and everything that is
    no gate (measure, barrier, reset, delay). Z rotations that are pending before a measurement
    are dropped; those pending at the end of an unmeasured qubit are written as two GPI, so that
    the unitary of the circuit is kept up to its global phase.

    Args:
        entangler: ``zz`` or ``ms``.
    """

    def __init__(self, entangler: str) -> None:
        super().__init__()
        self.entangler = entangler

    def run(self, dag: DAGCircuit) -> DAGCircuit:
        """Return the lowered circuit.

        Raises:
            TranspilerError: a gate is left that the earlier passes should have rewritten.
        """
        written = self.write(dag, frozenset())
        if self.entangler == "ms":
            other = self.write(dag, frozenset(dag.qubits))
            fewer = {q for q in dag.qubits if other.pulses[q] < written.pulses[q]}
            written = self.write(dag, frozenset(fewer)) if fewer else written
        return written.dag

    def write(self, dag: DAGCircuit, deferring: frozenset[Qubit]) -> _Writer:
        """Write the circuit; on the qubits of ``deferring``, what is pending waits behind MS."""
        writer = _Writer(dag, self.entangler, deferring)
        for node in dag.topological_op_nodes():
            writer.take(node)
        writer.finish()
        return writer


class _Writer:
    """The circuit written so far, and what is pending on each qubit: the frame, then the matrix.

    Attributes:
        dag: the circuit written so far.
        pulses: how many of its gates act on each qubit alone.
    """

    def __init__(self, dag: DAGCircuit, entangler: str, deferring: frozenset[Qubit]) -> None:
        self.dag = dag.copy_empty_like()
        self.entangler = entangler
        self.deferring = deferring
        self.pulses: dict[Qubit, int] = dict.fromkeys(dag.qubits, 0)
        self.matrix: dict[Qubit, np.ndarray | None] = dict.fromkeys(dag.qubits)
        self.frame: dict[Qubit, Angle] = dict.fromkeys(dag.qubits, 0.0)
        self.measured: set[Qubit] = set()

    def take(self, node: DAGOpNode) -> None:
        """Add one operation."""
        op, qubits = node.op, node.qargs
        if node.name == "barrier":
            self._pulses_of(qubits)
            self.dag.apply_operation_back(op, qubits, node.cargs, check=False)
        elif not isinstance(op, Gate):
            self._other(op, node)
        elif len(qubits) == 1:
            self.measured.discard(qubits[0])
            self._one(op, qubits[0])
        elif len(qubits) == 2:
            self.measured.difference_update(qubits)
            self._two(op, qubits)
        else:
            raise TranspilerError(f"{node.name} on {len(qubits)} qubits was not rewritten")

    def _other(self, op: Instruction, node: DAGOpNode) -> None:
        self._pulses_of(node.qargs)
        if node.name in ("measure", "reset"):
            for qubit in node.qargs:
                self.frame[qubit] = 0.0
            self.measured.update(node.qargs)
        elif node.name != "delay":
            raise TranspilerError(f"{node.name} cannot be written in native gates")
        self.dag.apply_operation_back(op, node.qargs, node.cargs, check=False)

    def _one(self, op: Gate, qubit: Qubit) -> None:
        if not is_symbolic(op):
            self._multiply(qubit, op.to_matrix())
            return
        self._pulses(qubit)
        if op.name in _SYMBOLIC:
            self._euler(qubit, *_SYMBOLIC[op.name](*op.params))
        elif op.name in _PULSES:
            self._write(_PULSES[op.name](op.params[0] - self.frame[qubit] / TURN), qubit)
        else:
            raise TranspilerError(f"{op.name} with unbound parameters was not rewritten")

    def _multiply(self, qubit: Qubit, now: np.ndarray) -> None:
        before = self.matrix[qubit]
        self.matrix[qubit] = now if before is None else now @ before

    def _pulses_of(self, qubits: Sequence[Qubit]) -> None:
        for qubit in qubits:
            self._pulses(qubit)

    def _pulses(self, qubit: Qubit) -> None:
        """Write the pulses of the pending matrix; a Z rotation stays in the frame."""
        matrix, self.matrix[qubit] = self.matrix[qubit], None
        if matrix is not None:
            self._euler(qubit, *map(float, _zyz(matrix)))

    def _euler(self, qubit: Qubit, theta: Angle, phi: Angle, lam: Angle) -> None:
        """Write ``Rz(phi) Ry(theta) Rz(lam)`` after the frame that is pending."""
        lam = lam + self.frame[qubit]
        turned = None if isinstance(theta, ParameterExpression) else theta % TURN
        if turned is not None and min(turned, TURN - turned) < TOLERANCE:
            self.frame[qubit] = phi + lam
            return
        if turned is not None and abs(turned - math.pi) < TOLERANCE:
            self._write(GPIGate(_turns(math.pi / 2 - lam)), qubit)
            self.frame[qubit] = phi + lam
        elif turned is not None and abs(turned - math.pi / 2) < TOLERANCE:
            self._write(GPI2Gate(_turns(math.pi / 2 - lam)), qubit)
            self.frame[qubit] = phi + lam
        else:
            self._write(GPI2Gate(_turns(-lam)), qubit)
            self._write(GPI2Gate(_turns(-(theta + math.pi + lam))), qubit)
            self.frame[qubit] = phi + theta + lam

    def _two(self, op: Gate, qubits: Sequence[Qubit]) -> None:
        if op.name == "rzz" and self.entangler == "zz":
            self._zz(op.params[0], qubits)
        elif op.name == "zz" and self.entangler == "zz":
            self._zz(op.params[0] * TURN, qubits)
        elif op.name in ("rxx", "ryy") and self.entangler == "ms":
            axis = 0.0 if op.name == "rxx" else 0.25
            self._ms(axis, axis, op.params[0], qubits)
        elif op.name == "ms" and self.entangler == "ms":
            self._ms(op.params[0], op.params[1], op.params[2] * TURN, qubits)
        else:
            raise TranspilerError(f"{op.name} was not rewritten for {self.entangler}")

    def _zz(self, angle: Angle, qubits: Sequence[Qubit]) -> None:
        """Write exp(-i angle/2 ZZ); a half turn of ZZ is one of Z on each qubit."""
        self._pulses_of(qubits)
        if not isinstance(angle, ParameterExpression):
            half_turns = round(angle / math.pi)
            angle -= half_turns * math.pi
            for qubit in qubits:
                self.frame[qubit] += half_turns * math.pi
            if abs(angle) < TOLERANCE:
                return
        self._write(ZZGate(angle / TURN), *qubits)

    def _ms(self, phase0: Angle, phase1: Angle, angle: Angle, qubits: Sequence[Qubit]) -> None:
        """Write MS with 0 < angle <= a quarter turn; a half turn is a GPI on each qubit."""
        phases = [phase0, phase1]
        if not any(isinstance(value, ParameterExpression) for value in (*phases, angle)):
            half_turns = round(angle / math.pi)
            angle -= half_turns * math.pi
            if half_turns % 2:
                for qubit, phase in zip(qubits, phases, strict=True):
                    self._multiply(qubit, GPIGate(phase).to_matrix())
            if angle < 0:
                phases[0], angle = phases[0] + 0.5, -angle
            if angle < TOLERANCE:
                return
        turned = [_wrapped(self._axis(*one)) for one in zip(qubits, phases, strict=True)]
        self._write(MSGate(turned[0], turned[1], angle / TURN), *qubits)

    def _axis(self, qubit: Qubit, phase: Angle) -> Angle:
        """Return the phase of an MS when what is pending comes after it, in turns."""
        frame = self.frame[qubit]
        symbolic = isinstance(phase, ParameterExpression) or isinstance(frame, ParameterExpression)
        if symbolic or qubit not in self.deferring:
            self._pulses(qubit)
            return phase - self.frame[qubit] / TURN
        self._multiply(qubit, np.eye(2))
        pending = self.matrix[qubit] @ _rz(frame)
        x, y, z = _vector(pending.conj().T @ GPIGate(phase).to_matrix() @ pending)
        if abs(z) > TOLERANCE:
            if num_pulses(pending) == 1:
                self._pulses(qubit)
                return phase - self.frame[qubit] / TURN
            pulse = GPI2Gate(_turns(math.atan2(y, x)))
            self._write(pulse, qubit)
            pending = pending @ pulse.to_matrix().conj().T
            x, y, z = _vector(pending.conj().T @ GPIGate(phase).to_matrix() @ pending)
        self.matrix[qubit], self.frame[qubit] = pending, 0.0
        return math.atan2(y, x) / TURN

    def _write(self, gate: Gate, *qubits: Qubit) -> None:
        if len(qubits) == 1:
            self.pulses[qubits[0]] += 1
        self.dag.apply_operation_back(gate, qubits, check=False)

    def finish(self) -> None:
        """Write what is still pending."""
        for qubit in self.dag.qubits:
            self._pulses(qubit)
            frame = self.frame[qubit]
            symbolic = isinstance(frame, ParameterExpression)
            idle = not symbolic and abs(math.remainder(frame, TURN)) < TOLERANCE
            if not idle and qubit not in self.measured:
                self._write(GPIGate(0.0), qubit)
                self._write(GPIGate(_turns(frame / 2)), qubit)


def num_pulses(matrix: np.ndarray) -> int:
    """Count the pulses of a one-qubit unitary when Z rotations are free."""
    diagonal = abs(matrix[0, 0])
    if diagonal > 1 - TOLERANCE:
        return 0
    if diagonal < TOLERANCE or abs(diagonal - math.sqrt(0.5)) < TOLERANCE:
        return 1
    return 2


def _vector(matrix: np.ndarray) -> tuple[float, float, float]:
    """Return x, y, z of a matrix ``x X + y Y + z Z``."""
    return matrix[1, 0].real, matrix[1, 0].imag, matrix[0, 0].real


def _rz(angle: float) -> np.ndarray:
    return np.diag([np.exp(-0.5j * angle), np.exp(0.5j * angle)])


def _turns(angle: Angle) -> Angle:
    """Turn radians into turns, in [0, 1) where the angle is a number."""
    return _wrapped(angle / TURN)


def _wrapped(turns: Any) -> Any:
    if isinstance(turns, ParameterExpression):
        return turns
    wrapped = turns % 1.0
    return 0.0 if 1.0 - wrapped < TOLERANCE else wrapped

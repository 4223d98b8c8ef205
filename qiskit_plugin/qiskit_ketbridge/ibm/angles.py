"""RZZ of any angle on machines that have it from 0 to a quarter turn.

``RZZ(t) = exp(-i t/2 Z Z)``. With ``RZZ(t + 2 pi) = -RZZ(t)``, ``RZZ(pi) = -i Z Z`` and
``X RZZ(t) X = RZZ(-t)``, X on one qubit, every angle folds into the range that the machine has.
"""

from __future__ import annotations

import math

from qiskit.circuit import QuantumRegister
from qiskit.circuit.library import RZGate, RZZGate, XGate
from qiskit.dagcircuit import DAGCircuit

RZZ_BOUNDS = (0.0, math.pi / 2)


def folded_rzz(angle: float) -> DAGCircuit:
    """Write RZZ with an angle from 0 to pi/2, X and RZ, the global phase included.

    Args:
        angle: any angle in radians.
    """
    turns = round(angle / (2 * math.pi))
    rest = angle - 2 * math.pi * turns
    dag = DAGCircuit()
    register = QuantumRegister(2)
    dag.add_qreg(register)
    dag.global_phase = math.pi * (turns % 2)
    if abs(rest) > math.pi / 2:
        # RZZ(pi) = i RZ(pi) RZ(pi) and RZZ(-pi) = -i RZ(pi) RZ(pi)
        sign = math.copysign(1, rest)
        rest -= sign * math.pi
        dag.global_phase += sign * math.pi / 2
        for qubit in register:
            dag.apply_operation_back(RZGate(math.pi), [qubit])
    if rest < 0:
        dag.apply_operation_back(XGate(), [register[0]])
    if rest:
        dag.apply_operation_back(RZZGate(abs(rest)), list(register))
    if rest < 0:
        dag.apply_operation_back(XGate(), [register[0]])
    return dag


def teach_transpiler() -> None:
    """Let Qiskit's transpiler fold RZZ where a target bounds its angle."""
    try:
        from qiskit.transpiler.passes.utils.wrap_angles import WRAP_ANGLE_REGISTRY
    except ImportError:  # Qiskit before 2.2 has neither bounds nor the pass
        return
    WRAP_ANGLE_REGISTRY.add_wrapper("rzz", lambda values, _: folded_rzz(float(values[0])))


teach_transpiler()

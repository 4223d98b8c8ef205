"""Rules between Qiskit's gates and native gates, for passes that look for a way from gate to gate.

Qiskit's own stages before translation rewrite gates on three qubits by such rules. The translation
stage of this package finds shorter circuits and does not use them.
"""

from __future__ import annotations

import math
from functools import cache

from qiskit.circuit import Parameter, QuantumCircuit
from qiskit.circuit.equivalence_library import SessionEquivalenceLibrary
from qiskit.circuit.library import CXGate, UGate

from ..gates import GPI2Gate, GPIGate, MSGate, ZZGate

TURN = 2 * math.pi


@cache
def register() -> None:
    """Add the rules to Qiskit's session library, once in a process."""
    theta, phi, lam = (Parameter(name) for name in ("theta", "phi", "lam"))
    rules = SessionEquivalenceLibrary
    rules.add_equivalence(UGate(theta, phi, lam), _u(theta, phi, lam))
    rules.add_equivalence(CXGate(), _cx_by_zz())
    rules.add_equivalence(CXGate(), _cx_by_ms())
    # A gate that the library knows is no longer unrolled by its definition: so that is a rule too.
    for gate in (GPIGate(phi), GPI2Gate(phi), MSGate(theta, phi, lam), ZZGate(theta)):
        rules.add_equivalence(gate, gate.definition)


def _u(theta: Parameter, phi: Parameter, lam: Parameter) -> QuantumCircuit:
    """Two quarter turns, then a Z rotation as two half turns."""
    circuit = QuantumCircuit(1, global_phase=(phi + lam) / 2)
    circuit.append(GPI2Gate(-lam / TURN), [0])
    circuit.append(GPI2Gate(-(theta + math.pi + lam) / TURN), [0])
    circuit.append(GPIGate(0.0), [0])
    circuit.append(GPIGate((phi + theta + lam) / (2 * TURN)), [0])
    return circuit


def _cx_by_zz() -> QuantumCircuit:
    circuit = QuantumCircuit(2, global_phase=-math.pi / 4)
    circuit.h(1)
    circuit.append(ZZGate(0.25), [0, 1])
    circuit.rz(-math.pi / 2, 0)
    circuit.rz(-math.pi / 2, 1)
    circuit.h(1)
    return circuit


def _cx_by_ms() -> QuantumCircuit:
    circuit = QuantumCircuit(2, global_phase=-math.pi / 4)
    circuit.h(0)
    circuit.append(MSGate(0.0, 0.0, 0.25), [0, 1])
    circuit.rx(-math.pi / 2, 0)
    circuit.rx(-math.pi / 2, 1)
    circuit.h(0)
    return circuit

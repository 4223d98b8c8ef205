"""Kipu's simulator: OpenQASM 2 in the modes sample, statevector and amplitudes, on Aer.

Everything is big-endian: qubit 0, or classical bit 0, is leftmost in a bit string and the most
significant bit of an index.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ...workers import WorkError
from ..machines import QSIM_GATES
from . import qasm
from .plan import INVALID, Plan

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

_BESIDE_GATES = frozenset({"measure", "reset", "barrier"})
_SMALLEST = 1e-14


def run(plan: Plan) -> dict[str, Any]:
    """Run a job."""
    begin = time.perf_counter()
    circuit = qasm.read2(qasm.text_of(plan.input))
    qasm.check_width(circuit, plan)
    _check_gates(circuit)
    parsed = time.perf_counter()
    found = _MODES[plan.params.get("mode", "sample")](circuit, plan)
    metadata = {
        "num_qubits": circuit.num_qubits,
        "parse_ms": round((parsed - begin) * 1000),
        "translate_ms": 0,
        "simulate_ms": round((time.perf_counter() - parsed) * 1000),
    }
    return {**found, "metadata": metadata}


def _check_gates(circuit: QuantumCircuit) -> None:
    """Refuse gates of the library that the machine does not have, and conditions."""
    for instruction in circuit.data:
        operation = instruction.operation
        defined = (type(operation).__module__ or "").startswith("qiskit.qasm2")
        if operation.name not in _BESIDE_GATES.union(QSIM_GATES) and not defined:
            raise WorkError(INVALID, f"The gate {operation.name!r} is not supported.")


def _sample(circuit: QuantumCircuit, plan: Plan) -> dict[str, Any]:
    width, counts, _ = qasm.drawn(circuit, plan)
    return {"counts": {f"{state:0{width}b}"[::-1]: count for state, count in counts.items()}}


def _state(circuit: QuantumCircuit) -> Any:
    """Compute the state before the final measurements, big-endian."""
    from qiskit.quantum_info import Statevector

    plain = circuit.remove_final_measurements(inplace=False)
    if any(instruction.operation.name in ("measure", "reset") for instruction in plain.data):
        raise WorkError(INVALID, "A circuit that measures or resets in its middle has no state.")
    return Statevector(plain.reverse_bits()).data


def _statevector(circuit: QuantumCircuit, plan: Plan) -> dict[str, Any]:
    return {"statevector": [[one.real, one.imag] for one in _state(circuit).tolist()]}


def _amplitudes(circuit: QuantumCircuit, plan: Plan) -> dict[str, Any]:
    """Give the amplitudes of the states that are asked for; without any, all that are not zero."""
    state, width = _state(circuit).tolist(), circuit.num_qubits
    asked = plan.params.get("bitstrings")
    if asked is None:
        asked = [f"{i:0{width}b}" for i, one in enumerate(state) if abs(one) > _SMALLEST]
    if any(len(text) != width for text in asked):
        raise WorkError(INVALID, f"A bit string must have {width} bits.")
    found = {text: state[int(text, 2)] for text in asked}
    return {"amplitudes": {text: [one.real, one.imag] for text, one in found.items()}}


_MODES = {"sample": _sample, "statevector": _statevector, "amplitudes": _amplitudes}

"""Circuits that a service has compiled, as Qiskit circuits."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from qiskit import QuantumCircuit, qasm2, qasm3

from ketbridge import Format
from ketbridge.errors import ProgramError, ProtocolError

from .gates import GPI2Gate, GPIGate, MSGate, ZZGate


def read(text: str, form: Format) -> QuantumCircuit:
    """Read a compiled circuit.

    Args:
        text: as the service gives it.
        form: the language that it is written in.

    Raises:
        ProtocolError: it cannot be read.
        ProgramError: circuits of this language are no Qiskit circuits.
    """
    reader = _READERS.get(form)
    if reader is None:
        raise ProgramError(f"compiled circuits in {form} are no Qiskit circuits")
    try:
        return reader(text)
    except (
        ValueError, KeyError, TypeError, qasm2.QASM2ParseError, qasm3.QASM3ImporterError,
    ) as error:  # fmt: skip
        raise ProtocolError(f"the compiled circuit cannot be read: {error}") from error


def _native(text: str) -> QuantumCircuit:
    """Read IonQ's JSON of native gates; all angles are in turns."""
    data = json.loads(text)
    circuit = QuantumCircuit(int(data["qubits"]), name="compiled")
    for gate in data["circuit"]:
        circuit.append(_GATES[gate["gate"]](gate), _targets(gate))
    return circuit


def _targets(gate: Mapping[str, Any]) -> list[int]:
    return list(gate["targets"]) if "targets" in gate else [gate["target"]]


def _ms(gate: Mapping[str, Any]) -> MSGate:
    first, second = gate["phases"]
    return MSGate(first, second, gate.get("angle", 0.25))


_GATES: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "gpi": lambda gate: GPIGate(gate["phase"]),
    "gpi2": lambda gate: GPI2Gate(gate["phase"]),
    "ms": _ms,
    "zz": lambda gate: ZZGate(gate["angle"]),
}

_READERS: Mapping[Format, Callable[[str], QuantumCircuit]] = {
    Format.IONQ_NATIVE: _native,
    Format.OPENQASM2: qasm2.loads,
    Format.OPENQASM3: qasm3.loads,
}

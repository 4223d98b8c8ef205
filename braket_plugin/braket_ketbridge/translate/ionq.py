"""Braket circuits as IonQ circuit JSON."""

from __future__ import annotations

from collections.abc import Mapping

from braket.circuits import Circuit

from ketbridge.programs import Format, Program, ionq_json

from .native import NativeWriter
from .observe import as_json
from .qis import QisWriter
from .walk import checked_qubits, walk


def qis(circuit: Circuit, inputs: Mapping[str, float]) -> Program:
    """Write a circuit in the ``qis`` gate set, gaps between its qubits closed."""
    qubits = checked_qubits(circuit)
    index = {qubit: number for number, qubit in enumerate(sorted(qubits))}
    parts, readout = walk(circuit, QisWriter(index, inputs), qubits, index)
    size = max(index.values()) + 1
    body = ionq_json.wrap(parts, size, "qis")
    return Program(Format.IONQ_QIS, body, readout, size, metadata=as_json(circuit))


def native(circuit: Circuit, inputs: Mapping[str, float]) -> Program:
    """Write a circuit of GPi, GPi2, MS and ZZ alone, on the very qubits that it names."""
    qubits = checked_qubits(circuit)
    index = {qubit: int(qubit) for qubit in qubits}
    parts, readout = walk(circuit, NativeWriter(index, inputs), qubits, index)
    size = max(index.values()) + 1
    body = ionq_json.wrap(parts, size, "native")
    return Program(Format.IONQ_NATIVE, body, readout, size, metadata=as_json(circuit))

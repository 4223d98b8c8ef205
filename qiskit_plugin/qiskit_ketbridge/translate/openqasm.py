"""Circuits that measure, reset or decide before their end, as OpenQASM 3 text.

The service gives back the program's classical bits, the first register that is declared lowest. So
the text declares the circuit's classical bits in their own order; where the circuit's registers do
not lie so, one register takes their place.
"""

from __future__ import annotations

import json

from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm3
from qiskit.circuit import ControlFlowOp

from ketbridge import Format, Program, Readout

from ..errors import CircuitError
from .layout import json_metadata, lies_in_order, registers_of
from .pattern import InexpressibleError, numbers


def encode_qasm3(circuit: QuantumCircuit) -> Program:
    """Translate a circuit into OpenQASM 3 for IonQ.

    Raises:
        CircuitError: as `dynamic_text` does.
    """
    text, readout = dynamic_text(circuit)
    body = json.dumps({"qubits": circuit.num_qubits, "data": text}, separators=(",", ":"))
    return Program(
        Format.IONQ_QASM3,
        body.encode(),
        readout,
        circuit.num_qubits,
        circuit.name,
        json_metadata(circuit.metadata),
    )


def dynamic_text(circuit: QuantumCircuit) -> tuple[str, Readout]:
    """Write a circuit as OpenQASM 3; the readout has classical bits as they are in the text.

    Raises:
        CircuitError: it measures nothing, a parameter is unbound or no finite number, or OpenQASM 3
            cannot say what it does.
    """
    if not circuit.num_clbits:
        raise CircuitError(
            f"circuit {circuit.name!r} has no classical bits: add qc.measure(...) or "
            "qc.measure_all()"
        )
    _check_parameters(circuit)
    flat = circuit if lies_in_order(circuit) else _with_one_register(circuit)
    try:
        text = qasm3.dumps(flat)
    except qasm3.QASM3ExporterError as error:
        raise CircuitError(f"circuit {circuit.name!r} is no OpenQASM 3: {error}") from error
    return text, Readout(tuple(range(circuit.num_clbits)), registers_of(circuit))


def _check_parameters(circuit: QuantumCircuit) -> None:
    for index, instruction in enumerate(circuit.data):
        if instruction.is_standard_gate():
            try:
                numbers(instruction.params)
            except InexpressibleError as error:
                raise CircuitError(f"instruction {index}, {instruction.name!r}, {error}") from None
        elif isinstance(instruction.operation, ControlFlowOp):
            for block in instruction.operation.blocks:
                _check_parameters(block)


def _with_one_register(circuit: QuantumCircuit) -> QuantumCircuit:
    flat = QuantumCircuit(
        QuantumRegister(circuit.num_qubits, "q"), ClassicalRegister(circuit.num_clbits, "c")
    )
    flat.compose(circuit, flat.qubits, flat.clbits, inplace=True)
    if len(flat.cregs) > 1:
        raise CircuitError(
            f"circuit {circuit.name!r} decides by a classical register that shares bits with "
            "another or lies out of order: use registers of their own"
        )
    return flat

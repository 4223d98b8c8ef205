"""OpenQASM 2 and 3 of a job, as Qiskit circuits and as the states they are measured in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...simulate import measured
from ...workers import WorkError
from .plan import INVALID, Plan

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


def text_of(given: Any) -> str:
    """Return the text of a program, which comes bare or as the member ``qasm``.

    Raises:
        WorkError: there is none.
    """
    text = given.get("qasm") if isinstance(given, dict) else given
    if not isinstance(text, str) or not text.strip():
        raise WorkError(INVALID, "The input has no OpenQASM program.")
    return text


def read2(text: str) -> QuantumCircuit:
    """Read OpenQASM 2 with the gates that Qiskit writes.

    Raises:
        WorkError: it cannot be read.
    """
    from qiskit import qasm2

    try:
        return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    except qasm2.QASM2ParseError as error:
        raise WorkError(INVALID, f"The OpenQASM 2 program is not readable: {error}") from None


def read3(text: str) -> QuantumCircuit:
    """Read OpenQASM 3.

    Raises:
        WorkError: it cannot be read.
    """
    from qiskit import qasm3

    try:
        return qasm3.loads(text)
    except Exception as error:  # noqa: BLE001 - any error of the parser is one of the program
        raise WorkError(INVALID, f"The OpenQASM 3 program is not readable: {error}") from None


def check_width(circuit: QuantumCircuit, plan: Plan) -> None:
    """Refuse a circuit that is wider than the machine.

    Raises:
        WorkError: it is.
    """
    if circuit.num_qubits > plan.qubits:
        raise WorkError(
            INVALID, f"The circuit has {circuit.num_qubits} qubits, the backend {plan.qubits}."
        )


def drawn(circuit: QuantumCircuit, plan: Plan) -> tuple[int, dict[int, int], tuple[int, ...]]:
    """Draw the shots of a circuit; one without classical bits is measured at its end.

    Returns:
        The number of classical bits, the counts, and each shot; bit 0 is classical bit 0.
    """
    if not circuit.num_clbits:
        circuit = circuit.copy()
        circuit.measure_all()
    found = measured(circuit, None, plan.shots, plan.seed)
    return circuit.num_clbits, found.histogram, found.shots or ()

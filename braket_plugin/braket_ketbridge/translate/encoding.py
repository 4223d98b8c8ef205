"""Braket circuits as programs for IonQ: pure, nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from braket.circuits import Circuit, Gate, Noise, compiler_directives, gates

from ketbridge.errors import ProgramError
from ketbridge.programs import Format, Program, ionq_json

from .native import NativeWriter, check_native
from .observe import as_json, check_result_types
from .qis import QisWriter
from .readout import Measured, readout_of
from .rules import RULES
from .source import as_circuit

_GATESETS: dict[Format, ionq_json.Gateset] = {Format.IONQ_QIS: "qis", Format.IONQ_NATIVE: "native"}


def encode(
    circuit: Any,
    format: Format = Format.IONQ_QIS,  # noqa: A002
    inputs: Mapping[str, float] | None = None,
) -> Program:
    """Translate a circuit, exactly up to its global phase.

    In ``IONQ_QIS`` the qubits of a circuit with gaps are renumbered without gaps;
    ``IONQ_NATIVE`` names the very qubits that the circuit does. The rotations that the circuit's
    result types need are appended.

    Args:
        circuit: a Braket ``Circuit``, an OpenQASM ``Program``, or anything that Braket can
            serialise to OpenQASM.
        format: ``IONQ_QIS``, or ``IONQ_NATIVE`` for a circuit of GPi, GPi2, MS and ZZ alone.
        inputs: values of the free parameters, angles in radians.

    Returns:
        The program. Classical bit ``i`` of its readout is column ``i`` of Braket's measurements;
        ``readout.labels`` are Braket's numbers of the measured qubits.

    Raises:
        ProgramError: the circuit cannot run there; the message names the gate and its index.
    """
    if format not in _GATESETS:
        raise ProgramError(f"a Braket circuit cannot be written as {format!s}")
    circuit = as_circuit(circuit, inputs)
    check_result_types(circuit)
    qubits = circuit.qubits
    if not qubits:
        raise ProgramError("the circuit has no qubits: it needs at least one gate on a qubit")
    native = format is Format.IONQ_NATIVE
    index = {qubit: int(qubit) if native else i for i, qubit in enumerate(sorted(qubits))}
    writer = (NativeWriter if native else QisWriter)(index, inputs or {})
    parts, measured = _write(circuit, writer)
    readout = readout_of(qubits, measured, index)
    size = max(index.values()) + 1
    body = ionq_json.wrap(parts, size, _GATESETS[format])
    return Program(format, body, readout, size, metadata=as_json(circuit))


def format_for(circuit: Circuit, formats: Sequence[Format] = ()) -> Format:
    """Choose the language of a circuit: native where all its gates are in verbatim boxes.

    Args:
        circuit: the circuit.
        formats: languages of the machine; none: all are possible.
    """
    inside = boxed = False
    for _, instruction in circuit.moments.items():
        operator = instruction.operator
        if isinstance(operator, Gate):
            if not inside:
                return Format.IONQ_QIS
        elif isinstance(operator, compiler_directives.StartVerbatimBox):
            inside = boxed = True
        elif isinstance(operator, compiler_directives.EndVerbatimBox):
            inside = False
    native = boxed and (not formats or Format.IONQ_NATIVE in formats)
    return Format.IONQ_NATIVE if native else Format.IONQ_QIS


def _write(circuit: Circuit, writer: QisWriter | NativeWriter) -> tuple[list[str], list[Measured]]:
    """Return the JSON of the gates, and what is measured."""
    parts: list[str] = []
    measured: dict[Any, Measured] = {}
    boxed = False
    index = -1
    for index, (key, instruction) in enumerate(circuit.moments.items()):
        operator = instruction.operator
        try:
            if measured and not measured.keys().isdisjoint(key.qubits):
                raise ProgramError("acts on a qubit that is already measured")
            if type(operator) in RULES:
                if boxed:
                    check_native(instruction)
                parts.append(writer.write(instruction))
            elif key.moment_type == "measure":
                qubit = instruction.target[0]
                measured[qubit] = Measured(qubit, operator._target_index)
            elif isinstance(operator, compiler_directives.CompilerDirective):
                boxed = _is_boxed(operator, boxed)
            else:
                _check_gate(operator)
                parts.append(writer.write(instruction))
        except ProgramError as error:
            raise ProgramError(f"{operator.name} at index {index}: {error}") from error.__cause__
    for rotation in circuit.basis_rotation_instructions:
        parts.append(writer.basis(rotation))
    return [part for part in parts if part], list(measured.values())


def _is_boxed(operator: Any, boxed: bool) -> bool:
    """Say whether a directive leaves us inside a verbatim box."""
    if isinstance(operator, compiler_directives.Barrier):
        return boxed
    return isinstance(operator, compiler_directives.StartVerbatimBox)


def _check_gate(operator: Any) -> None:
    if isinstance(operator, Noise):
        raise ProgramError("no machine takes noise on single gates; leave it out")
    if isinstance(operator, gates.PulseGate):
        raise ProgramError("IonQ takes no pulses")
    if not isinstance(operator, Gate):
        raise ProgramError("cannot be written in IonQ's gates")

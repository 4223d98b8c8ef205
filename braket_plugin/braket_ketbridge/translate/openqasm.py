"""Braket circuits as OpenQASM: version 3 in Braket's dialect, version 2, and plain version 3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from braket.circuits import Circuit, Instruction
from braket.circuits.serialization import (
    IRType,
    OpenQASMSerializationProperties,
    QubitReferenceType,
)

from ketbridge.programs import Format, Program, Readout, qasm_text

from .compiler import Compiler
from .observe import as_json
from .parameters import bound
from .walk import boxes_of, checked_qubits, walk

_GATES = ("x", "y", "z", "h", "s", "sdg", "t", "tdg", "rx", "ry", "rz", "cx")
"""Gates that every reader has in its ``qelib1.inc`` or ``stdgates.inc``."""


def braket(circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler | None) -> Program:
    """Write a circuit in Braket's OpenQASM 3, all parameters bound, all columns measured.

    The rotations of the result types are gates of the program. Qubits are those of the machine
    (``$3``) if there is a verbatim box or the compiler keeps qubits; otherwise they are numbered
    without gaps.

    Raises:
        ProgramError: the circuit cannot be written; the message names the gate and its index.
    """
    physical = boxes_of(circuit).inside or (compiler is not None and compiler.keep_qubits)
    qubits = checked_qubits(circuit)
    numbers = enumerate(sorted(qubits))
    index = {qubit: int(qubit) if physical else number for number, qubit in numbers}
    parts, readout = walk(circuit, _Binder(index, inputs), qubits, index)
    built = _joined(parts).measure([one for one in readout.sources if one is not None])
    kind = QubitReferenceType.PHYSICAL if physical else QubitReferenceType.VIRTUAL
    source = built.to_ir(IRType.OPENQASM, OpenQASMSerializationProperties(kind)).source
    size = max(index.values()) + 1
    return Program(
        Format.BRAKET_OPENQASM3, _noted(source, readout), readout, size, metadata=as_json(circuit)
    )


def _noted(text: str, readout: Readout) -> bytes:
    """Return a text; one with other numbers of qubits than the circuit says which those were."""
    return (text if readout.labels is None else qasm_text.noted(text, readout)).encode()


class _Binder:
    """Binds the parameters of instructions and renumbers their qubits."""

    def __init__(self, index: dict[Any, int], inputs: Mapping[str, float]) -> None:
        self.index = index
        self.inputs = inputs

    def write(self, instruction: Instruction) -> tuple[bool, Instruction]:
        """Return a gate that stands outside of boxes."""
        return False, self._bound(instruction)

    basis = write

    def write_boxed(self, instruction: Instruction) -> tuple[bool, Instruction]:
        """Return a gate of a box."""
        return True, self._bound(instruction)

    def _bound(self, instruction: Instruction) -> Instruction:
        # Braket leaves the controls of a global phase out of its list of the circuit's qubits
        return Instruction(
            bound(instruction.operator, self.inputs),
            [self.index[qubit] for qubit in instruction.target],
            control=[self.index.setdefault(q, len(self.index)) for q in instruction.control],
            control_state=list(instruction.control_state),
            power=instruction.power,
        )


def _joined(parts: Iterable[tuple[bool, Instruction]]) -> Circuit:
    """Put instructions together, those of boxes into boxes."""
    built = Circuit()
    for boxed, group in groupby(parts, lambda part: part[0]):
        inside = Circuit([instruction for _, instruction in group])
        if boxed:
            built.add_verbatim_box(inside)
        else:
            built.add_circuit(inside)
    return built


def version2(circuit: Circuit, inputs: Mapping[str, float]) -> Program:
    """Write a circuit in OpenQASM 2, in gates that every reader knows.

    Raises:
        ProgramError: the circuit cannot be written; the message names the gate and its index.
    """
    from .qiskit_circuit import as_openqasm2

    return _plain(circuit, inputs, Format.OPENQASM2, as_openqasm2)


def version3(circuit: Circuit, inputs: Mapping[str, float]) -> Program:
    """Write a circuit in OpenQASM 3, in gates that every reader knows.

    Raises:
        ProgramError: the circuit cannot be written; the message names the gate and its index.
    """
    from .qiskit_circuit import as_openqasm3

    return _plain(circuit, inputs, Format.OPENQASM3, as_openqasm3)


def _plain(
    circuit: Circuit, inputs: Mapping[str, float], form: Format, text_of: Callable[[Any], str]
) -> Program:
    from .qiskit_circuit import converted, measure, plain

    made = converted(circuit, inputs)
    written = measure(plain(made.circuit, _GATES), made.readout)
    body = _noted(text_of(written), made.readout)
    return Program(form, body, made.readout, written.num_qubits, metadata=as_json(circuit))

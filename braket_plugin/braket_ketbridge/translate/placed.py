"""Circuits on a machine: compiled for it, or gate by gate on the qubits that they name."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from braket.circuits import Circuit, Instruction, gates

from ketbridge.errors import ProgramError
from ketbridge.programs import Readout

from .compiler import Compiler
from .feedback import Decisions, read
from .parameters import numbers
from .qiskit_circuit import Converted, columns_of, converted, empty, measure
from .walk import boxes_of, checked_qubits, walk

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit

_VERBATIM: Mapping[type[Any], str] = {
    gates.I: "id", gates.X: "x", gates.V: "sx", gates.Rx: "rx", gates.Rz: "rz", gates.PRx: "r",
    gates.CNot: "cx", gates.CZ: "cz", gates.ECR: "ecr", gates.ZZ: "rzz",
}  # fmt: skip
"""Gates of machines, by Qiskit's names, which a verbatim box may hold where a machine has them."""


def placed(
    circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler
) -> tuple[QuantumCircuit, Readout]:
    """Write a circuit in the gates of a machine, measured, on all of its qubits.

    Raises:
        ProgramError: it cannot run there.
    """
    if boxes_of(circuit).inside:
        return _verbatim(circuit, inputs, compiler)
    return _compiled(converted(circuit, inputs, feedback=compiler.decides), compiler)


def _compiled(made: Converted, compiler: Compiler) -> tuple[QuantumCircuit, Readout]:
    """Compile a circuit and look where its measurements went."""
    circuit, readout = made.circuit, made.readout
    if compiler.keep_qubits:
        circuit, readout = _in_place(made, compiler)
    built = compiler.run(measure(circuit, readout))
    columns = columns_of(built)
    sources = [0] * readout.num_bits
    for one in built.data:
        if one.operation.name == "measure" and one.clbits[0] in columns:
            sources[columns[one.clbits[0]]] = built.find_bit(one.qubits[0]).index
    return built, _labelled(readout, tuple(sources))


def _in_place(made: Converted, compiler: Compiler) -> tuple[QuantumCircuit, Readout]:
    """Put each qubit on the machine's qubit of that number."""
    size = compiler.target.num_qubits
    _check_numbers(made.qubits, compiler)
    whole = empty(size)
    whole.add_bits(made.circuit.clbits)
    whole.compose(made.circuit, list(made.qubits), made.circuit.clbits, inplace=True)
    labels = made.readout.labels or made.readout.sources
    return whole, dataclasses.replace(made.readout, sources=labels, labels=None)


def _labelled(readout: Readout, sources: tuple[int, ...]) -> Readout:
    """Let a readout name other sources and Braket's numbers of the qubits as before."""
    labels = readout.labels or tuple(one for one in readout.sources if one is not None)
    return Readout(sources, readout.registers, labels if labels != sources else None)


def _check_numbers(qubits: tuple[int, ...], compiler: Compiler) -> None:
    size = compiler.target.num_qubits
    if max(qubits) >= size:
        raise ProgramError(
            f"there is no qubit {max(qubits)}: {compiler.info.name} has {size}, the first is 0"
        )


# Verbatim ----------------------------------------------------------------------------------------


def _verbatim(
    circuit: Circuit, inputs: Mapping[str, float], compiler: Compiler
) -> tuple[QuantumCircuit, Readout]:
    """Write a circuit of verbatim boxes gate by gate, on the qubits that it names."""
    qubits = checked_qubits(circuit)
    index = {qubit: int(qubit) for qubit in qubits}
    _check_numbers(tuple(index.values()), compiler)
    writer = (_DecidingVerbatimWriter if compiler.decides else _VerbatimWriter)(inputs, compiler)
    _, readout = walk(circuit, writer, qubits, index)
    return measure(writer.circuit, readout), readout


class _VerbatimWriter:
    """Appends the gates of boxes to a circuit of all the machine's qubits."""

    def __init__(self, inputs: Mapping[str, float], compiler: Compiler) -> None:
        self.inputs = inputs
        self.compiler = compiler
        self.circuit = empty(compiler.target.num_qubits)

    def write(self, instruction: Instruction) -> None:
        """Refuse a gate outside of a box."""
        raise ProgramError(
            "stands outside of the verbatim box; on this machine all gates are in one, or none"
        )

    def write_boxed(self, instruction: Instruction) -> None:
        """Append a gate of a box, if the machine has it on these qubits."""
        gate, target = instruction.operator, self.compiler.target
        name, machine = _VERBATIM.get(type(gate), ""), self.compiler.info.name
        if name not in target.operation_names:
            raise ProgramError(f"is no gate of {machine}, which are {_listed(target)}")
        if instruction.control or instruction.power != 1:
            raise ProgramError("a gate of a verbatim box has no controls and no power")
        qubits = tuple(int(qubit) for qubit in instruction.target)
        if not target.instruction_supported(name, qubits):
            raise ProgramError(f"{machine} has no {name} on {' and '.join(map(str, qubits))}")
        operation = target.operation_from_name(name)
        if hasattr(gate, "parameters"):
            operation = type(operation)(*numbers(gate, self.inputs))
        self.circuit.append(operation, qubits)

    def basis(self, instruction: Instruction) -> None:
        """Append the rotation of an observable on one qubit in the machine's gates."""
        from qiskit.synthesis import OneQubitEulerDecomposer

        matrix = instruction.operator.to_matrix()
        if len(matrix) != 2:
            raise ProgramError(
                "an observable on several qubits at once cannot be measured after a verbatim box"
            )
        rotation = OneQubitEulerDecomposer("ZSX")(matrix)
        self.circuit.compose(rotation, [int(instruction.target[0])], inplace=True)


class _DecidingVerbatimWriter(_VerbatimWriter):
    """Lets boxes hold feed-forward too."""

    def __init__(self, inputs: Mapping[str, float], compiler: Compiler) -> None:
        super().__init__(inputs, compiler)
        self._decisions = Decisions()

    def feedback(self, instruction: Instruction) -> None:
        """Append a measurement for feed-forward, or a rotation that depends on one."""
        index = {qubit: int(qubit) for qubit in instruction.target}
        self._decisions.append(self.circuit, read(instruction, index, self.inputs))


def _listed(target: Any) -> str:
    names = {name: kind.__name__ for kind, name in _VERBATIM.items()}
    return ", ".join(names[name] for name in target.operation_names if name in names)

"""Circuits taken apart: gates of a small set, and the qubit that each classical bit reads.

It is for machines that read a language of few gates and measure at the end of a circuit only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from qiskit import QuantumCircuit, transpile
from qiskit.circuit import Barrier, BoxOp, Gate, Instruction, Measure, Qubit, Reset

from ..errors import CircuitError
from .dialects import Qis
from .walk import Walk


@dataclass(frozen=True, slots=True)
class Plain:
    """A circuit taken apart.

    Attributes:
        gates: gates of the set and barriers, on qubits with the indices that they had.
        sources: for each classical bit that is written, the qubit that it reads at the end.
    """

    gates: QuantumCircuit
    sources: Mapping[int, int]

    @property
    def used(self) -> list[int]:
        """Qubits that a gate acts on or a classical bit reads, in order."""
        touched = {
            self.gates.find_bit(qubit).index
            for instruction in self.gates.data
            if instruction.name != "barrier"
            for qubit in instruction.qubits
        }
        return sorted(touched.union(self.sources.values()))


def take_apart(
    circuit: QuantumCircuit, basis: Sequence[str], *, level: int = 0, measured: bool = True
) -> Plain:
    """Rewrite a circuit in a set of gates, exactly but for the global phase.

    Args:
        circuit: what `encode` takes; a circuit of the set's gates keeps them as they are.
        basis: the set, by Qiskit's names.
        level: how much the transpiler optimizes what it rewrites, 0 to 3.
        measured: whether a circuit has to measure something.

    Raises:
        CircuitError: an instruction cannot be written; names it and where it is.
        DynamicCircuitError: it measures, resets or decides before its end.
    """
    qubits = {qubit: index for index, qubit in enumerate(circuit.qubits)}
    walk = Walk(Qis())
    walk.take(circuit, qubits, {clbit: index for index, clbit in enumerate(circuit.clbits)})
    if measured and not walk.sources:
        raise CircuitError(
            f"circuit {circuit.name!r} measures nothing: add qc.measure(...) or qc.measure_all()"
        )
    gates = QuantumCircuit(circuit.num_qubits)
    _copy(circuit, qubits, gates)
    return Plain(_within(gates, basis, level), walk.sources)


def _copy(circuit: QuantumCircuit, qubits: Mapping[Qubit, int], gates: QuantumCircuit) -> None:
    """Copy gates and barriers, those inside of boxes and of instructions that measure too."""
    for instruction in circuit.data:
        operation = instruction.operation
        on = [qubits[qubit] for qubit in instruction.qubits]
        if isinstance(operation, Measure | Reset):
            continue
        if isinstance(operation, BoxOp):
            body = operation.blocks[0]
        elif isinstance(operation, Instruction) and not isinstance(operation, Gate | Barrier):
            body = operation.definition
        else:
            gates.append(operation, on)
            continue
        _copy(body, dict(zip(body.qubits, on, strict=True)), gates)


def _within(gates: QuantumCircuit, basis: Collection[str], level: int) -> QuantumCircuit:
    if gates.count_ops().keys() <= {*basis, "barrier"}:
        return gates
    return transpile(gates, basis_gates=list(basis), optimization_level=level)

"""Circuits must be what the machine can do: its gates, on its qubits. Others fail with 1517."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ...workers import WorkError
from .. import fleet
from .task import NOT_ISA

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction

SYMMETRIC = frozenset({"cz", "rzz", "swap"})
ALWAYS = frozenset({"barrier", "measure", "delay", "reset", "store", "break_loop", "continue_loop"})


@dataclass(frozen=True)
class Instructions:
    """What a machine can do.

    Attributes:
        qubits: its number of qubits.
        places: for each gate the qubits that it acts on; None for all.
    """

    qubits: int
    places: dict[str, frozenset[tuple[int, ...]] | None]

    def check(self, circuit: QuantumCircuit) -> None:
        """Check a circuit.

        Raises:
            WorkError: it has more qubits than the machine, or an instruction that the machine does
                not have; the first of them is named.
        """
        if circuit.num_qubits > self.qubits:
            raise _not_isa(
                f"The circuit has {circuit.num_qubits} qubits, the target system {self.qubits}."
            )
        self._check(circuit, list(range(circuit.num_qubits)))

    def _check(self, circuit: QuantumCircuit, places: list[int]) -> None:
        index = {qubit: place for place, qubit in zip(places, circuit.qubits, strict=True)}
        for instruction in circuit.data:
            qubits = tuple(index[qubit] for qubit in instruction.qubits)
            if not self._has(instruction, qubits):
                raise _not_isa(
                    f"The instruction {instruction.operation.name} on qubits {qubits} is not "
                    "supported by the target system. Transpile the circuit for it."
                )
            for block in getattr(instruction.operation, "blocks", ()):
                self._check(block, list(qubits))

    def _has(self, instruction: CircuitInstruction, qubits: tuple[int, ...]) -> bool:
        name = instruction.operation.name
        if name in ALWAYS or name == "box":
            return True
        if name not in self.places:
            return False
        places = self.places[name]
        return places is None or qubits in places


@lru_cache(maxsize=8)
def instructions(snapshot: str) -> Instructions:
    """Read what a machine can do from its configuration."""
    configuration = fleet.read(snapshot).configuration
    places: dict[str, frozenset[tuple[int, ...]] | None] = dict.fromkeys(
        [*configuration["basis_gates"], *configuration.get("supported_instructions", ())]
    )
    for gate in configuration["gates"]:
        pairs = [tuple(pair) for pair in gate.get("coupling_map", ())]
        if gate["name"] in SYMMETRIC:
            pairs += [tuple(reversed(pair)) for pair in pairs]
        if pairs:
            places[gate["name"]] = frozenset(pairs)
    return Instructions(int(configuration["n_qubits"]), places)


def _not_isa(message: str) -> WorkError:
    return WorkError(NOT_ISA, f"Circuits do not match the target definition. {message}")

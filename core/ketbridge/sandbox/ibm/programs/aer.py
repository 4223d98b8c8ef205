"""Circuits of a machine on Aer: only the qubits that something acts on are simulated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import noise

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

WIDEST_STATEVECTOR = 24
WIDEST_NOISY = 14


@dataclass(frozen=True)
class Small:
    """A circuit without the qubits that it does not use.

    Attributes:
        circuit: what is left; its classical bits and parameters are those of the whole.
        places: the machine's qubit for each of its qubits, ascending.
    """

    circuit: QuantumCircuit
    places: tuple[int, ...]


def squeeze(circuit: QuantumCircuit, keep: Iterable[int] = (), noisy: bool = False) -> Small:
    """Leave out the qubits that nothing acts on.

    Args:
        circuit: any circuit.
        keep: qubits to leave in nevertheless.
        noisy: whether waiting matters.
    """
    from qiskit.converters import circuit_to_dag, dag_to_circuit

    dag = circuit_to_dag(circuit)
    dag.remove_all_ops_named("barrier")
    if not noisy:
        dag.remove_all_ops_named("delay")
    kept = set(keep)
    idle_wires = set(dag.idle_wires())
    idle = [
        qubit for place, qubit in enumerate(dag.qubits) if qubit in idle_wires and place not in kept
    ]
    if len(idle) == len(dag.qubits) and idle:
        idle.pop(0)
    gone = set(idle)
    places = tuple(place for place, qubit in enumerate(dag.qubits) if qubit not in gone)
    dag.remove_qubits(*idle)
    return Small(dag_to_circuit(dag), places)


def simulator(small: Small, snapshot: str, noisy: bool, *, shots: bool) -> AerSimulator:
    """Make the simulator for a circuit.

    Args:
        small: the circuit.
        snapshot: the machine's, whose errors are taken.
        noisy: whether they are.
        shots: whether shots are drawn; otherwise expectation values are computed.
    """
    from qiskit_aer import AerSimulator

    options: dict[str, Any] = {"max_parallel_threads": 1}
    widest = WIDEST_STATEVECTOR
    if noisy:
        options["noise_model"] = noise.model(snapshot, small.circuit, small.places)
        widest = WIDEST_NOISY if shots else WIDEST_NOISY // 2
    width = small.circuit.num_qubits
    if width > WIDEST_STATEVECTOR or (noisy and width > widest):
        options["method"] = "matrix_product_state" if not _clifford(small) else "stabilizer"
    elif not noisy:
        options["method"] = "statevector"
    return AerSimulator(**options)


CLIFFORD = frozenset(
    {"id", "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "ecr", "swap"}
    | {"measure", "barrier", "reset", "delay"}
)


def _clifford(small: Small) -> bool:
    return CLIFFORD.issuperset(small.circuit.count_ops())

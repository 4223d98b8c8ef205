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
WIDEST_DENSITY = 6
WIDEST_NOISY = 14
PACK = 12
"""Qubits that are simulated together although nothing connects them."""


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


def split(small: Small, noisy: bool) -> list[Small]:
    """Part a wide circuit where nothing connects its qubits; few qubits are left together.

    The parts have all classical bits, and write to different ones.
    """
    pack = WIDEST_DENSITY if noisy else PACK
    if small.circuit.num_qubits <= pack or _branches(small.circuit):
        return [small]
    packs: list[list[int]] = [[]]
    for component in sorted(_components(small.circuit), key=len):
        if len(packs[-1]) + len(component) > pack and packs[-1]:
            packs.append([])
        packs[-1].extend(component)
    return [_part(small, sorted(qubits)) for qubits in packs]


def _branches(circuit: QuantumCircuit) -> bool:
    return any(
        getattr(instruction.operation, "blocks", ())
        or (instruction.clbits and instruction.operation.name != "measure")
        for instruction in circuit.data
    )


def _components(circuit: QuantumCircuit) -> list[list[int]]:
    """List the sets of qubits, and of classical bits with them, that gates connect."""
    from rustworkx import PyGraph, connected_components

    qubits = circuit.num_qubits
    places = {bit: place for place, bit in enumerate([*circuit.qubits, *circuit.clbits])}
    graph = PyGraph()
    graph.add_nodes_from(range(len(places)))
    for instruction in circuit.data:
        first, *others = (places[bit] for bit in [*instruction.qubits, *instruction.clbits])
        graph.add_edges_from_no_data([(first, other) for other in others])
    found = ([place for place in group if place < qubits] for group in connected_components(graph))
    return [sorted(group) for group in found if group]


def _part(small: Small, qubits: list[int]) -> Small:
    from qiskit import QuantumCircuit

    whole = small.circuit
    circuit = QuantumCircuit(len(qubits))
    circuit.add_bits(bit for bit in whole.clbits if not whole.find_bit(bit).registers)
    circuit.add_register(*whole.cregs)
    kept = {whole.qubits[old]: circuit.qubits[new] for new, old in enumerate(qubits)}
    for instruction in whole.data:
        if all(qubit in kept for qubit in instruction.qubits):
            own = [kept[qubit] for qubit in instruction.qubits]
            circuit.append(instruction.operation, own, instruction.clbits)
    return Small(circuit, tuple(small.places[old] for old in qubits))


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
    if noisy:
        options["noise_model"] = noise.model(snapshot, small.circuit, small.places)
    return AerSimulator(method=_method(small, noisy, shots), **options)


def _method(small: Small, noisy: bool, shots: bool) -> str:
    width = small.circuit.num_qubits
    if noisy and (width <= WIDEST_DENSITY or (not shots and width <= 2 * WIDEST_DENSITY)):
        return "density_matrix"
    if width <= (WIDEST_NOISY if noisy else WIDEST_STATEVECTOR):
        return "statevector"
    return "stabilizer" if _clifford(small) else "matrix_product_state"


CLIFFORD = frozenset(
    {"id", "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "ecr", "swap"}
    | {"measure", "barrier", "reset", "delay"}
)


def _clifford(small: Small) -> bool:
    return CLIFFORD.issuperset(small.circuit.count_ops())

"""Circuits on Qiskit Aer, in a worker process.

Without noise the probabilities are exact (no sampling). With noise, or where a circuit measures in
its middle, Aer draws shots; above 16 qubits it does so as a stabilizer state or a matrix product
state, because a state vector for each shot would take minutes. A seed makes the shots repeatable
on the same version of Aer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .noise import MODELS, ONE_QUBIT, TWO_QUBIT, WITHOUT_ERROR, aer_model
from .workers import WorkError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

SMALLEST_PROBABILITY = 1e-14
DECIMALS = 15
WIDEST_STATEVECTOR = 16
CLIFFORD = frozenset(
    {"id", "x", "y", "z", "h", "s", "sdg", "sx", "sxdg", "cx", "cy", "cz", "swap"}
    | {"measure", "barrier"}
)


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a circuit gives, by state; qubit 0 (or classical bit 0) is bit 0 of a state.

    Attributes:
        probabilities: state to probability; states that cannot occur are left out.
        shots: state of each shot in order; None where nothing was sampled.
    """

    probabilities: dict[int, float]
    shots: tuple[int, ...] | None = None

    @property
    def histogram(self) -> dict[int, int]:
        """State to number of shots."""
        return _tally(self.shots or ())


def warm() -> bool:
    """Load Qiskit and Aer and run a first circuit, which is slower than all later ones."""
    from qiskit import QuantumCircuit

    circuit = QuantumCircuit(1)
    circuit.h(0)
    return bool(exact(circuit).probabilities)


def exact(circuit: QuantumCircuit) -> Distribution:
    """Compute the exact probabilities of measuring every qubit at the end.

    Raises:
        WorkError: Aer cannot hold the state in memory.
    """
    import numpy as np
    from qiskit_aer.library import SaveProbabilities

    small, used = _squeeze(circuit)
    if not used:
        return Distribution({0: 1.0})
    small.append(SaveProbabilities(small.num_qubits), small.qubits)
    data = _run(small, None, shots=1, seed=None).data(0)
    weights = np.asarray(data["probabilities"])
    states = np.flatnonzero(weights > SMALLEST_PROBABILITY)
    return Distribution(
        dict(zip(_spread(states, used), weights[states].round(DECIMALS).tolist(), strict=True))
    )


def sampled(
    circuit: QuantumCircuit, noise: str | None, shots: int, seed: int | None
) -> Distribution:
    """Draw shots of measuring every qubit at the end, with the noise of a device.

    Raises:
        WorkError: Aer cannot hold the state in memory.
    """
    small, used = _squeeze(circuit)
    if not used:
        from qiskit import QuantumCircuit

        small, used = QuantumCircuit(1), [0]
    small.measure_all()
    return measured(small, noise, shots, seed, used)


def measured(
    circuit: QuantumCircuit,
    noise: str | None,
    shots: int,
    seed: int | None,
    places: Sequence[int] | None = None,
) -> Distribution:
    """Draw shots of a circuit that has its own measurements.

    Args:
        circuit: what to run.
        noise: name of a noise model; None for none.
        shots: how many to draw.
        seed: seed of the sampling.
        places: new place of each classical bit in a state; None to leave them.

    Raises:
        WorkError: Aer cannot run it.
    """
    import numpy as np

    result = _run(circuit, noise, shots=shots, seed=seed, memory=True)
    lines = [line.replace(" ", "") for line in result.get_memory(0)]
    keys, index = np.unique(lines, return_inverse=True)
    states = [int(key, 2) if key else 0 for key in keys.tolist()]
    if places is not None:
        states = [_place(state, places) for state in states]
    drawn = tuple(states[i] for i in index.tolist())
    return Distribution(
        {state: count / shots for state, count in sorted(_tally(drawn).items())}, drawn
    )


def _run(
    circuit: QuantumCircuit, noise: str | None, *, shots: int, seed: int | None, **options: Any
) -> Any:
    from qiskit_aer import AerError

    circuit = _with_known_errors(circuit) if noise else _with_known_gates(circuit)
    names = frozenset(_operation_names(circuit)) if noise else frozenset()
    backend = _backend(noise, names, circuit.num_qubits > WIDEST_STATEVECTOR)
    if seed is not None:
        options["seed_simulator"] = seed % (1 << 31)
    try:
        result = backend.run(circuit, shots=shots, **options).result()
    except AerError as error:
        raise WorkError("SimulationError", str(error)) from error
    if not result.success:
        raise WorkError(
            "SimulationError", str(result.results[0].status if result.results else result.status)
        )
    return result


@lru_cache
def _backend(noise: str | None, gates: frozenset[str], wide: bool) -> AerSimulator:
    from qiskit_aer import AerSimulator

    if noise is None:
        return AerSimulator(method="statevector", max_parallel_threads=1)
    wide_method = "stabilizer" if gates <= CLIFFORD else "matrix_product_state"
    method = wide_method if wide else "automatic"
    model = aer_model(MODELS[noise], gates)
    return AerSimulator(method=method, noise_model=model, max_parallel_threads=1)


def _operation_names(circuit: QuantumCircuit) -> Iterator[str]:
    """Name the operations of a circuit, those inside its branches and loops included."""
    for instruction in circuit.data:
        yield instruction.operation.name
        for block in getattr(instruction.operation, "blocks", ()):
            yield from _operation_names(block)


_DIRECTIVES = frozenset(
    {"measure", "reset", "barrier", "delay", "store", "save_probabilities", "if_else",
     "while_loop", "for_loop", "switch_case", "break_loop", "continue_loop"}
)  # fmt: skip


CONTROL_FLOW = ("if_else", "while_loop", "for_loop", "switch_case")


@lru_cache
def _plain_backend() -> AerSimulator:
    from qiskit_aer import AerSimulator

    return AerSimulator()


def _with_known_gates(circuit: QuantumCircuit) -> QuantumCircuit:
    """Rewrite a circuit in Aer's gates where it has others."""
    backend = _plain_backend()
    if _DIRECTIVES.union(backend.configuration().basis_gates).issuperset(_operation_names(circuit)):
        return circuit
    from qiskit import transpile

    return transpile(circuit, backend, optimization_level=0)


def _with_known_errors(circuit: QuantumCircuit) -> QuantumCircuit:
    """Rewrite a circuit so that no gate escapes its error, for example one on many qubits."""
    known = {*ONE_QUBIT, *TWO_QUBIT, *WITHOUT_ERROR}
    if _DIRECTIVES.union(known).issuperset(_operation_names(circuit)):
        return circuit
    from qiskit import transpile

    return transpile(circuit, basis_gates=[*sorted(known), *CONTROL_FLOW], optimization_level=0)


def _squeeze(circuit: QuantumCircuit) -> tuple[QuantumCircuit, list[int]]:
    """Leave out the qubits that nothing acts on; return the rest and their old places."""
    from qiskit import QuantumCircuit

    places = {qubit: place for place, qubit in enumerate(circuit.qubits)}
    used = sorted({places[qubit] for instruction in circuit.data for qubit in instruction.qubits})
    if len(used) == circuit.num_qubits:
        return circuit.copy(), used
    small = QuantumCircuit(len(used))
    new = {old: place for place, old in enumerate(used)}
    for instruction in circuit.data:
        small.append(instruction.operation, [new[places[qubit]] for qubit in instruction.qubits])
    return small, used


def _spread(states: Any, used: Sequence[int]) -> list[int]:
    if list(used) == list(range(len(used))):
        return [int(state) for state in states]
    return [_place(int(state), used) for state in states]


def _place(state: int, places: Sequence[int]) -> int:
    return sum(((state >> bit) & 1) << place for bit, place in enumerate(places))


def _tally(shots: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for state in shots:
        counts[state] = counts.get(state, 0) + 1
    return counts

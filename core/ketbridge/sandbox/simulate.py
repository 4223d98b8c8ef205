"""Circuits on Qiskit Aer, in a worker process.

Without noise the probabilities are exact (no sampling). With noise, or where a circuit measures in
its middle, Aer draws shots. A seed makes the shots repeatable on the same versions of Aer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .noise import MODELS, ONE_QUBIT, TWO_QUBIT, aer_model
from .workers import WorkError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit_aer import AerSimulator

SMALLEST_PROBABILITY = 1e-14
DECIMALS = 15
WIDEST_STATEVECTOR = 24


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
    small, used = _squeeze(_within_noise(circuit))
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

    backend = _backend(noise, circuit.num_qubits > WIDEST_STATEVECTOR and noise is not None)
    if seed is not None:
        options["seed_simulator"] = seed % (1 << 31)
    try:
        result = backend.run(_basis(circuit, backend), shots=shots, **options).result()
    except AerError as error:
        raise WorkError("SimulationError", str(error)) from error
    if not result.success:
        raise WorkError(
            "SimulationError", str(result.results[0].status if result.results else result.status)
        )
    return result


@lru_cache
def _backend(noise: str | None, wide: bool) -> AerSimulator:
    from qiskit_aer import AerSimulator

    method = "matrix_product_state" if wide else "automatic" if noise else "statevector"
    model = aer_model(MODELS[noise]) if noise else None
    return AerSimulator(method=method, noise_model=model, max_parallel_threads=1)


@lru_cache
def _names(backend: AerSimulator) -> frozenset[str]:
    return frozenset(backend.configuration().basis_gates) | _DIRECTIVES


_DIRECTIVES = frozenset(
    {"measure", "reset", "barrier", "save_probabilities", "if_else", "while_loop", "for_loop",
     "switch_case", "break_loop", "continue_loop", "store", "delay"}
)  # fmt: skip


def _basis(circuit: QuantumCircuit, backend: AerSimulator) -> QuantumCircuit:
    """Rewrite a circuit in Aer's gates where it has others."""
    if all(instruction.operation.name in _names(backend) for instruction in circuit.data):
        return circuit
    from qiskit import transpile

    return transpile(circuit, backend, optimization_level=0)


def _within_noise(circuit: QuantumCircuit) -> QuantumCircuit:
    """Break gates on more than two qubits up, so that each of their parts gets its error."""
    if all(len(instruction.qubits) <= 2 for instruction in circuit.data):
        return circuit
    from qiskit import transpile

    basis = sorted({*ONE_QUBIT, *TWO_QUBIT, "rz", "z", "s", "sdg", "t", "tdg", "p"})
    return transpile(circuit, basis_gates=basis, optimization_level=0)


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

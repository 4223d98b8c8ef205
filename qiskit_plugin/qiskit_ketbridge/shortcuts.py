"""Counts, memory and probabilities straight from a job, as other Qiskit clients have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qiskit import QuantumCircuit
from qiskit.result import Result
from qiskit.result.postprocess import format_counts_memory


class Shortcuts:
    """What a job offers of its result. Each call waits for the result and raises as it does."""

    result: Callable[..., Result]
    """Waits, and returns the result."""

    def get_counts(self, circuit: QuantumCircuit | int | str | None = None) -> Any:
        """Return counts by outcome, as ``result().get_counts`` does.

        Args:
            circuit: which circuit of the job; None for the only one, or a list of all.
        """
        return self.result().get_counts(circuit)

    def get_memory(self, circuit: QuantumCircuit | int | str | None = None) -> list[str]:
        """Return the outcome of each shot, as ``result().get_memory`` does.

        Args:
            circuit: which circuit of the job; None for the only one.
        """
        found: list[str] = self.result().get_memory(circuit)
        return found

    def get_probabilities(self, circuit: QuantumCircuit | int | str | None = None) -> Any:
        """Return probabilities by outcome, with the keys of `get_counts`.

        They are the service's own where it gives any, and shares of the counts elsewhere.

        Args:
            circuit: which circuit of the job; None for the only one, or a list of all.
        """
        found = self.result()
        wanted = [circuit] if circuit is not None else list(range(len(found.results)))
        tables = [_probabilities(found, one) for one in wanted]
        return tables[0] if len(tables) == 1 else tables


def _probabilities(result: Result, circuit: QuantumCircuit | int | str) -> dict[str, float]:
    given = result.data(circuit).get("probabilities")
    if given is None:
        counts = result.get_counts(circuit)
        shots = sum(counts.values())
        return {outcome: count / shots for outcome, count in counts.items()}
    header = result._get_experiment(circuit).header
    return {format_counts_memory(state, header): share for state, share in given.items() if share}

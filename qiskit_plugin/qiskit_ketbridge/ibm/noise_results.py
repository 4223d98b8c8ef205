"""What a noise learner has learnt: Pauli-Lindblad errors of layers of gates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.quantum_info import PauliList

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PauliLindbladError:
    """An error ``exp(sum_j r_j D_j)`` with ``D_j(rho) = P_j rho P_j - rho``.

    Attributes:
        generators: the Paulis ``P_j``.
        rates: the rates ``r_j``, shape ``(len(generators),)``.

    Raises:
        ValueError: there are not as many rates as generators.
    """

    generators: PauliList
    rates: NDArray[np.float64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", np.asarray(self.rates, dtype=float))
        if self.rates.shape != (len(self.generators),):
            raise ValueError(
                f"{len(self.generators)} generators need as many rates, "
                f"not an array of shape {self.rates.shape}"
            )

    @property
    def num_qubits(self) -> int:
        """Number of qubits that it acts on."""
        return int(self.generators.num_qubits)

    def restrict_num_bodies(self, num_qubits: int) -> PauliLindbladError:
        """Return the part whose Paulis act on exactly so many qubits.

        Raises:
            ValueError: the number is negative.
        """
        if num_qubits < 0:
            raise ValueError("a number of qubits is not negative")
        chosen = (self.generators.x | self.generators.z).sum(axis=1) == num_qubits
        return PauliLindbladError(self.generators[chosen], self.rates[chosen])


@dataclass(frozen=True, eq=False)
class LayerError:
    """The error of a layer of gates.

    Attributes:
        circuit: the layer.
        qubits: the machine's qubit for each of the circuit.
        error: the error; None where it is not known.

    Raises:
        ValueError: the numbers of qubits differ.
    """

    circuit: QuantumCircuit
    qubits: Sequence[int]
    error: PauliLindbladError | None = None

    def __post_init__(self) -> None:
        sizes = {len(self.qubits), self.circuit.num_qubits}
        if self.error is not None:
            sizes.add(self.error.num_qubits)
        if len(sizes) > 1:
            raise ValueError("a layer, its qubits and its error have different numbers of qubits")

    @property
    def num_qubits(self) -> int:
        """Number of qubits of the layer."""
        return len(self.qubits)


@dataclass(frozen=True, eq=False)
class NoiseLearnerResult:
    """What a job of the noise learner gave: one entry a layer, the most frequent first."""

    data: Sequence[LayerError]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> LayerError:
        return self.data[index]

    def __iter__(self) -> Iterator[LayerError]:
        return iter(self.data)

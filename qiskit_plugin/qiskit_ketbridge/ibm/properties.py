"""What was measured of a machine, asked for by qubit and by gate; and whether it takes jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from .target import values_of

if TYPE_CHECKING:
    from ketbridge.clouds.ibm_shared.models import BackendProperties


@dataclass(frozen=True)
class Status:
    """Whether a machine takes jobs, with the names of IBM's own client.

    Attributes:
        backend_name: the machine.
        operational: whether it takes jobs and works on them.
        status_msg: the service's word.
        pending_jobs: jobs that wait.
    """

    backend_name: str
    operational: bool
    status_msg: str
    pending_jobs: int


class Properties:
    """Measured quantities; times in seconds, frequencies in hertz.

    Attributes:
        document: the whole document.
        last_update_date: when it was made.
    """

    def __init__(self, document: BackendProperties) -> None:
        from ketbridge.clouds.wire import instant

        self.document = document
        self.last_update_date: datetime | None = instant(document.last_update_date)
        self._gates: dict[tuple[str, tuple[int, ...]], dict[str, float]] = {
            (gate.gate, tuple(int(qubit) for qubit in gate.qubits)): values_of(gate.parameters)
            for gate in document.gates
        }

    def qubit_property(self, qubit: int) -> dict[str, float]:
        """Return all quantities of a qubit by name.

        Raises:
            LookupError: there is no such qubit.
        """
        return values_of(self.document.qubits[qubit])

    def gate_property(self, gate: str, qubits: int | Iterable[int]) -> dict[str, float]:
        """Return all quantities of a gate on given qubits by name.

        Raises:
            LookupError: nothing was measured of it there.
        """
        place = (qubits,) if isinstance(qubits, int) else tuple(qubits)
        return dict(self._gates[gate, place])

    def t1(self, qubit: int) -> float:
        """Return the relaxation time of a qubit, in seconds."""
        return self.qubit_property(qubit)["T1"]

    def t2(self, qubit: int) -> float:
        """Return the dephasing time of a qubit, in seconds."""
        return self.qubit_property(qubit)["T2"]

    def frequency(self, qubit: int) -> float:
        """Return the frequency of a qubit, in hertz."""
        return self.qubit_property(qubit)["frequency"]

    def readout_error(self, qubit: int) -> float:
        """Return the probability that a qubit is read wrongly."""
        return self.qubit_property(qubit)["readout_error"]

    def readout_length(self, qubit: int) -> float:
        """Return how long a qubit is read, in seconds."""
        return self.qubit_property(qubit)["readout_length"]

    def gate_error(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Return the error of a gate on given qubits."""
        return self.gate_property(gate, qubits)["gate_error"]

    def gate_length(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Return how long a gate takes on given qubits, in seconds."""
        return self.gate_property(gate, qubits)["gate_length"]

    def is_qubit_operational(self, qubit: int) -> bool:
        """Return whether a qubit works; it does unless the document says otherwise."""
        return bool(self.qubit_property(qubit).get("operational", 1))

    def is_gate_operational(self, gate: str, qubits: int | Iterable[int]) -> bool:
        """Return whether a gate works on given qubits; it does unless the document says not."""
        return bool(self.gate_property(gate, qubits).get("operational", 1))

    def faulty_qubits(self) -> list[int]:
        """Return the qubits that do not work."""
        return [
            qubit
            for qubit in range(len(self.document.qubits))
            if not self.is_qubit_operational(qubit)
        ]

"""What was measured of a machine, asked for by qubit and by gate; and whether it takes jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias, overload

from ketbridge.clouds.ibm_shared.machines import is_operational

from .target import values_of

if TYPE_CHECKING:
    from ketbridge.clouds.ibm_shared.models import BackendProperties, GateProperties, Measured

Quantity: TypeAlias = "tuple[float, datetime | None]"
"""A value, and when it was measured."""


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

    Other members of the document, such as ``qubits`` and ``gates``, are attributes too.

    Attributes:
        document: the whole document, in the service's units.
        last_update_date: when it was made.
    """

    def __init__(self, document: BackendProperties) -> None:
        from ketbridge.clouds.wire import instant

        self.document = document
        self.last_update_date: datetime | None = instant(document.last_update_date)
        self._gates = {
            (gate.gate, tuple(int(qubit) for qubit in gate.qubits)): gate.parameters
            for gate in document.gates
        }

    def __getattr__(self, name: str) -> Any:
        if name != "document" and name in type(self.document).model_fields:
            return getattr(self.document, name)
        raise AttributeError(f"properties have no {name!r}")

    def __repr__(self) -> str:
        return f"<Properties of {self.document.backend_name} of {self.last_update_date}>"

    @overload
    def qubit_property(self, qubit: int, name: None = None) -> dict[str, Quantity]: ...
    @overload
    def qubit_property(self, qubit: int, name: str) -> Quantity: ...
    def qubit_property(self, qubit: int, name: str | None = None) -> dict[str, Quantity] | Quantity:
        """Return all quantities of a qubit by name, or the one of a name.

        Args:
            qubit: the qubit.
            name: for example ``T1``, ``frequency`` or ``readout_error``.

        Returns:
            Each as its value and when it was measured.

        Raises:
            LookupError: there is no such qubit or quantity.
        """
        found = _quantities(self.document.qubits[qubit])
        return found if name is None else found[name]

    @overload
    def gate_property(
        self, gate: str, qubits: None = None, name: None = None
    ) -> dict[tuple[int, ...], dict[str, Quantity]]: ...
    @overload
    def gate_property(
        self, gate: str, qubits: int | Iterable[int], name: None = None
    ) -> dict[str, Quantity]: ...
    @overload
    def gate_property(self, gate: str, qubits: int | Iterable[int], name: str) -> Quantity: ...
    def gate_property(
        self, gate: str, qubits: int | Iterable[int] | None = None, name: str | None = None
    ) -> Any:
        """Return quantities of a gate: by its qubits, all on given qubits, or the one of a name.

        Args:
            gate: name of the gate.
            qubits: where; None for everywhere.
            name: for example ``gate_error`` or ``gate_length``.

        Returns:
            Each quantity as its value and when it was measured.

        Raises:
            LookupError: nothing was measured of it there.
        """
        if qubits is None:
            return {
                place: _quantities(values)
                for (of, place), values in self._gates.items()
                if of == gate
            }
        place = (qubits,) if isinstance(qubits, int) else tuple(qubits)
        found = _quantities(self._gates[gate, place])
        return found if name is None else found[name]

    def t1(self, qubit: int) -> float:
        """Return the relaxation time of a qubit, in seconds."""
        return self.qubit_property(qubit, "T1")[0]

    def t2(self, qubit: int) -> float:
        """Return the dephasing time of a qubit, in seconds."""
        return self.qubit_property(qubit, "T2")[0]

    def frequency(self, qubit: int) -> float:
        """Return the frequency of a qubit, in hertz."""
        return self.qubit_property(qubit, "frequency")[0]

    def readout_error(self, qubit: int) -> float:
        """Return the probability that a qubit is read wrongly."""
        return self.qubit_property(qubit, "readout_error")[0]

    def readout_length(self, qubit: int) -> float:
        """Return how long a qubit is read, in seconds."""
        return self.qubit_property(qubit, "readout_length")[0]

    def gate_error(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Return the error of a gate on given qubits."""
        return self.gate_property(gate, qubits, "gate_error")[0]

    def gate_length(self, gate: str, qubits: int | Iterable[int]) -> float:
        """Return how long a gate takes on given qubits, in seconds."""
        return self.gate_property(gate, qubits, "gate_length")[0]

    def is_qubit_operational(self, qubit: int) -> bool:
        """Return whether a qubit works; it does unless the document says otherwise."""
        return is_operational(self.document.qubits[qubit])

    def is_gate_operational(self, gate: str, qubits: int | Iterable[int]) -> bool:
        """Return whether a gate works on given qubits; it does unless the document says not."""
        place = (qubits,) if isinstance(qubits, int) else tuple(qubits)
        return is_operational(self._gates[gate, place])

    def faulty_gates(self) -> list[GateProperties]:
        """Return the gates that do not work somewhere, with their qubits."""
        return [gate for gate in self.document.gates if not is_operational(gate.parameters)]

    def to_dict(self) -> dict[str, Any]:
        """Return the document as it is, in the service's units."""
        return dict(self.document.model_dump(mode="json", exclude_none=True))

    def faulty_qubits(self) -> list[int]:
        """Return the qubits that do not work."""
        return [
            qubit
            for qubit in range(len(self.document.qubits))
            if not self.is_qubit_operational(qubit)
        ]


def _quantities(measured: Iterable[Measured]) -> dict[str, Quantity]:
    from ketbridge.clouds.wire import instant

    items = tuple(measured)
    values = values_of(items)
    return {item.name: (values[item.name], instant(item.date)) for item in items}

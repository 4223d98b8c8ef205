"""The two gate sets that IonQ reads: how each writes a gate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from qiskit.circuit import Operation

from .elements import lower
from .expand import Expander
from .pattern import GAP, HINT, InexpressibleError, Pattern, pattern_of
from .rules import Form, form_of, rule_of, standard_form

_NATIVE = {
    "gpi": (1, 1, f'"phase":{GAP}'),
    "gpi2": (1, 1, f'"phase":{GAP}'),
    "ms": (2, 3, f'"phases":[{GAP},{GAP}],"angle":{GAP}'),
    "zz": (2, 1, f'"angle":{GAP}'),
}
"""Qubits, parameters and JSON members of each native gate; all in turns."""


class Dialect(ABC):
    """Writes gates in one gate set.

    Attributes:
        gateset: the set's name on the wire.
    """

    gateset: ClassVar[str]

    @abstractmethod
    def standard(self, name: str, qubits: Sequence[int]) -> Pattern | None:
        """Return the pattern of a standard gate; None where `other` is to be asked."""

    @abstractmethod
    def other(self, gate: Operation, qubits: Sequence[int]) -> tuple[Pattern, Sequence[object]]:
        """Return the pattern of any other gate and the parameters to fill it with.

        Raises:
            InexpressibleError: the gate cannot be written.
        """


class Qis(Dialect):
    """The abstract gates: rotations, Paulis, Clifford gates, and controls on them."""

    gateset = "qis"

    def __init__(self) -> None:
        self._expand = Expander()
        self._patterns: dict[tuple[Form, tuple[int, ...]], Pattern] = {}

    def standard(self, name: str, qubits: Sequence[int]) -> Pattern | None:
        """Return the pattern of a standard gate; None where `other` is to be asked."""
        form = standard_form(name)
        return None if form is None else self._pattern(form, qubits)

    def other(self, gate: Operation, qubits: Sequence[int]) -> tuple[Pattern, Sequence[object]]:
        """Return the pattern of any other gate and the parameters to fill it with."""
        form = form_of(gate)
        if form is None:
            return pattern_of(lower(self._expand(gate)), qubits), ()
        return self._pattern(form, qubits), gate.params

    def _pattern(self, form: Form, qubits: Sequence[int]) -> Pattern:
        key = form, tuple(qubits)
        if key not in self._patterns:
            rule = rule_of(form)
            self._patterns[key] = pattern_of(lower(rule.elements), qubits, rule.angles)
        return self._patterns[key]


class Native(Dialect):
    """The gates that the hardware does itself; a gate of any other kind is refused."""

    gateset = "native"

    def __init__(self) -> None:
        self._patterns: dict[tuple[str, tuple[int, ...]], Pattern] = {}

    def standard(self, name: str, qubits: Sequence[int]) -> Pattern | None:
        """Return the empty pattern of a gate that does nothing; None for any other."""
        if name in ("id", "global_phase"):
            return Pattern("", frozenset())
        return None

    def other(self, gate: Operation, qubits: Sequence[int]) -> tuple[Pattern, Sequence[object]]:
        """Return the pattern of any other gate and the parameters to fill it with."""
        parameters = getattr(gate, "params", ())
        num_qubits, num_parameters, members = _NATIVE.get(gate.name, (0, 0, ""))
        if not members or (gate.num_qubits, len(parameters)) != (num_qubits, num_parameters):
            raise InexpressibleError(f"is no native gate; {HINT}")
        key = gate.name, tuple(qubits)
        if key not in self._patterns:
            targets = ",".join(map(str, qubits))
            text = f'{{"gate":"{gate.name}","targets":[{targets}],{members}}}'
            slots = tuple((index, 1.0) for index in range(num_parameters))
            self._patterns[key] = Pattern(text, frozenset(qubits), slots)
        return self._patterns[key], parameters

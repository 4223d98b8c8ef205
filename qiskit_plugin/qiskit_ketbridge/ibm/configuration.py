"""What a machine can do, in SI units and with the names of IBM's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiskit.circuit.library import get_standard_gate_name_mapping

from .target import is_fractional

if TYPE_CHECKING:
    from ketbridge.clouds.ibm_shared.models import BackendConfiguration

_FACTORS = {
    "dt": 1e-9,
    "dtm": 1e-9,
    "default_rep_delay": 1e-6,
    "rep_delay_range": 1e-6,
    "rep_times": 1e-6,
}
"""Times that the document has in nanoseconds and microseconds."""
_DICTS = frozenset({"processor_type", "timing_constraints"})
_GATES = frozenset({"basis_gates", "gates", "supported_instructions"})


class Configuration:
    """The configuration of a machine: each member of the document is an attribute.

    Times are in seconds; ``processor_type`` and ``timing_constraints`` are dicts. A member that
    the document leaves out is None.

    Args:
        document: the document, in the service's units.
        fractional: False to leave out gates that take an angle and time, as the target does.

    Attributes:
        document: the document, with all gates.
    """

    def __init__(self, document: BackendConfiguration, fractional: bool | None = None) -> None:
        self.document = document
        self._fractional = fractional

    def __getattr__(self, name: str) -> Any:
        if name not in known():
            raise AttributeError(f"a configuration has no {name!r}")
        value = getattr(self.document, name)
        if name in _DICTS and value is not None:
            return value.model_dump(exclude_none=True)
        if name in _FACTORS and value is not None:
            factor = _FACTORS[name]
            return [one * factor for one in value] if _is_list(value) else value * factor
        if name in _GATES and value is not None and self._fractional is False:
            return [one for one in value if not _is_fractional(getattr(one, "name", one))]
        return list(value) if isinstance(value, tuple) else value

    def __repr__(self) -> str:
        return f"<Configuration of {self.document.backend_name}>"

    @property
    def num_qubits(self) -> int:
        """Number of qubits."""
        return int(self.document.n_qubits)

    def to_dict(self) -> dict[str, Any]:
        """Return the document as it is, in the service's units, without what it leaves out."""
        return dict(self.document.model_dump(mode="json", exclude_unset=True))


def known() -> frozenset[str]:
    """Return the names of all members."""
    from ketbridge.clouds.ibm_shared.models import BackendConfiguration

    return frozenset(BackendConfiguration.model_fields)


def _is_fractional(name: str) -> bool:
    gate = get_standard_gate_name_mapping().get(name)
    return gate is not None and is_fractional(gate)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)

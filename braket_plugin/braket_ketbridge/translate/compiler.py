"""Rewriting circuits in the gates and on the connections of one machine, by Qiskit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ketbridge.clouds.ibm_shared.machines import Machine, in_si, is_operational
from ketbridge.errors import ProgramError
from ketbridge.programs import Format

if TYPE_CHECKING:
    from qiskit.circuit import QuantumCircuit
    from qiskit.transpiler import Target

    from ketbridge import BackendInfo
    from ketbridge.clouds.kipu.architecture import Architecture

LEVEL = 2
SEED = 1
"""Of the search for a layout and for routes, so that equal circuits are compiled equally."""

_LEFT_OUT = ("delay", "measure", "reset", "rx", "rzz")
"""Not unitary, or only there where the service is asked for fractional gates."""
_QISKIT_NAMES = {"prx": "r"}
_IQM = ("prx", "cz")
"""Gates that circuits of IQM's consist of, for a machine without a document of them."""
_ARITY = {"cx": 2, "cz": 2, "ecr": 2, "rzz": 2}


class Compiler:
    """Compiles for one machine; what it needs is made once.

    Attributes:
        info: what the service says of the machine.
        keep_qubits: whether each qubit stays where the circuit has it.
    """

    def __init__(self, info: BackendInfo, keep_qubits: bool = False) -> None:
        self.info = info
        self.keep_qubits = keep_qubits

    @property
    def architecture(self) -> Architecture | None:
        """What IQM says of its machine; None for another, or where the service does not have it."""
        found: Architecture | None = getattr(self.info.detail, "architecture", None)
        return found

    @property
    def decides(self) -> bool:
        """Whether rotations can depend on measurements."""
        return self.architecture is not None and self.architecture.decides

    @cached_property
    def target(self) -> Target:
        """The machine's gates, where they can act, and their errors and durations.

        Raises:
            ProgramError: the service's description of the machine has no gates.
        """
        from qiskit.circuit import IfElseOp, Measure
        from qiskit.circuit.library import get_standard_gate_name_mapping
        from qiskit.transpiler import Target

        known = get_standard_gate_name_mapping()
        target = Target(num_qubits=self.info.num_qubits)
        machine = getattr(self.info.detail, "ibm", None) or self.info.detail
        known_by_gate = isinstance(machine, Machine)
        described = _Measured(machine) if known_by_gate else _Listed(self.info)
        for name in described.names:
            if name in known:
                target.add_instruction(known[name], described.gate(name))
        target.add_instruction(Measure(), described.readout())
        if self.decides:
            target.add_instruction(IfElseOp, name="if_else")
        return target

    @cached_property
    def _passes(self) -> Any:
        from qiskit.transpiler import generate_preset_pass_manager

        place = {"initial_layout": list(range(self.target.num_qubits)), "routing_method": "none"}
        return generate_preset_pass_manager(
            LEVEL, target=self.target, seed_transpiler=SEED, **(place if self.keep_qubits else {})
        )

    def run(self, circuit: QuantumCircuit) -> QuantumCircuit:
        """Rewrite a circuit; all the machine's qubits are in the result.

        Raises:
            ProgramError: it is too large, or a gate joins qubits that are not connected and that
                are to stay where they are.
        """
        from qiskit.transpiler.exceptions import TranspilerError

        size = self.target.num_qubits
        if circuit.num_qubits > size:
            raise ProgramError(
                f"the circuit needs {circuit.num_qubits} qubits; {self.info.name} has {size}"
            )
        try:
            return self._passes.run(circuit)
        except TranspilerError as error:
            kept = ", its qubits kept where they are (disable_qubit_rewiring)"
            raise ProgramError(
                f"the circuit does not fit on the connections of {self.info.name}"
                f"{kept if self.keep_qubits else ''}: {error.message}"
            ) from error


class _Listed:
    """Where the gates of a machine are that says which pairs of qubits are connected."""

    def __init__(self, info: BackendInfo) -> None:
        self.info = info
        architecture = getattr(info.detail, "architecture", None)
        plain = _IQM if Format.IQM in info.formats else info.native_gates
        listed = plain if architecture is None else architecture.loci
        self.names = [_QISKIT_NAMES.get(name, name) for name in listed]
        self.names = [name for name in self.names if name not in _LEFT_OUT]
        if "r" not in self.names or "cz" not in self.names:
            raise ProgramError(f"{info.name} does not say which gates it has")

    def gate(self, name: str) -> dict[tuple[int, ...], Any] | None:
        """Return the places of a gate; None for every place."""
        if _ARITY.get(name, 1) == 1:
            return self.readout()
        pairs = self.info.connectivity
        if pairs is None:
            return None
        both = [place for a, b in pairs for place in ((a, b), (b, a))]
        return dict.fromkeys(both)

    def readout(self) -> dict[tuple[int, ...], Any]:
        """Return the qubits that can be measured."""
        return {(qubit,): None for qubit in range(self.info.num_qubits)}


class _Measured:
    """Where the gates of an IBM machine are and what was measured of them."""

    def __init__(self, machine: Machine) -> None:
        self.config = machine.configuration
        self.properties = machine.properties
        basis = dict.fromkeys(self.config.basis_gates)
        self.names = [name for name in basis if name not in _LEFT_OUT]
        qubits = self.properties.qubits if self.properties else ()
        self.broken = {number for number, one in enumerate(qubits) if not is_operational(one)}
        gates = self.properties.gates if self.properties else ()
        self.gates = {(one.gate, one.qubits): one.parameters for one in gates}

    def gate(self, name: str) -> dict[tuple[int, ...], Any]:
        """Return the places of a gate with its properties; what does not work is left out."""
        found = {}
        for place in self._places(name):
            parameters = self.gates.get((name, place), ())
            if is_operational(parameters) and self.broken.isdisjoint(place):
                found[place] = _properties(parameters, "gate_error", "gate_length")
        return found

    def readout(self) -> dict[tuple[int, ...], Any]:
        """Return the qubits that can be measured with their properties."""
        qubits = self.properties.qubits if self.properties else ()
        measured = dict(enumerate(qubits))
        return {
            (qubit,): _properties(measured.get(qubit, ()), "readout_error", "readout_length")
            for qubit in range(self.config.n_qubits)
            if qubit not in self.broken
        }

    def _places(self, name: str) -> Iterator[tuple[int, ...]]:
        listed = next((one.coupling_map for one in self.config.gates if one.name == name), None)
        if listed:
            yield from (tuple(place) for place in listed)
        elif _ARITY.get(name, 1) == 1:
            yield from ((qubit,) for qubit in range(self.config.n_qubits))
        else:
            yield from (tuple(pair) for pair in self.config.coupling_map or ())


def _properties(parameters: Iterable[Any], error: str, duration: str) -> Any:
    from qiskit.transpiler import InstructionProperties

    values: Mapping[str, float] = {one.name: in_si(one) for one in parameters}
    return InstructionProperties(values.get(duration), values.get(error))

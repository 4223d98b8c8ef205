"""A Qiskit `Target` from the configuration and the properties of an IBM machine."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.circuit import (
    Delay,
    ForLoopOp,
    Gate,
    IfElseOp,
    Instruction,
    Parameter,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.library import PhaseGate, RZGate, U1Gate, get_standard_gate_name_mapping
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from . import angles

if TYPE_CHECKING:
    from ketbridge.clouds.ibm_shared.machines import Machine
    from ketbridge.clouds.ibm_shared.models import BackendConfiguration, BackendProperties, Measured

CONTROL_FLOW: Mapping[str, type[Instruction]] = {
    "if_else": IfElseOp, "while_loop": WhileLoopOp, "for_loop": ForLoopOp,
    "switch_case": SwitchCaseOp,
}  # fmt: skip
NON_UNITARY = ("measure", "reset", "delay")
_VIRTUAL = (RZGate, PhaseGate, U1Gate, Delay)
"""With a parameter, but done by shifting phases or by waiting: not fractional."""
_DIVISORS = {"ms": 1e3, "us": 1e6, "µs": 1e6, "ns": 1e9, "ps": 1e12}
_FACTORS = {"kHz": 1e3, "MHz": 1e6, "GHz": 1e9}
_ANGLE_BOUNDS = "angle_bounds" in inspect.signature(Target.add_instruction).parameters

Qargs = tuple[int, ...]
Entries = dict[Qargs, InstructionProperties | None] | None


def build(machine: Machine, *, fractional: bool | None = False) -> Target:
    """Make the target of a machine.

    Gates are those of ``basis_gates``, also such as the list of gates leaves out; each is on the
    qubits that the configuration or the properties give. What the properties call not operational
    is left out. Times are in seconds, frequencies in hertz; ``dt`` is in seconds.

    Args:
        machine: its documents; without properties every instruction is without errors.
        fractional: True to keep gates that take an angle and time, such as RZZ and RX; False to
            leave them out, as circuits with control flow need it; None for all that there is.
    """
    config, measured = machine.configuration, machine.properties
    operations = dict(_operations(config, fractional is not False))
    flow = [name for name in config.supported_instructions or () if name in CONTROL_FLOW]
    qubits = [] if measured is None else [values_of(one) for one in measured.qubits]
    faulty = {qubit for qubit, values in enumerate(qubits) if not values.get("operational", 1)}
    places = _places(config, operations)
    if measured is not None:
        _add_measured(places, measured, faulty)
        if "measure" in operations:
            places["measure"] = _readout(qubits[: config.n_qubits], faulty)
    working = [qubit for qubit in range(config.n_qubits) if qubit not in faulty]
    target = Target(
        num_qubits=config.n_qubits,
        dt=None if config.dt is None else config.dt * 1e-9,
        qubit_properties=None if measured is None else _qubits(qubits[: config.n_qubits]),
        **_timing(config),
    )
    for name, operation in operations.items():
        entries = places[name]
        if entries is None:
            entries = _unplaced(operation, config, working)
        bounds = {"angle_bounds": [angles.RZZ_BOUNDS]} if name == "rzz" and _ANGLE_BOUNDS else {}
        target.add_instruction(operation, entries, name=name, **bounds)
    for name in flow:
        target.add_instruction(CONTROL_FLOW[name], name=name)
    return target


def is_fractional(operation: Instruction) -> bool:
    """Whether a gate takes an angle and time, so that it excludes control flow in one job."""
    return bool(operation.params) and not isinstance(operation, _VIRTUAL)


def _operations(
    config: BackendConfiguration, fractional: bool
) -> Iterator[tuple[str, Instruction]]:
    """Yield the instructions by name; those that are control flow are of another kind."""
    standard = get_standard_gate_name_mapping()
    supported = config.supported_instructions or NON_UNITARY
    configured = {gate.name: gate for gate in config.gates}
    names = (*config.basis_gates, *(name for name in NON_UNITARY if name in supported))
    for name in dict.fromkeys(names):
        if name in standard:
            if fractional or not is_fractional(standard[name]):
                yield name, standard[name]
        elif name in configured:
            gate = configured[name]
            pairs = gate.coupling_map or ()
            parameters = [Parameter(parameter) for parameter in gate.parameters or ()]
            yield name, Gate(name, len(pairs[0]) if pairs else 0, parameters)
        elif name not in CONTROL_FLOW:
            warnings.warn(
                f"{config.backend_name} has a gate {name!r} that neither Qiskit nor its "
                "configuration defines; it is left out",
                RuntimeWarning,
                stacklevel=3,
            )
    for one in config.instruction_signatures or ():
        parameters = [Parameter(parameter) for parameter in one.parameters]
        yield one.name, Instruction(one.name, one.num_qubits, one.num_clbits, parameters)


def _places(config: BackendConfiguration, names: Iterable[str]) -> dict[str, Entries]:
    """Return where each instruction can act as the configuration has it; None is everywhere."""
    places: dict[str, Entries] = dict.fromkeys(names)
    for gate in config.gates:
        if gate.name in places and gate.coupling_map:
            places[gate.name] = dict.fromkeys(gate.coupling_map)
    return places


def _unplaced(
    operation: Instruction, config: BackendConfiguration, working: Sequence[int]
) -> Entries:
    """Place an instruction that neither document places: gates of two qubits on all pairs."""
    if operation.name in NON_UNITARY:
        return {(qubit,): None for qubit in working}
    if operation.num_qubits == 2 and config.coupling_map:
        return {pair: None for pair in config.coupling_map if set(pair) <= set(working)}
    return None


def _add_measured(
    places: dict[str, Entries], measured: BackendProperties, faulty: set[int]
) -> None:
    """Add errors and durations, and take out what does not work."""
    for gate in measured.gates:
        name = gate.gate
        if name not in places:
            continue
        found = places[name]
        if found is None:
            found = places[name] = {}
        qubits: Any = gate.qubits
        error = length = None
        works = faulty.isdisjoint(qubits)
        # A machine has thousands of these: reading them into dicts first takes twice as long.
        for item in gate.parameters:
            what = item.name
            if what == "gate_error":
                error = item.value
            elif what == "gate_length":
                length = item.value / _DIVISORS.get(item.unit, 1)
            elif what == "operational" and not item.value:
                works = False
        if works:
            found[qubits] = InstructionProperties(length, error)
        else:
            found.pop(qubits, None)


def _readout(qubits: Sequence[Mapping[str, float]], faulty: set[int]) -> Entries:
    return {
        (qubit,): InstructionProperties(values.get("readout_length"), values.get("readout_error"))
        for qubit, values in enumerate(qubits)
        if qubit not in faulty
    }


def _qubits(qubits: Sequence[Mapping[str, float]]) -> list[QubitProperties]:
    return [QubitProperties(one.get("T1"), one.get("T2"), one.get("frequency")) for one in qubits]


def values_of(parameters: Iterable[Measured]) -> dict[str, float]:
    """Return quantities by name, times in seconds and frequencies in hertz."""
    # Dividing, not multiplying by 1e-9, is exact where the quotient is.
    return {
        item.name: (
            item.value / _DIVISORS[item.unit]
            if item.unit in _DIVISORS
            else item.value * _FACTORS.get(item.unit, 1)
        )
        for item in parameters
    }


def _timing(config: BackendConfiguration) -> dict[str, int]:
    constraints = config.timing_constraints
    return {} if constraints is None else constraints.model_dump(exclude_none=True)

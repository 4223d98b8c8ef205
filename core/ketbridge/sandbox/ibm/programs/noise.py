"""A machine's errors, from the properties of its snapshot, for the gates that a circuit has.

A gate's error is the depolarizing channel that gives, together with the relaxation of its qubits
(T1, T2) during the gate, the average fidelity that the properties state; reading a qubit flips it
with the two stated probabilities. Made for the circuit's own gates alone, as Aer reads the whole
model at each run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .. import fleet

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.transpiler import Target
    from qiskit_aer.noise import NoiseModel

SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
BROKEN = 0.5
"""A gate whose error the properties state as 1 did not work when they were measured; it is
simulated with this error, so that a circuit that uses it gives noise and not a failure."""

Values = Mapping[str, float]


@lru_cache(maxsize=8)
def _gates(snapshot: str) -> dict[tuple[str, tuple[int, ...]], Values]:
    return {
        (gate["gate"], tuple(gate["qubits"])): _values(gate["parameters"])
        for gate in fleet.read(snapshot).properties["gates"]
    }


@lru_cache(maxsize=8)
def _qubits(snapshot: str) -> list[Values]:
    return [_values(entries) for entries in fleet.read(snapshot).properties["qubits"]]


def _values(entries: Sequence[Mapping[str, Any]]) -> Values:
    """Return the values by name, times in seconds."""
    return {
        entry["name"]: float(entry["value"]) * SECONDS.get(entry["unit"], 1.0) for entry in entries
    }


def readout_errors(snapshot: str, qubit: int) -> tuple[float, float]:
    """Return the probabilities to read 1 where 0 was prepared, and 0 where 1 was."""
    values = _qubits(snapshot)[qubit]
    same = values.get("readout_error", 0.0)
    return values.get("prob_meas1_prep0", same), values.get("prob_meas0_prep1", same)


def gate_error(snapshot: str, name: str, qubits: tuple[int, ...]) -> float:
    """Return a gate's error, 0 where none is stated."""
    gates = _gates(snapshot)
    values = gates.get((name, qubits)) or gates.get((name, qubits[::-1])) or {}
    return min(values.get(fleet.GATE_ERROR, 0.0), BROKEN)


def model(snapshot: str, circuit: QuantumCircuit, places: Sequence[int]) -> NoiseModel:
    """Make Aer's noise model for a circuit.

    Args:
        snapshot: the machine's.
        circuit: what will be run.
        places: the machine's qubit for each qubit of the circuit.
    """
    from qiskit_aer.noise import NoiseModel, ReadoutError
    from qiskit_aer.noise.device import basic_device_gate_errors

    target = _target(snapshot, circuit, places)
    noise = NoiseModel(basis_gates=list(target.operation_names))
    for name, qubits, error in basic_device_gate_errors(target=target):
        noise.add_quantum_error(error, name, qubits)
    for qubit, place in enumerate(places):
        up, down = readout_errors(snapshot, place)
        noise.add_readout_error(ReadoutError([[1 - up, up], [down, 1 - down]]), [qubit])
    return noise


def _target(snapshot: str, circuit: QuantumCircuit, places: Sequence[int]) -> Target:
    """Describe the circuit's own gates, on the circuit's qubits, with their errors and lengths."""
    from qiskit.circuit.library import get_standard_gate_name_mapping
    from qiskit.transpiler import InstructionProperties, QubitProperties, Target

    qubits = [_qubits(snapshot)[place] for place in places]
    target = Target(
        qubit_properties=[
            QubitProperties(t1=values.get("T1"), t2=values.get("T2")) for values in qubits
        ]
    )
    standard = get_standard_gate_name_mapping()
    used: dict[str, set[tuple[int, ...]]] = {}
    _collect(circuit, list(range(circuit.num_qubits)), used)
    gates = _gates(snapshot)
    for name, pairs in used.items():
        properties = {}
        for pair in pairs:
            own = tuple(places[qubit] for qubit in pair)
            values = gates.get((name, own)) or gates.get((name, own[::-1]))
            if values is not None:
                properties[pair] = InstructionProperties(
                    values.get("gate_length"), gate_error(snapshot, name, own)
                )
        if properties and name in standard:
            target.add_instruction(standard[name], properties)
    return target


def _collect(
    circuit: QuantumCircuit, places: list[int], used: dict[str, set[tuple[int, ...]]]
) -> None:
    index = {qubit: place for place, qubit in zip(places, circuit.qubits, strict=True)}
    for instruction in circuit.data:
        qubits = tuple(index[qubit] for qubit in instruction.qubits)
        blocks = getattr(instruction.operation, "blocks", ())
        for block in blocks:
            _collect(block, list(qubits), used)
        if not blocks:
            used.setdefault(instruction.operation.name, set()).add(qubits)

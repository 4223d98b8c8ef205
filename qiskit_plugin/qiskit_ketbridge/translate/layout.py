"""Classical registers and metadata of a circuit as the plain data of a program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from qiskit import QuantumCircuit

from ketbridge import Readout, Register


def registers_of(circuit: QuantumCircuit) -> tuple[Register, ...]:
    """Return the classical registers, their bits as indices into ``circuit.clbits``."""
    index_of = {clbit: index for index, clbit in enumerate(circuit.clbits)}
    return tuple(
        Register(register.name, tuple(index_of[clbit] for clbit in register))
        for register in circuit.cregs
    )


def readout_of(circuit: QuantumCircuit, sources: Mapping[int, int]) -> Readout:
    """Make the readout of a circuit.

    Args:
        circuit: whose classical bits and registers are read.
        sources: the qubit behind each classical bit that is written.
    """
    bits = tuple(sources.get(bit) for bit in range(circuit.num_clbits))
    return Readout(bits, registers_of(circuit))


def lies_in_order(circuit: QuantumCircuit) -> bool:
    """Say whether the registers, one after the other, are exactly the classical bits in order."""
    bits = [bit for register in registers_of(circuit) for bit in register.bits]
    return bits == list(range(circuit.num_clbits))


def json_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return those entries of a circuit's metadata that JSON can hold.

    The others stay with the circuit: a result in the same process has them all.
    """
    return {key: value for key, value in (metadata or {}).items() if _is_json(key, value)}


def _is_json(key: Any, value: Any) -> bool:
    try:
        return isinstance(key, str) and json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError, RecursionError):
        return False

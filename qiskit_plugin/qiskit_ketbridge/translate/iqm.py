"""Circuits as IQM's JSON: rotations about axes in the XY plane, CZ, barriers, measurements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import tau

from qiskit import QuantumCircuit
from qiskit.circuit import CircuitInstruction

from ketbridge import Format, Program, Readout, Register
from ketbridge.programs import iqm_json

from ..errors import CircuitError
from .layout import json_metadata, readout_of
from .plain import Plain, take_apart

GATES = ("r", "cz")
_LEVEL = 1
"""Rewriting in rotations without merging them would make a dozen of one gate."""


def encode_iqm(circuit: QuantumCircuit, qubits: Sequence[str] | None = None) -> Program:
    """Translate a circuit into IQM's JSON; a circuit of R and CZ gates keeps them as they are.

    Args:
        circuit: it measures at its end only.
        qubits: the machine's name of each qubit; None for ``QB1``, ``QB2`` and so on.

    Raises:
        CircuitError: an instruction cannot be written, or there are more qubits than names.
        DynamicCircuitError: it measures, resets or decides before its end.
    """
    plain = take_apart(circuit, GATES, level=_LEVEL)
    size = max(plain.used) + 1
    names = [f"QB{index + 1}" for index in range(size)] if qubits is None else qubits
    if size > len(names):
        raise CircuitError(
            f"circuit {circuit.name!r} uses {size} qubits; the machine has {len(names)}"
        )
    readout = _with_keys(readout_of(circuit, plain.sources))
    return Program(
        Format.IQM,
        iqm_json.wrap(_instructions(plain, readout, names)),
        readout,
        size,
        circuit.name,
        json_metadata(circuit.metadata),
    )


def _with_keys(readout: Readout) -> Readout:
    """Give every classical bit one key: one register for all where registers share or miss bits."""
    bits = sorted(bit for register in readout.registers for bit in register.bits)
    if bits == list(range(readout.num_bits)):
        return readout
    return Readout(readout.sources, (Register("c", tuple(range(readout.num_bits))),))


def _instructions(plain: Plain, readout: Readout, names: Sequence[str]) -> Iterator[str]:
    used = set(plain.used)
    for instruction in plain.gates.data:
        on: list[int] = [plain.gates.find_bit(qubit).index for qubit in instruction.qubits]
        if instruction.name == "barrier":
            touched = [names[index] for index in on if index in used]
            if touched:
                yield iqm_json.barrier(touched)
        else:
            yield _gate(instruction, [names[index] for index in on])
    key_of = {bit: key for key, bit in iqm_json.bits_of_keys(readout).items()}
    for bit, qubit in sorted(plain.sources.items()):
        yield iqm_json.measure(names[qubit], key_of[bit])


def _gate(instruction: CircuitInstruction, qubits: Sequence[str]) -> str:
    if instruction.name == "cz":
        return iqm_json.CZ % tuple(qubits)
    angle, phase = (float(value) / tau for value in instruction.params)
    return iqm_json.PRX % (*qubits, angle, phase)

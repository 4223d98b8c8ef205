"""Which qubit each column of Braket's measurements comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ketbridge.programs import Readout, Register


class Measured(NamedTuple):
    """A measurement: the qubit, and the classical bit that Braket gave it."""

    qubit: Any
    bit: int | None


def readout_of(
    qubits: Sequence[Any], measured: Sequence[Measured], index: Mapping[Any, int]
) -> Readout:
    """Make the readout of a circuit.

    Args:
        qubits: the circuit's qubits in Braket's order, which is the order of the columns where
            nothing is measured explicitly.
        measured: the measurements in the order in which they were added. They are ordered by
            their classical bit. ``Circuit.measure`` can give one bit twice
            (``.measure(0).measure([1, 2])``); the order in which they were added holds then, so
            that none is lost.
        index: number on the wire of each qubit.
    """
    columns = list(qubits)
    if measured:
        bits = [one.bit for one in measured]
        if None not in bits and len(set(bits)) == len(bits):
            measured = sorted(measured, key=lambda one: one.bit or 0)
        columns = [one.qubit for one in measured]
    sources = tuple(index[qubit] for qubit in columns)
    labels = tuple(int(qubit) for qubit in columns)
    registers = (Register("b", tuple(range(len(sources)))),)
    return Readout(sources, registers, labels if labels != sources else None)

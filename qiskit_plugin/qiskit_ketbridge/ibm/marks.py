"""What a circuit of ``backend.run`` carries along, so that its result can be read anywhere.

It is an entry in the circuit's metadata, which the service gives back with the result: the name,
the classical registers, and the register that was added for classical bits of none, since the
service returns registers only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qiskit import ClassicalRegister, QuantumCircuit

from ketbridge import Readout, Register

from ..translate.layout import registers_of

KEY = "ketbridge"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of a circuit from its result.

    Attributes:
        name: the circuit's name.
        readout: its classical bits and registers.
        loose: name of the register that was added; empty for none.
        metadata: its own metadata.
    """

    name: str
    readout: Readout
    loose: str
    metadata: Mapping[str, Any]

    @property
    def sent(self) -> Readout:
        """The readout of the circuit that was sent, the added register included."""
        if not self.loose:
            return self.readout
        kept = {bit for register in self.readout.registers for bit in register.bits}
        bits = tuple(bit for bit in range(self.readout.num_bits) if bit not in kept)
        registers = (*self.readout.registers, Register(self.loose, bits))
        return Readout(self.readout.sources, registers)


def mark(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return a copy of a circuit that carries its mark."""
    marked = circuit.copy()
    readout = Readout((None,) * circuit.num_clbits, registers_of(circuit))
    kept = {bit for register in readout.registers for bit in register.bits}
    loose = [bit for index, bit in enumerate(circuit.clbits) if index not in kept]
    entry = {"name": circuit.name, "readout": readout.to_json()}
    if loose:
        names = {register.name for register in circuit.cregs}
        entry["loose"] = next(name for name in _names() if name not in names)
        marked.add_register(ClassicalRegister(name=entry["loose"], bits=loose))
    marked.metadata = {**(circuit.metadata or {}), KEY: entry}
    return marked


def read(metadata: Any) -> Mark | None:
    """Read the mark in a circuit's metadata; None where there is none."""
    entry = metadata.get(KEY) if isinstance(metadata, Mapping) else None
    if not isinstance(entry, Mapping):
        return None
    try:
        readout = Readout.from_json(entry["readout"])
        own = {name: value for name, value in metadata.items() if name != KEY}
        return Mark(str(entry["name"]), readout, str(entry.get("loose", "")), own)
    except (KeyError, ValueError):
        return None


def _names() -> Iterator[str]:
    yield "bits"
    number = 0
    while True:
        number += 1
        yield f"bits{number}"

"""A program for a machine: the bytes that go on the wire and how to read what comes back."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Format(StrEnum):
    """What language the body of a program is written in."""

    QISKIT_QPY = "qiskit.qpy"
    OPENQASM2 = "openqasm.2"
    OPENQASM3 = "openqasm.3"
    BRAKET_OPENQASM3 = "braket.openqasm.3"
    IONQ_QIS = "ionq.qis"
    IONQ_NATIVE = "ionq.native"
    IONQ_QASM3 = "ionq.qasm3"
    IQM = "iqm"
    BRAKET_AHS = "braket.ahs"
    PERCEVAL = "perceval"


@dataclass(frozen=True, slots=True)
class Register:
    """A classical register: its name and its classical bits, least significant first."""

    name: str
    bits: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of bits."""
        return len(self.bits)


@dataclass(frozen=True, slots=True)
class Readout:
    """Where each classical bit of a circuit comes from, and how the bits form registers.

    Attributes:
        sources: for each classical bit, the index of the qubit that it reads; None for a bit
            that nothing writes, which reads 0.
        registers: the circuit's classical registers in their order.
        labels: what the SDK calls the qubit behind each classical bit, where that differs from
            ``sources`` (Braket circuits with gaps in their qubits); None where it does not.
    """

    sources: tuple[int | None, ...]
    registers: tuple[Register, ...] = ()
    labels: tuple[int, ...] | None = None

    @classmethod
    def of_qubits(cls, qubits: Iterable[int], name: str = "meas") -> Readout:
        """Make the readout that puts the given qubits, in order, into one register."""
        sources = tuple(qubits)
        return cls(sources, (Register(name, tuple(range(len(sources)))),))

    @property
    def num_bits(self) -> int:
        """Number of classical bits."""
        return len(self.sources)

    def to_json(self) -> Any:
        """Return the readout as compact JSON data; `from_json` reads it back."""
        data: list[Any] = [
            _pack([-1 if source is None else source for source in self.sources]),
            [[register.name, _pack(register.bits)] for register in self.registers],
        ]
        if self.labels is not None:
            data.append(_pack(self.labels))
        return data

    @classmethod
    def from_json(cls, data: Any) -> Readout:
        """Read what `to_json` wrote.

        Raises:
            ValueError: the data is of another shape.
        """
        try:
            sources = tuple(None if value < 0 else value for value in _unpack(data[0]))
            registers = tuple(Register(str(name), tuple(_unpack(bits))) for name, bits in data[1])
            labels = tuple(_unpack(data[2])) if len(data) > 2 else None
        except (TypeError, ValueError, LookupError, AttributeError) as error:
            raise ValueError("this is no readout of a circuit") from error
        return cls(sources, registers, labels)


@dataclass(frozen=True, slots=True)
class Program:
    """One circuit in the language of one machine.

    Attributes:
        format: language of the body.
        body: the bytes that go on the wire for this circuit.
        readout: where each classical bit comes from.
        num_qubits: number of qubits the body uses: the highest used index + 1.
        name: the circuit's name, at the user's choice.
        metadata: JSON data of the SDK that goes back into its result: not in the body, but kept
            with the job where the service stores metadata.
        arguments: JSON array of what follows the circuit in an IBM PUB, such as parameter values
            and shots, as ``clouds.ibm_shared.encoding`` writes it; empty for a plain circuit.
    """

    format: Format
    body: bytes
    readout: Readout
    num_qubits: int
    name: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    arguments: str = ""

    def encoded(self) -> bytes:
        """Return the bytes that go on the wire for this circuit.

        For IonQ the JSON of ``input``, for OpenQASM its text in UTF-8, for QPY the QPY file.
        """
        return self.body

    def dumps(self) -> str:
        """Return the program as JSON text, to be kept or read on another machine."""
        return json.dumps(
            {
                "format": self.format.value,
                "body": base64.b64encode(self.body).decode("ascii"),
                "readout": self.readout.to_json(),
                "num_qubits": self.num_qubits,
                "name": self.name,
                "metadata": self.metadata,
                **({"arguments": self.arguments} if self.arguments else {}),
            }
        )

    @classmethod
    def loads(cls, text: str) -> Program:
        """Read what `dumps` wrote.

        Raises:
            ValueError: the text is not a program.
        """
        try:
            data = json.loads(text)
            return cls(
                Format(data["format"]),
                base64.b64decode(data["body"], validate=True),
                Readout.from_json(data["readout"]),
                int(data["num_qubits"]),
                str(data["name"]),
                dict(data["metadata"]),
                str(data.get("arguments", "")),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("this text is no program") from error


def _pack(values: Sequence[int]) -> Any:
    """Shorten the common case, ``first, first + 1, ...``, to ``{"n": [first, count]}``."""
    if len(values) > 2 and list(values) == list(range(values[0], values[0] + len(values))):
        return {"n": [values[0], len(values)]}
    return list(values)


def _unpack(data: Any) -> list[int]:
    if isinstance(data, dict):
        first, count = data["n"]
        if not 0 <= count <= 1_000_000:
            raise TypeError("no usable number of bits")
        return list(range(first, first + count))
    if not isinstance(data, list) or not all(isinstance(value, int) for value in data):
        raise TypeError("no list of integers")
    return data

"""IQM circuit JSON: fast writing, and a reader that checks what it reads.

One circuit is ``{"name":...,"instructions":[...]}``, without spaces; a job has a list of them. An
instruction has a name, the names of its qubits, and ``args``. Angles are in turns: ``angle_t`` and
``phase_t`` are the angle and the phase of a rotation divided by 2π. PRX(θ, φ) is the rotation by θ
about the axis (cos φ, sin φ, 0): exp(-i θ/2 (X cos φ + Y sin φ)).

The measurement of one classical bit has the key ``<register>_<size>_<index>_<bit>``: name and size
of the register, its index among the circuit's registers, and the bit in it. One that is no
classical bit of the circuit's at its end, because it resets a qubit or a later one overwrites it,
has a key ``hidden_<number>``, which results leave out.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import ProgramError
from .program import Readout, Register

TURN = 2 * math.pi

# Writing -----------------------------------------------------------------------------------------

PRX = '{"name":"prx","qubits":["%s"],"args":{"angle_t":%r,"phase_t":%r}}'
CZ = '{"name":"cz","qubits":["%s","%s"],"args":{}}'
MOVE = '{"name":"move","qubits":["%s","%s"],"args":{}}'
"""Instructions as JSON text for ``%``; every number has to be a finite float. A move has the qubit
first and the resonator second."""


def measure(qubit: str, key: str, feedback_key: str | None = None) -> str:
    """Return a measurement of one qubit.

    Args:
        qubit: its name.
        key: under which the result has it; `key_of` makes one.
        feedback_key: under which a later ``cc_prx`` refers to it.
    """
    args = {"key": key} if feedback_key is None else {"key": key, "feedback_key": feedback_key}
    return _instruction("measure", [qubit], args)


def barrier(qubits: Sequence[str]) -> str:
    """Return a barrier, over which nothing is moved in time."""
    return _instruction("barrier", qubits, {})


def cc_prx(
    qubit: str, angle_turns: float, phase_turns: float, feedback_qubit: str, feedback_key: str
) -> str:
    """Return a PRX that is done if an earlier measurement gave 1.

    Args:
        qubit: name of the qubit that is rotated.
        angle_turns: angle in turns.
        phase_turns: phase in turns.
        feedback_qubit: name of the qubit that was measured.
        feedback_key: of that measurement.
    """
    args = {
        "angle_t": angle_turns,
        "phase_t": phase_turns,
        "feedback_qubit": feedback_qubit,
        "feedback_key": feedback_key,
    }
    return _instruction("cc_prx", [qubit], args)


def key_of(register: Register, index: int, bit: int) -> str:
    """Return the key of the measurement that writes a bit of a circuit's register.

    Args:
        register: the register.
        index: its index among the registers of the circuit.
        bit: the bit, 0 the least significant one of the register.
    """
    return f"{register.name}_{register.size}_{index}_{bit}"


def hidden_key(number: int) -> str:
    """Return the key of a measurement that is no part of the result; each needs its own number."""
    return f"hidden_{number}"


def is_hidden(key: str) -> bool:
    """Say whether a key is one of `hidden_key`."""
    return _HIDDEN.fullmatch(key) is not None


def wrap(instructions: Iterable[str], name: str = "circuit", noted: Readout | None = None) -> bytes:
    """Return the body of a circuit.

    Args:
        instructions: JSON text of each.
        name: of the circuit.
        noted: a readout of which the keys do not say all, to be kept with the circuit.
    """
    metadata = ""
    if noted is not None:
        kept = json.dumps({"readout": noted.to_json()}, separators=(",", ":"))
        metadata = f',"metadata":{kept}'
    body = f'{{"name":{json.dumps(name)},"instructions":[{",".join(instructions)}]{metadata}}}'
    return body.encode()


def _instruction(name: str, qubits: Sequence[str], args: Mapping[str, Any]) -> str:
    return json.dumps(
        {"name": name, "qubits": list(qubits), "args": args},
        allow_nan=False,
        separators=(",", ":"),
    )


# Reading -----------------------------------------------------------------------------------------

_ARITY = {"prx": 1, "cc_prx": 1, "cz": 2, "move": 2}
_ROTATIONS = ("prx", "cc_prx")
_KNOWN = (*_ARITY, "measure", "barrier")
_KEY = re.compile(r"(.+)_([0-9]{1,6})_([0-9]{1,6})_([0-9]{1,6})", re.DOTALL)
_HIDDEN = re.compile(r"hidden_[0-9]+")
_MOST_BITS = 1_000_000


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction of a circuit.

    Attributes:
        name: ``prx``, ``cz``, ``measure``, ``barrier``, ``cc_prx`` or ``move``.
        qubits: names of its qubits and resonators; of a move the qubit comes first.
        angle_turns, phase_turns: of ``prx`` and ``cc_prx``, in turns.
        key: of a measurement.
        feedback_qubit, feedback_key: which measurement a ``cc_prx`` depends on; of a measurement
            the key that a ``cc_prx`` names.
    """

    name: str
    qubits: tuple[str, ...]
    angle_turns: float = 0.0
    phase_turns: float = 0.0
    key: str = ""
    feedback_qubit: str = ""
    feedback_key: str = ""


@dataclass(frozen=True, slots=True)
class Circuit:
    """A circuit as it was read.

    Attributes:
        name: its name.
        instructions: what it does.
        noted: a readout that was kept with it; None where there is none.
    """

    name: str
    instructions: tuple[Instruction, ...]
    noted: Readout | None = None

    @property
    def qubits(self) -> tuple[str, ...]:
        """Names of the qubits, in the order of their first use."""
        return tuple(dict.fromkeys(name for one in self.instructions for name in one.qubits))

    @property
    def measurements(self) -> tuple[Instruction, ...]:
        """The measurements, in their order."""
        return tuple(one for one in self.instructions if one.name == "measure")


def read(body: bytes | str | Mapping[str, Any]) -> Circuit:
    """Read a circuit.

    Besides what is documented this takes ``locus`` for ``qubits``, and ``angle`` and ``phase`` in
    radians, as other clients write them.

    Raises:
        ProgramError: it is no circuit, or an instruction is not what IQM has; with its index.
    """
    try:
        data = body if isinstance(body, Mapping) else json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"this is no JSON of an IQM circuit: {error}") from None
    if not isinstance(data, Mapping) or not isinstance(data.get("instructions"), list):
        raise ProgramError("this is no IQM circuit: it has no list of instructions")
    found = tuple(_read(index, one) for index, one in enumerate(data["instructions"]))
    _check_keys(found)
    return Circuit(str(data.get("name") or ""), found, _noted(data.get("metadata")))


def _noted(metadata: Any) -> Readout | None:
    """Return the readout that `wrap` kept; metadata of other clients has none."""
    try:
        return Readout.from_json(metadata["readout"])
    except (TypeError, KeyError, ValueError):
        return None


def _check_keys(instructions: Iterable[Instruction]) -> None:
    """Refuse keys that are used twice, and rotations on a condition that is not known yet."""
    keys: set[str] = set()
    measured: dict[str, tuple[str, ...]] = {}
    for index, one in enumerate(instructions):
        if one.name == "measure":
            if one.key in keys:
                raise ProgramError(f"two measurements have the key {one.key!r}")
            if one.feedback_key and one.feedback_key in measured:
                raise ProgramError(f"two measurements have the feedback key {one.feedback_key!r}")
            keys.add(one.key)
            if one.feedback_key:
                measured[one.feedback_key] = one.qubits
        elif one.name == "cc_prx" and one.feedback_qubit not in measured.get(one.feedback_key, ()):
            raise ProgramError(
                f"instruction {index} (cc_prx): no measurement of {one.feedback_qubit} before it "
                f"has the feedback key {one.feedback_key!r}"
            )


def _read(index: int, data: Any) -> Instruction:
    if not isinstance(data, Mapping) or data.get("name") not in _KNOWN:
        named = data.get("name") if isinstance(data, Mapping) else data
        raise ProgramError(f"instruction {index} is {named!r}; IQM has {', '.join(_KNOWN)}")
    name = str(data["name"])
    where = f"instruction {index} ({name})"
    qubits = data.get("qubits") or data.get("locus")
    if not isinstance(qubits, Sequence) or not all(isinstance(one, str) for one in qubits):
        raise ProgramError(f"{where} has no list of names of qubits")
    if len(qubits) != _ARITY.get(name, len(qubits)) or not qubits:
        raise ProgramError(f"{where} has {len(qubits)} qubits; it takes {_ARITY.get(name, 'some')}")
    if len(set(qubits)) != len(qubits):
        raise ProgramError(f"{where} has the same qubit twice")
    args = data.get("args") or {}
    angle = phase = 0.0
    if name in _ROTATIONS:
        angle, phase = (_turns(where, args, one) for one in ("angle", "phase"))
    return Instruction(
        name,
        tuple(qubits),
        angle,
        phase,
        _text(where, args, "key", required=name == "measure"),
        _text(where, args, "feedback_qubit", required=name == "cc_prx"),
        _text(where, args, "feedback_key", required=name == "cc_prx"),
    )


def _turns(where: str, args: Mapping[str, Any], name: str) -> float:
    """Return an angle in turns, given in turns or in radians."""
    turns, radians = args.get(f"{name}_t"), args.get(name)
    value = turns if turns is not None else radians
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ProgramError(f"{where} has no finite {name}_t")
    return float(value) if turns is not None else value / TURN


def _text(where: str, args: Mapping[str, Any], name: str, *, required: bool) -> str:
    value = args.get(name) or ""
    if not isinstance(value, str) or (required and not value):
        raise ProgramError(f"{where} has no {name}")
    return value


def readout(circuit: Circuit, qubits: Sequence[str]) -> Readout:
    """Recover the registers of a circuit from the keys of its measurements.

    Args:
        circuit: as it was read.
        qubits: names of the machine's qubits in order, so that their indices can be named.

    Returns:
        The readout; with one bit a measured qubit, in the order of the measurements and in one
        register ``meas``, where keys are not of the form that `key_of` writes.
    """
    if circuit.noted is not None:
        return circuit.noted
    index = {name: number for number, name in enumerate(qubits)}
    shown = [one for one in circuit.measurements if not is_hidden(one.key)]
    written = [(one.key, qubit) for one in shown for qubit in one.qubits]
    places = [_place(key) for key, _ in written]
    known = [place for place in places if place is not None]
    sizes = {place.position: (place.register, place.size) for place in known}
    total = sum(size for _, size in sizes.values())
    fits = all(
        sizes[one.position] == (one.register, one.size) and one.bit < one.size for one in known
    )
    if len(known) != len(written) or not fits or not 0 < total <= _MOST_BITS:
        return Readout.of_qubits(index.get(qubit, 0) for _, qubit in written)
    registers: list[Register] = []
    begins: dict[int, int] = {}
    for number in sorted(sizes):
        name, size = sizes[number]
        begins[number] = sum(register.size for register in registers)
        begin = begins[number]
        registers.append(Register(name, tuple(range(begin, begin + size))))
    sources: list[int | None] = [None] * total
    for place, (_, qubit) in zip(known, written, strict=True):
        sources[begins[place.position] + place.bit] = index.get(qubit)
    return Readout(tuple(sources), tuple(registers))


class _Place(NamedTuple):
    """What the key of a measurement says."""

    register: str
    size: int
    position: int
    bit: int


def _place(key: str) -> _Place | None:
    found = _KEY.fullmatch(key)
    return None if found is None else _Place(found[1], int(found[2]), int(found[3]), int(found[4]))


def bits_of_keys(readout: Readout) -> dict[str, int]:
    """Return the classical bit that each key of a circuit with this readout is written to."""
    return {
        key_of(register, index, bit): column
        for index, register in enumerate(readout.registers)
        for bit, column in enumerate(register.bits)
    }

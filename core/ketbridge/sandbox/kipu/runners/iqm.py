"""IQM's circuits on Aer, without errors.

Taken in both of the forms that clients send: names of qubits under ``qubits`` or ``locus``, angles
in turns (``angle_t``, ``phase_t``) or in radians (``angle``, ``phase``). Counts have the key that
was measured first rightmost.

A move swaps a qubit with a resonator, which is right while one of them is in state 0. So the state
of a qubit that was moved has to come back before anything else acts on the qubit, as IQM asks for
unless ``move_validation_mode`` says otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...simulate import measured
from ...workers import WorkError
from .plan import INVALID, Plan

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import Clbit

TURN = 2 * math.pi


@dataclass(slots=True)
class Reading:
    """A circuit while it is read.

    Attributes:
        plan: the job.
        circuit: what was read so far.
        places: place in it of each qubit, by its name on the machine.
        keys: measurement keys in order; the classical bit of each has the same place.
        feedback: classical bit of each feedback key, with the name of the qubit that was measured.
        physical: name on the machine of each name in the circuit.
        holders: the qubit whose state each resonator holds.
        free: instructions that may act on a qubit whose state was moved away.
    """

    plan: Plan
    circuit: QuantumCircuit
    places: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    feedback: dict[str, tuple[Clbit, str]] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)
    holders: dict[str, str] = field(default_factory=dict)
    free: Collection[str] = ("barrier",)

    def names(self, instruction: Mapping[str, Any]) -> list[str]:
        """Return the names on the machine of what an instruction acts on."""
        named = instruction.get("qubits") or instruction.get("locus") or ()
        return [self.physical.get(name, name) for name in named]

    def qubits(self, instruction: Mapping[str, Any], resonators: bool = False) -> list[int]:
        """Return the places of an instruction's qubits; add those that are new."""
        from qiskit.circuit import Qubit

        found, act = [], str(instruction.get("name"))
        for name in self.names(instruction):
            known = _number(name, "QB", self.plan.qubits) is not None
            if not known and not (resonators and self.is_resonator(name)):
                raise _invalid(f"The machine has no qubit {name!r}")
            if name in self.holders.values() and act not in (*self.free, "move"):
                raise _invalid(f"{act} acts on {name}, whose state is in a resonator")
            if name not in self.places:
                self.places[name] = self.circuit.num_qubits
                self.circuit.add_bits([Qubit()])
            found.append(self.places[name])
        return found

    def is_resonator(self, name: str) -> bool:
        """Tell whether the machine has a resonator of that name."""
        return _number(name, "CR", self.plan.resonators) is not None

    def check_pair(self, one: str, other: str) -> None:
        """Refuse a pair that has no cz."""
        if self.plan.resonators:
            joined = self.is_resonator(one) != self.is_resonator(other)
        else:
            pair = sorted(_number(name, "QB", self.plan.qubits) or 0 for name in (one, other))
            joined = self.plan.pairs is None or tuple(pair) in self.plan.pairs
        if not joined:
            raise _invalid(f"cz has no calibration at {one}, {other}")


def run(plan: Plan) -> dict[str, Any]:
    """Run a job: every circuit with all of its shots."""
    given = plan.input if isinstance(plan.input, dict) else {}
    circuits = given.get("circuits")
    if not isinstance(circuits, list) or not circuits:
        raise _invalid("The input has no circuits")
    mapping = {
        entry["logical_name"]: entry["physical_name"] for entry in given.get("qubit_mapping") or ()
    }
    return {
        "measurement_counts": [
            _ran(circuit, plan, index, mapping) for index, circuit in enumerate(circuits)
        ]
    }


def _ran(
    data: Mapping[str, Any], plan: Plan, index: int, mapping: Mapping[str, str]
) -> dict[str, Any]:
    from qiskit import QuantumCircuit

    mode = (plan.input.get("move_validation_mode") or "strict") if plan.resonators else "none"
    reading = Reading(plan, QuantumCircuit(), physical=mapping, free=_FREE[mode])
    for instruction in data.get("instructions") or ():
        act = _ACTS.get(str(instruction.get("name")))
        if act is None:
            raise _invalid(f"There is no instruction {str(instruction.get('name'))[:64]!r}")
        act(reading, instruction, instruction.get("args") or {})
    if reading.holders and mode != "none":
        raise _invalid(f"The circuit ends while states are in {', '.join(reading.holders)}")
    width = len(reading.keys)
    if not width:
        raise _invalid("The circuit has no measurement")
    found = measured(reading.circuit, None, plan.shots, plan.seed + index)
    return {
        "measurement_keys": reading.keys[::-1],
        "counts": {f"{state:0{width}b}": count for state, count in found.histogram.items()},
        "memory": [hex(state) for state in found.shots or ()],
    }


def _angles(args: Mapping[str, Any]) -> tuple[float, float]:
    """Return the angle and the phase of a rotation, in radians."""

    def one(name: str) -> float:
        if f"{name}_t" in args:
            return TURN * float(args[f"{name}_t"])
        return float(args[name])

    return one("angle"), one("phase")


def _prx(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    reading.circuit.r(*_angles(args), *reading.qubits(instruction))


def _cz(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    one, other = reading.qubits(instruction, resonators=True)
    reading.check_pair(*reading.names(instruction))
    reading.circuit.cz(one, other)


def _move(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    one, other = reading.qubits(instruction, resonators=True)
    qubit, resonator = reading.names(instruction)
    if reading.is_resonator(qubit) or not reading.is_resonator(resonator):
        raise _invalid(f"move has no calibration at {qubit}, {resonator}")
    holder = reading.holders.pop(resonator, None)
    if holder is None and qubit not in reading.holders.values():
        reading.holders[resonator] = qubit
    elif holder != qubit:
        raise _invalid(f"move of {qubit} to {resonator}: one of the two holds another state")
    reading.circuit.swap(one, other)


def _measure(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    from qiskit.circuit import Clbit

    qubits, key = reading.qubits(instruction), args.get("key")
    if not isinstance(key, str) or len(qubits) != 1 or key in reading.keys:
        raise _invalid("A measurement needs one qubit and a key of its own")
    bit = Clbit()
    reading.circuit.add_bits([bit])
    reading.circuit.measure(qubits[0], bit)
    reading.keys.append(key)
    if args.get("feedback_key"):
        (name,) = reading.names(instruction)
        reading.feedback[args["feedback_key"]] = bit, name


def _cc_prx(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    qubits, key = reading.qubits(instruction), args.get("feedback_key", "")
    bit, measured_qubit = reading.feedback.get(key, (None, ""))
    source = str(args.get("feedback_qubit") or measured_qubit)
    if bit is None or reading.physical.get(source, source) != measured_qubit:
        raise _invalid(f"No measurement of {source!r} has the feedback key {key!r}")
    with reading.circuit.if_test((bit, 1)):
        reading.circuit.r(*_angles(args), *qubits)


def _barrier(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    reading.circuit.barrier(reading.qubits(instruction))


_ACTS: Mapping[str, Callable[[Reading, Mapping[str, Any], Mapping[str, Any]], None]] = {
    "prx": _prx,
    "cz": _cz,
    "measure": _measure,
    "cc_prx": _cc_prx,
    "move": _move,
    "barrier": _barrier,
}
_FREE: Mapping[str, Collection[str]] = {
    "strict": ("barrier",),
    "allow_prx": ("barrier", "prx"),
    "none": ("barrier", "prx", "cc_prx", "cz", "measure"),
}
"""What may act on a qubit whose state was moved away, by ``move_validation_mode``."""


def _number(name: Any, kind: str, count: int) -> int | None:
    """Return the number of a qubit or resonator from 0, None where there is none of that name."""
    text = str(name)
    digits = text.removeprefix(kind)
    number = int(digits) - 1 if text.startswith(kind) and digits.isdecimal() else -1
    return number if 0 <= number < count else None


def _invalid(message: str) -> WorkError:
    return WorkError(INVALID, f"{message}.")

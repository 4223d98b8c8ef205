"""IQM's circuits on Aer, without errors.

Taken in both of the forms that clients send: names of qubits under ``qubits`` or ``locus``, angles
in turns (``angle_t``, ``phase_t``) or in radians (``angle``, ``phase``). Counts have the key that
was measured first rightmost.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
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
        feedback: classical bit of each feedback key.
        physical: name on the machine of each name in the circuit.
    """

    plan: Plan
    circuit: QuantumCircuit
    places: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    feedback: dict[str, Clbit] = field(default_factory=dict)
    physical: Mapping[str, str] = field(default_factory=dict)

    def qubits(self, instruction: Mapping[str, Any]) -> list[int]:
        """Return the places of an instruction's qubits; add those that are new."""
        from qiskit.circuit import Qubit

        named = instruction.get("qubits") or instruction.get("locus") or ()
        found = []
        for name in (self.physical.get(name, name) for name in named):
            if _number(name, self.plan.qubits) is None:
                raise _invalid(f"The machine has no qubit {name!r}")
            if name not in self.places:
                self.places[name] = self.circuit.num_qubits
                self.circuit.add_bits([Qubit()])
            found.append(self.places[name])
        return found

    def check_pair(self, one: int, other: int) -> None:
        """Refuse a pair of qubits that are no neighbours."""
        names = {place: name for name, place in self.places.items()}
        pair = sorted(_number(names[place], self.plan.qubits) or 0 for place in (one, other))
        if self.plan.pairs is not None and tuple(pair) not in self.plan.pairs:
            raise _invalid(f"cz has no calibration at {names[one]}, {names[other]}")


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

    reading = Reading(plan, QuantumCircuit(), physical=mapping)
    for instruction in data.get("instructions") or ():
        act = _ACTS.get(str(instruction.get("name")))
        if act is None:
            raise _invalid(f"There is no instruction {str(instruction.get('name'))[:64]!r}")
        act(reading, instruction, instruction.get("args") or {})
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
    one, other = reading.qubits(instruction)
    reading.check_pair(one, other)
    reading.circuit.cz(one, other)


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
        reading.feedback[args["feedback_key"]] = bit


def _cc_prx(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    qubits, bit = reading.qubits(instruction), reading.feedback.get(args.get("feedback_key", ""))
    if bit is None:
        raise _invalid(f"No measurement has the feedback key {args.get('feedback_key')!r}")
    with reading.circuit.if_test((bit, 1)):
        reading.circuit.r(*_angles(args), *qubits)


def _barrier(reading: Reading, instruction: Mapping[str, Any], args: Mapping[str, Any]) -> None:
    reading.circuit.barrier(reading.qubits(instruction))


_ACTS: Mapping[str, Callable[[Reading, Mapping[str, Any], Mapping[str, Any]], None]] = {
    "prx": _prx,
    "cz": _cz,
    "measure": _measure,
    "cc_prx": _cc_prx,
    "barrier": _barrier,
}


def _number(name: Any, qubits: int) -> int | None:
    """Return the number of a qubit from 0, None where the machine has none of that name."""
    text = str(name)
    digits = text.removeprefix("QB")
    number = int(digits) - 1 if text.startswith("QB") and digits.isdecimal() else -1
    return number if 0 <= number < qubits else None


def _invalid(message: str) -> WorkError:
    return WorkError(INVALID, f"{message}.")

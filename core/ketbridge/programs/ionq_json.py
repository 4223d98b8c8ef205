"""IonQ circuit JSON: the gate tables, fast writing, and a reader that checks what it reads.

A single circuit is the JSON of a job's ``input``, ``{"qubits":n,"gateset":"qis","circuit":[...]}``,
in this order of members and without spaces; qubits are always in lists, ``targets`` and
``controls``. Rotations of the ``qis`` set are in radians, phases and angles of the ``native`` set
in turns.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from ..errors import ProgramError

Gateset: TypeAlias = Literal["qis", "native"]


@dataclass(frozen=True, slots=True)
class GateRule:
    """What a gate takes.

    Attributes:
        targets: number of target qubits.
        parameters: names of its numbers that must be there.
        optional: names of its numbers with the value that each has when it is left out.
        lists: for a parameter that is a list, how many numbers it has.
        controllable: whether it may have control qubits.
        least_controls: how many control qubits it has at least.
    """

    targets: int
    parameters: tuple[str, ...] = ()
    optional: Mapping[str, float] | None = None
    lists: Mapping[str, int] | None = None
    controllable: bool = True
    least_controls: int = 0


_ONE = GateRule(1)
_ROTATION = GateRule(1, ("rotation",))
_PAIR_ROTATION = GateRule(2, ("rotation",))

QIS: Mapping[str, GateRule] = {
    **dict.fromkeys(("x", "y", "h", "s", "si", "t", "ti", "v", "vi", "not"), _ONE),
    "z": _ONE,
    "cnot": GateRule(1, least_controls=1),
    **dict.fromkeys(("rx", "ry", "rz"), _ROTATION),
    "swap": GateRule(2),
    **dict.fromkeys(("xx", "yy", "zz"), _PAIR_ROTATION),
}
"""Gates of the ``qis`` set, but for ``pauliexp``: the contract gives it no field for its terms."""

NATIVE: Mapping[str, GateRule] = {
    "gpi": GateRule(1, ("phase",), controllable=False),
    "gpi2": GateRule(1, ("phase",), controllable=False),
    "ms": GateRule(2, ("phases",), {"angle": 0.25}, {"phases": 2}, controllable=False),
    "zz": GateRule(2, (), {"angle": 0.25}, controllable=False),
    "nop": GateRule(1, controllable=False),
}
"""Gates of the ``native`` set."""

GATESETS: Mapping[Gateset, Mapping[str, GateRule]] = {"qis": QIS, "native": NATIVE}

# Writing -----------------------------------------------------------------------------------------

ONE_TARGET = '{"gate":"%s","targets":[%d]}'
ONE_TARGET_ROTATED = '{"gate":"%s","targets":[%d],"rotation":%r}'
TWO_TARGETS = '{"gate":"%s","targets":[%d,%d]}'
TWO_TARGETS_ROTATED = '{"gate":"%s","targets":[%d,%d],"rotation":%r}'
CONTROLLED = '{"gate":"%s","targets":[%d],"controls":[%s]}'
PHASED = '{"gate":"%s","targets":[%d],"phase":%r}'
MS = '{"gate":"ms","targets":[%d,%d],"phases":[%r,%r],"angle":%r}'
ZZ_NATIVE = '{"gate":"zz","targets":[%d,%d],"angle":%r}'
"""Gates as JSON text for ``%``; every number has to be a finite float, every qubit an int."""


def wrap(gates: Iterable[str], qubits: int, gateset: Gateset = "qis") -> bytes:
    """Return the body of a single circuit of gates that are JSON text already.

    Args:
        gates: each gate as JSON.
        qubits: highest used index + 1.
        gateset: the set that the gates are of.
    """
    head = f'{{"qubits":{qubits},"gateset":"{gateset}","circuit":['
    return f"{head}{','.join(gates)}]}}".encode()


def build(
    gates: Iterable[Mapping[str, Any]], qubits: int | None = None, gateset: Gateset = "qis"
) -> bytes:
    """Return the body of a single circuit of gates as dicts, checked.

    Args:
        gates: such as ``{"gate": "x", "targets": [1], "controls": [0]}``.
        qubits: number of qubits; None for the highest used index + 1.
        gateset: the set that the gates are of.

    Raises:
        ProgramError: a gate is not what the set has; the message has its index.
    """
    checked = [_gate(index, gate, gateset) for index, gate in enumerate(gates)]
    used = max((max(gate.qubits, default=0) for gate in checked), default=0) + 1
    if qubits is not None and used > qubits:
        raise ProgramError(f"the gates use {used} qubits, the circuit has {qubits}")
    return wrap((gate.text() for gate in checked), qubits or used, gateset)


def join(circuits: Iterable[tuple[str, bytes]]) -> bytes:
    """Splice single-circuit bodies, as they are, into the ``input`` of a multi-circuit job.

    Each circuit keeps its own gate set; that of the whole is the first one's.

    Args:
        circuits: name and body of each; an empty name is left out.

    Raises:
        ProgramError: there is no circuit, or a body is not one of a single circuit.
    """
    parts, qubits, gateset = [], 1, None
    for index, (name, body) in enumerate(circuits):
        width, one_set = _head(index, body)
        qubits, gateset = max(qubits, width), gateset or one_set
        parts.append(b'{"name":%b,%b' % (json.dumps(name).encode(), body[1:]) if name else body)
    if gateset is None:
        raise ProgramError("there is no circuit to run")
    head = b'{"gateset":"%b","qubits":%d,"circuits":[' % (gateset.encode(), qubits)
    return b"%b%b]}" % (head, b",".join(parts))


def _head(index: int, body: bytes) -> tuple[int, str]:
    """Read qubits and gate set from the beginning of a body, without parsing its gates."""
    head, mark, _ = body[:200].partition(b',"circuit":[')
    try:
        members = json.loads(head + b"}")
        qubits, gateset = members["qubits"], members["gateset"]
    except (ValueError, KeyError, TypeError):
        mark = b""
    if not mark or not body.endswith(b"]}") or gateset not in GATESETS or type(qubits) is not int:
        raise ProgramError(f"circuit {index} is no IonQ circuit")
    return qubits, gateset


# Reading -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate.

    Attributes:
        name: name in its gate set.
        targets: target qubits.
        controls: control qubits.
        parameters: its numbers by name, a list as a tuple; what was left out has its default.
    """

    name: str
    targets: tuple[int, ...]
    controls: tuple[int, ...] = ()
    parameters: tuple[tuple[str, float | tuple[float, ...]], ...] = ()

    @property
    def qubits(self) -> tuple[int, ...]:
        """All its qubits, controls first."""
        return (*self.controls, *self.targets)

    def text(self) -> str:
        """Return the gate as JSON text, qubits as lists of ints."""
        members: dict[str, Any] = {"gate": self.name, "targets": self.targets}
        if self.controls:
            members["controls"] = self.controls
        return json.dumps(members | dict(self.parameters), allow_nan=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Circuit:
    """A circuit as read: its qubits, its gate set and its gates in order."""

    qubits: int
    gateset: Gateset
    gates: tuple[Gate, ...]
    name: str = ""


@dataclass(frozen=True, slots=True)
class GateCount:
    """Gates by the number of qubits that they act on; those on more than two count as two."""

    one_qubit: int
    two_qubit: int


def read(data: bytes | str | Mapping[str, Any]) -> list[Circuit]:
    """Read the ``input`` of a job: one circuit, or the circuits of a multi-circuit job.

    Args:
        data: JSON text, or its parsed form.

    Returns:
        The circuits in order; one for a single-circuit job.

    Raises:
        ProgramError: it is not the input of a circuit job, or a gate is wrong; the message has
            the indices of the circuit and of the gate.
    """
    if not isinstance(data, Mapping):
        data = _parsed(data)
    if "circuits" not in data:
        return [_circuit(data, data.get("gateset"), data.get("qubits"), "")]
    circuits = data["circuits"]
    if not isinstance(circuits, list) or not all(isinstance(one, Mapping) for one in circuits):
        raise ProgramError("the circuits are no list of circuits")
    shared = data.get("qubits")
    return [
        _circuit(
            one,
            one.get("gateset", data.get("gateset")),
            one.get("qubits", shared),
            f"circuit {index}, ",
        )
        for index, one in enumerate(circuits)
    ]


def count(body: bytes) -> GateCount:
    """Count the gates of a single-circuit body, for an estimate of its cost.

    Raises:
        ProgramError: the body is no IonQ circuit.
    """
    gates = _parsed(body).get("circuit")
    if not isinstance(gates, list):
        raise ProgramError("the body is no IonQ circuit")
    sizes = [_size(gate) for gate in gates]
    one = sum(size == 1 for size in sizes)
    return GateCount(one, len(sizes) - one)


def _size(gate: Any) -> int:
    if not isinstance(gate, Mapping):
        raise ProgramError("the body is no IonQ circuit")
    lists = (gate.get("targets", ()), gate.get("controls", ()))
    return sum(map(len, lists)) + ("target" in gate) + ("control" in gate)


def _parsed(data: bytes | str) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"the circuit is no JSON: {error}") from None
    if not isinstance(value, dict):
        raise ProgramError("the circuit is no JSON object")
    return value


def _circuit(data: Mapping[str, Any], gateset: Any, qubits: Any, where: str) -> Circuit:
    if gateset not in ("qis", "native"):
        raise ProgramError(f"{where}the gate set is {gateset!r}, not 'qis' or 'native'")
    listed = data.get("circuit")
    if not isinstance(listed, list):
        raise ProgramError(f"{where}the circuit is no list of gates")
    gates = tuple(_gate(index, gate, gateset, where) for index, gate in enumerate(listed))
    used = max((max(gate.qubits, default=0) for gate in gates), default=0) + 1
    if qubits is None:
        qubits = used
    elif isinstance(qubits, bool) or not isinstance(qubits, int) or qubits < 1:
        raise ProgramError(f"{where}the number of qubits is {qubits!r}")
    for index, gate in enumerate(gates):
        if any(qubit >= qubits for qubit in gate.qubits):
            raise ProgramError(
                f"{where}gate {index} ({gate.name}) acts on qubit {max(gate.qubits)} of {qubits}"
            )
    return Circuit(qubits, gateset, gates, str(data.get("name") or ""))


def _gate(index: int, data: Any, gateset: str, where: str = "") -> Gate:
    where = f"{where}gate {index}"
    if not isinstance(data, Mapping):
        raise ProgramError(f"{where} is no JSON object")
    name = data.get("gate")
    rules = GATESETS["native" if gateset == "native" else "qis"]
    rule = rules.get(name) if isinstance(name, str) else None
    if rule is None:
        raise ProgramError(f"{where}: {name!r} is no gate of the {gateset} set")
    where = f"{where} ({name})"
    targets = _qubits(where, data, "target", "targets")
    controls = _qubits(where, data, "control", "controls")
    if len(targets) != rule.targets:
        raise ProgramError(f"{where} has {len(targets)} targets instead of {rule.targets}")
    if (controls and not rule.controllable) or len(controls) < rule.least_controls:
        raise ProgramError(f"{where} cannot have {len(controls)} controls")
    if len({*targets, *controls}) < len(targets) + len(controls):
        raise ProgramError(f"{where} names a qubit twice")
    return Gate(str(name), targets, controls, _parameters(where, data, rule))


def _parameters(
    where: str, data: Mapping[str, Any], rule: GateRule
) -> tuple[tuple[str, float | tuple[float, ...]], ...]:
    optional, lists = rule.optional or {}, rule.lists or {}
    beyond = set(data) - {"gate", "target", "targets", "control", "controls"}
    beyond -= {*rule.parameters, *optional}
    if beyond:
        raise ProgramError(f"{where} takes no {', '.join(sorted(map(repr, beyond)))}")
    values: list[tuple[str, float | tuple[float, ...]]] = []
    for name in rule.parameters:
        if name not in data:
            raise ProgramError(f"{where} has no {name}")
        values.append((name, _number(where, name, data[name], lists.get(name))))
    for name, default in optional.items():
        values.append((name, _number(where, name, data.get(name, default), lists.get(name))))
    return tuple(values)


def _number(where: str, name: str, value: Any, length: int | None) -> float | tuple[float, ...]:
    if length is None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ProgramError(f"{where}: {name} is {value!r}, no number")
        if not math.isfinite(value):
            raise ProgramError(f"{where}: {name} is {value!r}, not finite")
        return float(value)
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) != length:
        raise ProgramError(f"{where}: {name} is {value!r}, not {length} numbers")
    return tuple(float(_number(where, name, item, None)) for item in value)  # type: ignore[arg-type]


def _qubits(where: str, data: Mapping[str, Any], one: str, many: str) -> tuple[int, ...]:
    if one in data and many in data:
        raise ProgramError(f"{where} has both {one} and {many}")
    listed = [data[one]] if one in data else data.get(many, [])
    if not isinstance(listed, list | tuple):
        raise ProgramError(f"{where}: {many} is no list of qubits")
    return tuple(_qubit(where, value) for value in listed)


def _qubit(where: str, value: Any) -> int:
    whole = isinstance(value, float) and value.is_integer()
    if isinstance(value, bool) or not (isinstance(value, int) or whole) or value < 0:
        raise ProgramError(f"{where}: {value!r} is no qubit")
    return int(value)

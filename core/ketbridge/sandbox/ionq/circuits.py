"""IonQ circuit JSON as Qiskit circuits, and what a worker computes of them.

Lenient in what it takes: ``target`` or ``targets``, ``control`` or ``controls``, ``z`` with a
``rotation`` as the phase gate, ``pauliexp`` with terms whose rightmost letter acts on the first
target. Angles are in radians in the ``qis`` gate set and in turns in the ``native`` one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..simulate import Distribution, exact, measured, sampled
from ..workers import WorkError

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

TURN = 2 * math.pi
FIXED = {
    "x": "XGate", "not": "XGate", "cnot": "XGate", "y": "YGate", "z": "ZGate", "h": "HGate",
    "s": "SGate", "si": "SdgGate", "t": "TGate", "ti": "TdgGate", "v": "SXGate", "vi": "SXdgGate",
    "swap": "SwapGate",
}  # fmt: skip
ROTATIONS = {
    "rx": "RXGate", "ry": "RYGate", "rz": "RZGate", "z": "PhaseGate",
    "xx": "RXXGate", "yy": "RYYGate", "zz": "RZZGate",
}  # fmt: skip
MAX_CONTROLS = 7


@dataclass(frozen=True, slots=True)
class Plan:
    """How to run one circuit.

    Attributes:
        gateset: ``qis`` or ``native``.
        max_qubits: number of qubits of the machine.
        noise: name of the noise model; None for exact probabilities.
        shots: shots to draw with noise.
        seed: seed of the sampling.
        maps: for each debiasing variant the qubit of the machine behind each qubit of the circuit.
        dry_run: check the circuit and simulate nothing.
    """

    gateset: str
    max_qubits: int
    noise: str | None
    shots: int
    seed: int | None
    maps: tuple[tuple[int, ...], ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one circuit.

    Attributes:
        qubits: its number of qubits.
        gates: number of its gates by number of qubits, ``1q`` and ``2q``.
        distribution: what was measured; None after a dry run.
        variants: what each debiasing variant measured.
        registers: names and sizes of its classical registers; only for OpenQASM.
    """

    qubits: int
    gates: Mapping[str, int]
    distribution: Distribution | None = None
    variants: tuple[Distribution, ...] = ()
    registers: tuple[tuple[str, int], ...] = ()


def run_json(circuit: Sequence[Any], qubits: int | None, plan: Plan) -> Outcome:
    """Run one circuit of IonQ JSON; this is what a worker process does.

    Raises:
        WorkError: with the failure code of the service, for example ``UnsupportedGate``.
    """
    built = build(circuit, qubits, plan.gateset)
    if built.num_qubits > plan.max_qubits:
        raise not_enough_qubits(built.num_qubits, plan.max_qubits)
    gates = count_gates(circuit)
    if plan.dry_run:
        return Outcome(built.num_qubits, gates)
    if plan.noise is None:
        return Outcome(built.num_qubits, gates, exact(built))
    if not plan.maps:
        drawn = sampled(built, plan.noise, plan.shots, plan.seed)
        return Outcome(built.num_qubits, gates, drawn)
    variants = _variants(built, plan)
    return Outcome(built.num_qubits, gates, _pooled(variants), variants)


def run_qasm3(text: str, plan: Plan) -> Outcome:
    """Run one OpenQASM 3 program, with measurements, resets and conditions where they stand.

    A state's bits are the program's classical bits: the first register declared is lowest.

    Raises:
        WorkError: with the failure code of the service.
    """
    circuit = read_qasm3(text)
    if circuit.num_qubits > plan.max_qubits:
        raise not_enough_qubits(circuit.num_qubits, plan.max_qubits)
    sizes = [len(instruction.qubits) for instruction in circuit.data]
    gates = {"1q": sizes.count(1), "2q": sum(size > 1 for size in sizes)}
    registers = tuple((register.name, register.size) for register in circuit.cregs)
    if plan.dry_run:
        return Outcome(circuit.num_qubits, gates, registers=registers)
    drawn = measured(circuit, plan.noise, plan.shots, plan.seed)
    return Outcome(circuit.num_qubits, gates, drawn, registers=registers)


def read_qasm3(text: str) -> QuantumCircuit:
    """Read OpenQASM 3; a program without a measurement gets one of every qubit at its end."""
    from qiskit import qasm3

    try:
        circuit = qasm3.loads(text)
    except Exception as error:  # noqa: BLE001 - any error of the parser is one of the program
        raise WorkError(
            "InvalidInput", f"The OpenQASM 3 program is not readable: {error}"
        ) from None
    if not circuit.num_clbits:
        circuit.measure_all()
    return circuit


def build(circuit: Sequence[Any], qubits: int | None, gateset: str) -> QuantumCircuit:
    """Make the Qiskit circuit of a list of gates.

    Raises:
        WorkError: ``UnsupportedGate`` for a gate that the gate set does not have, ``InvalidInput``
            for a gate that is not well-formed.
    """
    from qiskit import QuantumCircuit

    if gateset not in _APPLY:
        raise WorkError("InvalidInput", f"There is no gate set {gateset!r}.")
    built = QuantumCircuit(width(circuit, qubits))
    apply = _APPLY[gateset]
    for index, gate in enumerate(circuit):
        try:
            apply(built, gate, str(gate["gate"]).lower())
        except WorkError:
            raise
        except Exception as error:  # noqa: BLE001 - the message says which gate was at fault
            raise WorkError("InvalidInput", f"Gate {index} is not well-formed: {error}") from None
    return built


def width(circuit: Iterable[Any], qubits: int | None) -> int:
    """Return the number of qubits of a circuit: as declared, or as its gates need.

    Raises:
        WorkError: a gate names no usable qubits.
    """
    return max(
        qubits or 1, 1 + max((max(_places(gate), default=-1) for gate in circuit), default=0)
    )


def count_gates(circuit: Iterable[Any]) -> dict[str, int]:
    """Count the gates by number of qubits; a gate on more than two counts as ``2q``."""
    counts = {"1q": 0, "2q": 0}
    for gate in circuit:
        counts["2q" if len(_places(gate)) > 1 else "1q"] += 1
    return counts


def not_enough_qubits(needed: int, available: int) -> WorkError:
    """Make the failure of a circuit that is too wide."""
    return WorkError(
        "NotEnoughQubits", f"The job needs {needed} qubits, the backend has {available}."
    )


def _qis(circuit: QuantumCircuit, gate: Mapping[str, Any], name: str) -> None:
    from qiskit.circuit import library

    targets, controls = _listed(gate, "target"), _listed(gate, "control")
    if name == "pauliexp":
        _pauliexp(circuit, gate, targets)
        return
    rotation = gate.get("rotation")
    table = FIXED if rotation is None or name not in ROTATIONS else ROTATIONS
    if name not in table:
        raise WorkError("UnsupportedGate", f"The gate {name!r} is not in the gate set 'qis'.")
    if len(controls) > MAX_CONTROLS:
        raise WorkError("TooManyControls", f"{name!r} has {len(controls)} controls.")
    kind = getattr(library, table[name])
    operation = kind() if table is FIXED else kind(float(rotation))  # type: ignore[arg-type]
    if controls:
        operation = operation.control(len(controls), annotated=False)
    if name in ("x", "y", "z", "h", "s", "t") and len(targets) > 1 and not controls:
        for target in targets:
            circuit.append(operation, [target])
        return
    circuit.append(operation, [*controls, *targets])


def _pauliexp(circuit: QuantumCircuit, gate: Mapping[str, Any], targets: list[int]) -> None:
    """Append exp(-i t H) for H = sum of coefficient times Pauli string, exactly."""
    import numpy as np
    from qiskit.circuit.library import UnitaryGate
    from qiskit.quantum_info import SparsePauliOp

    pairs = list(zip(gate["terms"], gate["coefficients"], strict=True))
    operator = SparsePauliOp.from_list(pairs, num_qubits=len(targets))
    energies, states = np.linalg.eigh(operator.to_matrix())
    phases = np.exp(-1j * float(gate["time"]) * energies)
    circuit.append(UnitaryGate(states * phases @ states.conj().T), targets)


def _native(circuit: QuantumCircuit, gate: Mapping[str, Any], name: str) -> None:
    """Append a native gate, written in gates that Aer and the noise models know.

    GPI(f) is R(pi, f) and GPI2(f) is R(pi/2, f) up to a global phase; MS is XX between changes of
    the frame: exp(-i a/2 P(f0) P(f1)) with P(f) = cos f X + sin f Y = RZ(f) X RZ(-f).
    """
    targets = _listed(gate, "target")
    if name in ("gpi", "gpi2"):
        circuit.r(math.pi / (1 if name == "gpi" else 2), TURN * float(gate["phase"]), *targets)
    elif name == "zz":
        circuit.rzz(TURN * float(gate.get("angle", 0.25)), *targets)
    elif name == "ms":
        phases = [TURN * float(phase) for phase in gate["phases"]]
        for phase, target in zip(phases, targets, strict=True):
            circuit.rz(-phase, target)
        circuit.rxx(TURN * float(gate.get("angle", 0.25)), *targets)
        for phase, target in zip(phases, targets, strict=True):
            circuit.rz(phase, target)
    elif name != "nop":
        raise WorkError("UnsupportedGate", f"The gate {name!r} is not in the gate set 'native'.")


_APPLY: dict[str, Callable[[QuantumCircuit, Mapping[str, Any], str], None]] = {
    "qis": _qis,
    "native": _native,
}


def _listed(gate: Mapping[str, Any], name: str) -> list[int]:
    """Read ``target`` or ``targets`` (``control`` or ``controls``) as a list of qubits."""
    value = gate.get(f"{name}s")
    if value is None:
        value = gate.get(name)
    if value is None:
        return []
    return [int(place) for place in (value if isinstance(value, list) else [value])]


def _places(gate: Any) -> list[int]:
    try:
        places = [*_listed(gate, "target"), *_listed(gate, "control")]
    except (AttributeError, TypeError, ValueError):
        raise WorkError("InvalidInput", f"{str(gate)[:80]!r} is no gate.") from None
    if any(place < 0 for place in places):
        raise WorkError("InvalidInput", f"A gate names the qubit {min(places)}.")
    return places


def _variants(circuit: QuantumCircuit, plan: Plan) -> tuple[Distribution, ...]:
    """Run each variant with its share of the shots.

    All qubits of the noise model are alike, so a variant differs by its sampling alone.
    """
    assert plan.noise is not None
    share, rest = divmod(plan.shots, len(plan.maps))
    return tuple(
        sampled(
            circuit,
            plan.noise,
            share + (index < rest),
            None if plan.seed is None else plan.seed + index,
        )
        for index in range(len(plan.maps))
    )


def _pooled(variants: Sequence[Distribution]) -> Distribution:
    shots = tuple(state for variant in variants for state in variant.shots or ())
    counts: dict[int, int] = {}
    for state in shots:
        counts[state] = counts.get(state, 0) + 1
    return Distribution({state: counts[state] / len(shots) for state in sorted(counts)}, shots)

"""Random Braket circuits, and their exact distributions by Braket's own simulator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from braket.circuits import Circuit, Instruction, gates
from braket.circuits.measure import Measure
from braket.devices import LocalSimulator
from hypothesis import strategies as st
from oracles.ionq_json import probabilities

from ketbridge import Program

PARAMETERS = {
    gates.I: 0, gates.X: 0, gates.Y: 0, gates.Z: 0, gates.H: 0, gates.S: 0, gates.Si: 0,
    gates.T: 0, gates.Ti: 0, gates.V: 0, gates.Vi: 0, gates.Rx: 1, gates.Ry: 1, gates.Rz: 1,
    gates.PhaseShift: 1, gates.U: 3, gates.PRx: 2, gates.GPi: 1, gates.GPi2: 1, gates.CNot: 0,
    gates.CY: 0, gates.CZ: 0, gates.CV: 0, gates.Swap: 0, gates.ISwap: 0, gates.ECR: 0,
    gates.PSwap: 1, gates.XY: 1, gates.XX: 1, gates.YY: 1, gates.ZZ: 1, gates.CPhaseShift: 1,
    gates.CPhaseShift00: 1, gates.CPhaseShift01: 1, gates.CPhaseShift10: 1, gates.MS: 3,
    gates.CCNot: 0, gates.CSwap: 0,
}  # fmt: skip
"""Every Braket gate with a fixed number of qubits, and its number of parameters."""

POWERLESS_IN_SIMULATOR = (gates.CNot, gates.Swap)
"""Gates whose power Braket's state-vector simulator leaves out."""

angles = st.floats(-7, 7, allow_nan=False).map(lambda angle: round(angle, 6))
powers = st.sampled_from([1, 1, 1, 2, 3, -1, 0, 0.5, -0.3, 1.7])


class Op(NamedTuple):
    """One gate on qubit positions."""

    gate: Any
    targets: tuple[int, ...]
    controls: tuple[int, ...] = ()
    states: tuple[int, ...] = ()
    power: float = 1


@st.composite
def ops(draw: Any, num_qubits: int) -> Op:
    """Draw one gate, half of the time with controls or a power."""
    kinds = [kind for kind in PARAMETERS if kind.fixed_qubit_count() <= num_qubits]
    kind = draw(st.sampled_from(kinds))
    gate = kind(*(draw(angles) for _ in range(PARAMETERS[kind])))
    order = draw(st.permutations(range(num_qubits)))
    size, more = gate.qubit_count, 0
    if draw(st.booleans()):
        more = draw(st.integers(0, min(3, num_qubits - size)))
    controls = tuple(order[size : size + more])
    states = tuple(draw(st.integers(0, 1)) for _ in controls)
    power = draw(powers) if kind not in POWERLESS_IN_SIMULATOR else 1
    return Op(gate, tuple(order[:size]), controls, states, power)


@st.composite
def circuits(draw: Any, max_qubits: int = 8) -> tuple[list[Op], list[int], list[int]]:
    """Draw gates, the label of each qubit, and which positions are measured, in bit order."""
    num_qubits = draw(st.integers(1, max_qubits))
    start = [
        Op(gates.U(*(draw(angles) for _ in range(3))), (qubit,)) for qubit in range(num_qubits)
    ]
    more = draw(st.lists(ops(num_qubits), max_size=10))
    labels = sorted(draw(st.sets(st.integers(0, 40), min_size=num_qubits, max_size=num_qubits)))
    order = draw(st.permutations(range(num_qubits)))
    return start + more, labels, order[: draw(st.integers(0, num_qubits))]


def build(ops: list[Op], labels: list[int] | None = None, measured: list[int] = ()) -> Circuit:
    """Make a Braket circuit; position ``i`` is the qubit ``labels[i]``."""
    circuit = Circuit()
    at = (lambda position: position) if labels is None else labels.__getitem__
    for op in ops:
        circuit.add_instruction(
            Instruction(
                op.gate,
                [at(q) for q in op.targets],
                control=[at(q) for q in op.controls],
                control_state=list(op.states),
                power=op.power,
            )
        )
    for bit in sorted(range(len(measured)), key=lambda bit: measured[bit]):
        circuit.add_instruction(Instruction(Measure(index=bit), at(measured[bit])))
    return circuit


def spelled_out(ops: list[Op]) -> list[Op]:
    """Swap controls to the first qubits for the time of their gate.

    From four qubits on, Braket's simulator (amazon-braket-default-simulator 1.41) loses gates
    whose controls are not the first qubits while other qubits stand by.
    """
    plain: list[Op] = []
    for op in ops:
        at = {qubit: qubit for qubit in (*op.targets, *op.controls, *range(len(op.controls)))}
        swaps = []
        for place, control in enumerate(op.controls):
            other = next(qubit for qubit, where in at.items() if where == place)
            if at[control] != place:
                swaps.append(Op(gates.Swap(), (at[control], place)))
                at[control], at[other] = place, at[control]
        targets = tuple(at[qubit] for qubit in op.targets)
        moved = op._replace(targets=targets, controls=tuple(range(len(op.controls))))
        plain += [*swaps, moved, *reversed(swaps)]
    return plain


def simulated(circuit: Circuit, columns: Sequence[int]) -> np.ndarray:
    """Exact probabilities by Braket's simulator; the first column is the most significant.

    All qubits are asked for and put in order here, because the simulator puts three or more
    qubits of a Probability result into another order than the one asked for.
    """
    asked = circuit.copy().probability()
    whole = LocalSimulator("braket_sv").run(asked, shots=0).result().values[0]
    return marginal(np.asarray(whole), sorted(circuit.qubits), columns)


def marginal(whole: np.ndarray, qubits: Sequence[int], columns: Sequence[int]) -> np.ndarray:
    """Keep some qubits of a distribution, the first column the most significant."""
    axes = [list(qubits).index(column) for column in columns]
    rest = tuple(axis for axis in range(len(qubits)) if axis not in axes)
    kept = sorted(axes)
    table = whole.reshape((2,) * len(qubits)).sum(axis=rest)
    return table.transpose([kept.index(axis) for axis in axes]).reshape(-1)


def read(program: Program) -> np.ndarray:
    """Exact probabilities of what goes on the wire; Braket's column 0 is the most significant."""
    states = probabilities(program.encoded())
    out = np.zeros(2**program.readout.num_bits)
    for state, weight in enumerate(states):
        bits = [0 if q is None else state >> q & 1 for q in program.readout.sources]
        out[int("".join(map(str, bits)), 2)] += weight
    return out


def dense(circuit: Circuit) -> np.ndarray:
    """Exact probabilities by the gates' own matrices, qubits in ascending order."""
    axis = {qubit: place for place, qubit in enumerate(sorted(circuit.qubits))}
    psi = np.zeros((2,) * len(axis), dtype=complex)
    psi[(0,) * len(axis)] = 1
    for instruction in circuit.instructions:
        matrix = instruction.operator.to_matrix()
        values, vectors = np.linalg.eig(matrix)
        if instruction.power != 1:
            turned = np.exp(1j * np.angle(values) * instruction.power)
            matrix = vectors @ np.diag(turned) @ np.linalg.inv(vectors)
        axes = [axis[qubit] for qubit in [*instruction.control, *instruction.target]]
        moved = np.moveaxis(psi, axes, range(len(axes))).reshape(2 ** len(axes), -1).copy()
        first = int("".join(map(str, instruction.control_state)) or "0", 2) * len(matrix)
        rows = slice(first, first + len(matrix))
        moved[rows] = matrix @ moved[rows]
        psi = np.moveaxis(moved.reshape((2,) * len(axis)), range(len(axes)), axes)
    return np.abs(psi.reshape(-1)) ** 2


def spread(num_qubits: int) -> list[Op]:
    """Prepare a state without symmetries, so that a wrong phase shows."""
    return [Op(gates.U(0.3 + q, 1.1 - q, 0.7 * q), (q,)) for q in range(num_qubits)]


ANGLES = (0.37, -1.9, 2.3)
FORMS: dict[str, dict[str, Any]] = {
    "plain": {},
    "controlled": {"controls": (1,), "states": (1,)},
    "controlled on 0": {"controls": (1,), "states": (0,)},
    "three controls": {"controls": (1, 2, 3), "states": (1, 0, 1)},
    "squared": {"power": 2},
    "inverse": {"power": -1},
    "root": {"power": 0.5},
    "controlled power": {"controls": (1,), "states": (0,), "power": -1.3},
}
"""How a gate can be modified."""


def one_gate(kind: Any, form: dict[str, Any]) -> list[Op]:
    """Put one gate, with its controls first in number, between states without symmetries."""
    size, controls = kind.fixed_qubit_count(), form.get("controls", ())
    gate = kind(*ANGLES[: PARAMETERS[kind]])
    moved = form | {"controls": tuple(size - 1 + control for control in controls)}
    total = size + len(controls)
    return [*spread(total), Op(gate, tuple(reversed(range(size))), **moved), *spread(total)]

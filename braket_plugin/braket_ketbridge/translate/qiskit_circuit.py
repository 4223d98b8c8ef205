"""Braket circuits as Qiskit circuits: the one module that both SDKs meet in.

Each gate becomes the steps that it is written in everywhere here, and each step one gate of
Qiskit, so the two circuits are equal up to the global phase.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from braket.circuits import Circuit, Instruction

from ketbridge.extras import require
from ketbridge.programs import Readout

from .feedback import Decisions, Feedback, read
from .lowering import Lowering
from .step import Step
from .walk import checked_qubits, walk

require("qiskit", "Qiskit, which writes circuits for this machine,", "qiskit")

from qiskit import qasm2, qasm3, qpy  # noqa: E402 - only once it is known to be there
from qiskit.circuit import ClassicalRegister, QuantumCircuit  # noqa: E402
from qiskit.circuit import library as gates  # noqa: E402
from qiskit.transpiler import generate_preset_pass_manager  # noqa: E402

if TYPE_CHECKING:
    from qiskit.circuit import Gate

NEWEST_QPY = 17
"""The newest version of QPY that the services read."""
REGISTER = "b"
NAME = "braket"
"""Name of every circuit, so that equal circuits give equal bytes."""

_GATES: Mapping[str, type[Gate]] = {
    "x": gates.XGate, "y": gates.YGate, "z": gates.ZGate, "h": gates.HGate,
    "s": gates.SGate, "si": gates.SdgGate, "t": gates.TGate, "ti": gates.TdgGate,
    "v": gates.SXGate, "vi": gates.SXdgGate, "swap": gates.SwapGate,
    "rx": gates.RXGate, "ry": gates.RYGate, "rz": gates.RZGate,
    "xx": gates.RXXGate, "yy": gates.RYYGate, "zz": gates.RZZGate,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Converted:
    """A circuit in Qiskit's form, not measured yet.

    Attributes:
        circuit: its qubits are numbered without gaps.
        readout: which of them each classical bit reads, and Braket's numbers of them.
        qubits: Braket's number of each qubit.
    """

    circuit: QuantumCircuit
    readout: Readout
    qubits: tuple[int, ...]


class _StepWriter(Lowering):
    def write(self, instruction: Instruction) -> list[Step]:
        """Write a gate."""
        return self.steps(instruction)

    write_boxed = basis = write


class _DecidingStepWriter(_StepWriter):
    def feedback(self, instruction: Instruction) -> Feedback:
        """Write feed-forward."""
        return read(instruction, self.index, self.inputs)


def converted(
    circuit: Circuit, inputs: Mapping[str, float], *, feedback: bool = False
) -> Converted:
    """Write a circuit, and the rotations that its result types need, in Qiskit's gates.

    Verbatim boxes are written as if they were not there.

    Args:
        circuit: the circuit.
        inputs: values of its parameters.
        feedback: whether rotations that depend on a measurement are written.

    Raises:
        ProgramError: the circuit cannot be written; the message names the gate and its index.
    """
    qubits = checked_qubits(circuit)
    index = {qubit: number for number, qubit in enumerate(sorted(qubits))}
    writer = (_DecidingStepWriter if feedback else _StepWriter)(index, inputs)
    parts, readout = walk(circuit, writer, qubits, index)
    built, decisions = empty(max(index.values()) + 1), Decisions()
    for part in parts:
        if isinstance(part, Feedback):
            decisions.append(built, part)
        else:
            append(built, part)
    return Converted(built, readout, tuple(int(qubit) for qubit in index))


def empty(num_qubits: int) -> QuantumCircuit:
    """Make a circuit without gates."""
    return QuantumCircuit(num_qubits, name=NAME)


def append(circuit: QuantumCircuit, steps: Iterable[Step]) -> None:
    """Put steps at the end of a circuit."""
    for step in steps:
        kind = _GATES[step.name]
        gate: Any = kind() if step.rotation is None else kind(float(step.rotation))
        if step.controls:
            gate = gate.control(len(step.controls), annotated=False)
        circuit.append(gate, [*step.controls, *step.targets])


def measure(circuit: QuantumCircuit, readout: Readout) -> QuantumCircuit:
    """Measure what a readout names, in one register."""
    register = ClassicalRegister(readout.num_bits, REGISTER)
    circuit.add_register(register)
    circuit.measure(list(readout.sources), register)
    return circuit


def columns_of(circuit: QuantumCircuit) -> dict[Any, int]:
    """Return the column of each classical bit that `measure` made; others are for decisions."""
    (register,) = (one for one in circuit.cregs if one.name == REGISTER)
    return {bit: column for column, bit in enumerate(register)}


@lru_cache
def _passes_to(names: tuple[str, ...]) -> Any:
    return generate_preset_pass_manager(1, basis_gates=list(names))


def plain(circuit: QuantumCircuit, names: tuple[str, ...]) -> QuantumCircuit:
    """Write a circuit in the named gates, on the same qubits."""
    return _passes_to(names).run(circuit)


def as_openqasm2(circuit: QuantumCircuit) -> str:
    """Return the text of a circuit in version 2."""
    return qasm2.dumps(circuit)


def as_openqasm3(circuit: QuantumCircuit) -> str:
    """Return the text of a circuit in version 3."""
    return qasm3.dumps(circuit)


def as_qpy(circuit: QuantumCircuit) -> bytes:
    """Return the QPY file of a circuit, in a version that the services read."""
    file = io.BytesIO()
    qpy.dump(circuit, file, version=min(NEWEST_QPY, qpy.common.QPY_VERSION))
    return file.getvalue()


def from_qpy(body: bytes) -> QuantumCircuit:
    """Read the only circuit of a QPY file."""
    return qpy.load(io.BytesIO(body))[0]

"""What a machine can do, as a Qiskit `Target`: gates, pairs, errors and durations."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

from qiskit.circuit import (
    ForLoopOp,
    Gate,
    IfElseOp,
    Measure,
    Parameter,
    Reset,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from ketbridge import BackendInfo, Calibration, Format

from .gates import GPI2Gate, GPIGate, MSGate, ZZGate

QIS_GATES = (
    "id", "x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "sxdg", "rx", "ry", "rz", "p",
    "cx", "cy", "cz", "ch", "csx", "cp", "crx", "cry", "crz", "swap", "rxx", "ryy", "rzz",
)  # fmt: skip
"""Gates that go out as they are, or as Z rotations around one controlled gate."""
WIDE_QIS_GATES = ("ccx", "ccz", "cswap")
"""The same on three qubits; left out where errors are known, because those are of pairs."""
_NATIVE_GATES = {"gpi": GPIGate, "gpi2": GPI2Gate, "ms": MSGate, "zz": ZZGate}
_CONTROL_FLOW = {
    "if_else": IfElseOp, "while_loop": WhileLoopOp, "for_loop": ForLoopOp,
    "switch_case": SwitchCaseOp,
}  # fmt: skip

_DYNAMIC = frozenset({Format.IONQ_QASM3, Format.OPENQASM3})
"""Formats of circuits that measure, reset or decide before their end."""

Properties = dict[tuple[int, ...], InstructionProperties] | None


def build(info: BackendInfo, gateset: str) -> Target:
    """Make the target of a machine.

    Without a calibration and a list of pairs, every gate acts on all qubits alike and three-qubit
    gates are kept; with them, each gate is listed for each qubit or pair with its error (1 minus
    the median fidelity) and its duration.

    Args:
        info: what the service says of the machine.
        gateset: ``qis`` or ``native``.
    """
    calibration = info.calibration
    target = Target(num_qubits=info.num_qubits, qubit_properties=_qubit_properties(info))
    one = _one_qubit_properties(info)
    two = _two_qubit_properties(info)
    for gate in _gates(info, gateset, wide=two is None):
        target.add_instruction(gate, {1: one, 2: two}.get(gate.num_qubits))
    spam = None if calibration is None else _properties(
        calibration.fidelity_spam, calibration.time_readout_s
    )  # fmt: skip
    target.add_instruction(Measure(), _everywhere(info, spam))
    if gateset == "qis" and not _DYNAMIC.isdisjoint(info.formats):
        reset = None if calibration is None else _properties(None, calibration.time_reset_s)
        target.add_instruction(Reset(), _everywhere(info, reset))
        for name, operation in _CONTROL_FLOW.items():
            target.add_instruction(operation, name=name)
    return target


def _gates(info: BackendInfo, gateset: str, *, wide: bool) -> Iterable[Gate]:
    if gateset == "native":
        for name in info.native_gates:
            if name in _NATIVE_GATES:
                kind = _NATIVE_GATES[name]
                count = 3 if kind is MSGate else 1
                yield kind(*(Parameter(f"turns{index}") for index in range(count)))
        return
    standard = get_standard_gate_name_mapping()
    for name in (*QIS_GATES, *(WIDE_QIS_GATES if wide else ())):
        yield standard[name]


def _qubit_properties(info: BackendInfo) -> list[QubitProperties] | None:
    calibration = info.calibration
    if calibration is None or (calibration.t1_s is None and calibration.t2_s is None):
        return None
    return [QubitProperties(t1=calibration.t1_s, t2=calibration.t2_s)] * info.num_qubits


def _one_qubit_properties(info: BackendInfo) -> Properties:
    calibration = info.calibration
    if calibration is None:
        return None
    return _everywhere(info, _properties(calibration.fidelity_1q, calibration.time_1q_s))


def _two_qubit_properties(info: BackendInfo) -> Properties:
    pairs = info.connectivity
    calibration = info.calibration
    if calibration is None and pairs is None:
        return None
    calibration = calibration or Calibration()
    entry = _properties(calibration.fidelity_2q, calibration.time_2q_s)
    if pairs is None:
        return dict.fromkeys(permutations(range(info.num_qubits), 2), entry)
    return {both: entry for pair in pairs for both in (tuple(pair), tuple(reversed(pair)))}


def _everywhere(info: BackendInfo, entry: InstructionProperties | None) -> Properties:
    return None if entry is None else {(qubit,): entry for qubit in range(info.num_qubits)}


def _properties(fidelity: float | None, duration_s: float | None) -> InstructionProperties:
    error = None if fidelity is None else max(0.0, 1.0 - fidelity)
    return InstructionProperties(duration=duration_s, error=error)

"""A Qiskit `Target` of a machine behind the Hub, by what the Hub has on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qiskit.circuit import IfElseOp, Measure, Parameter, Reset
from qiskit.circuit.library import CZGate, RGate
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from ketbridge import BackendInfo, Calibration, Format
from ketbridge.clouds.kipu import standardized
from ketbridge.clouds.kipu.architecture import MOVE_TIME
from ketbridge.errors import ProgramError
from ketbridge.programs.iqm_moves import Joints

from .. import target as plain
from ..ibm import target as ibm

if TYPE_CHECKING:
    from ketbridge.clouds.kipu.architecture import Architecture

Places = dict[tuple[int, ...], InstructionProperties | None]


def build(info: BackendInfo) -> Target:
    """Make the target of a machine.

    IBM's and IQM's have the gates of their hardware, each where it can act, with its errors and
    durations. For the others, whose services compile, it is every gate that can be written, on the
    pairs that are connected where the Hub says which, with the errors of the qubit or pair where
    AWS states them, and the medians of the calibration elsewhere.

    Args:
        info: what the Hub says of the machine, its provider's document included.

    Raises:
        ProgramError: the Hub does not say enough of it to write circuits.
    """
    if Format.IQM in info.formats:
        return _iqm(info)
    if Format.QISKIT_QPY not in info.formats:
        return _refined(plain.build(info, "qis"), info)
    if info.detail.ibm is None:
        raise ProgramError(f"the Hub has no configuration of {info.name} to compile circuits for")
    return ibm.build(info.detail.ibm)


_FIDELITY = {1: "fidelity_1q", 2: "fidelity_2q"}
"""Which figure the error of a gate comes from, by its number of qubits."""


def _refined(target: Target, info: BackendInfo) -> Target:
    """Put in errors and relaxation times of single qubits and pairs, where they are known."""
    figures = standardized.figures(info.detail.config or {})
    if not figures:
        return target
    names = info.qubit_names or tuple(map(str, range(info.num_qubits)))

    def figure(name: str, place: tuple[int, ...]) -> float | None:
        locus = tuple(names[qubit] for qubit in place)
        measured = figures.get(name, {})
        return measured.get(locus, measured.get(locus[::-1]))

    for gate in target.operation_names:
        for place, known in target[gate].items():
            if place is None or known is None:
                continue
            kind = "fidelity_spam" if gate == "measure" else _FIDELITY.get(len(place), "")
            value = figure(kind, place)
            if value is not None:
                refined = InstructionProperties(known.duration, max(0.0, 1.0 - value))
                target.update_instruction_properties(gate, place, refined)
    target.qubit_properties = [
        QubitProperties(t1=figure("t1_s", (qubit,)), t2=figure("t2_s", (qubit,)))
        for qubit in range(info.num_qubits)
    ]
    return target


def _iqm(info: BackendInfo) -> Target:
    """Make the target of an IQM machine, on its qubits alone.

    A CZ is on all pairs that can be joined, through a resonator too: moves are put in when the
    circuit is written. Decisions and resets are there where the machine has ``cc_prx``.
    """
    found = _Figures(info)
    qubits = [(qubit,) for qubit in range(info.num_qubits)]
    target = Target(num_qubits=info.num_qubits, qubit_properties=found.qubits())
    rotation = RGate(Parameter("theta"), Parameter("phi"))
    target.add_instruction(
        rotation, found.places("prx", qubits, "fidelity_1q", "time_1q_s"), name="r"
    )
    if info.num_qubits > 1:
        target.add_instruction(CZGate(), {place: found.joined(place) for place in _pairs(info)})
    target.add_instruction(
        Measure(), found.places("measure", qubits, "fidelity_spam", "time_readout_s")
    )
    if found.decides:
        target.add_instruction(Reset(), dict.fromkeys(found.where("cc_prx", qubits)))
        target.add_instruction(IfElseOp, name="if_else")
    return target


def _pairs(info: BackendInfo) -> list[tuple[int, ...]]:
    pairs = info.connectivity
    if pairs is None:
        size = range(info.num_qubits)
        return [(one, other) for one in size for other in size if one != other]
    if not pairs:
        raise ProgramError(f"the Hub says of {info.name} that no two of its qubits can be joined")
    return [both for one, other in pairs for both in ((one, other), (other, one))]


class _Figures:
    """What was measured of an IQM machine: by place where it is known, else the medians."""

    def __init__(self, info: BackendInfo) -> None:
        architecture: Architecture | None = info.detail.architecture
        self._names = info.qubit_names or tuple(map(str, range(info.num_qubits)))
        self.decides = architecture is not None and architecture.decides
        self._loci = {} if architecture is None else architecture.loci
        self._joints = Joints(self._loci)
        self._figures = {} if architecture is None else architecture.figures
        self._medians = info.calibration or Calibration()

    def places(
        self, gate: str, wanted: Iterable[tuple[int, ...]], fidelity: str, duration: str
    ) -> Places:
        """Return the properties of a gate at each place where the machine has it."""
        return {
            place: self._properties(self._locus(place), fidelity, duration)
            for place in self.where(gate, wanted)
        }

    def where(self, gate: str, wanted: Iterable[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Return the places where the machine has a gate; all of them where it does not say."""
        listed = {frozenset(locus) for locus in self._loci.get(gate, ())}
        return [place for place in wanted if not listed or frozenset(self._locus(place)) in listed]

    def joined(self, place: tuple[int, ...]) -> InstructionProperties:
        """Return the properties of a CZ of two qubits, through a resonator that of the best way.

        The moves to a resonator and back take their time; what error they have is not known.
        """
        one, other = self._locus(place)
        ways = [
            self._properties((way.other, way.resonator), "fidelity_2q", "time_2q_s", way.moved)
            for way in self._joints.routes(one, other)
        ]
        if not ways or self._joints.touch(one, other):
            return self._properties((one, other), "fidelity_2q", "time_2q_s")
        return min(ways, key=lambda way: way.error or 0.0)

    def qubits(self) -> list[QubitProperties]:
        """Return relaxation and dephasing times of each qubit."""
        return [
            QubitProperties(t1=self._figure("t1_s", (name,)), t2=self._figure("t2_s", (name,)))
            for name in self._names
        ]

    def _properties(
        self, locus: tuple[str, ...], fidelity: str, duration: str, moved: str = ""
    ) -> InstructionProperties:
        known = self._figure(fidelity, locus)
        error = None if known is None else max(0.0, 1.0 - known)
        duration_s = self._figure(duration, locus)
        if moved and duration_s is not None:
            duration_s += 2 * (self._figure(MOVE_TIME, (moved, *locus[1:])) or 0.0)
        return InstructionProperties(duration=duration_s, error=error)

    def _figure(self, name: str, locus: tuple[str, ...]) -> float | None:
        measured: Mapping[tuple[str, ...], float] = self._figures.get(name, {})
        found = measured.get(locus, measured.get(locus[::-1]))
        return getattr(self._medians, name, None) if found is None else found

    def _locus(self, place: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self._names[qubit] for qubit in place)

"""A Qiskit `Target` of a machine behind the Hub, by what the Hub has on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qiskit.circuit import Measure, Parameter
from qiskit.circuit.library import CZGate, RGate
from qiskit.transpiler import InstructionProperties, QubitProperties, Target

from ketbridge import BackendInfo, Calibration, Format
from ketbridge.errors import ProgramError

from .. import target as plain
from ..ibm import target as ibm

if TYPE_CHECKING:
    from ketbridge.clouds.kipu.architecture import Architecture

Places = dict[tuple[int, ...], InstructionProperties | None]


def build(info: BackendInfo) -> Target:
    """Make the target of a machine.

    IBM's and IQM's have the gates of their hardware, each where it can act, with its errors and
    durations. For the others, whose services compile, it is every gate that can be written, on the
    pairs that are connected where the Hub says which, with the medians of the calibration.

    Args:
        info: what the Hub says of the machine, its provider's document included.

    Raises:
        ProgramError: the Hub does not say enough of it to write circuits.
    """
    if Format.IQM in info.formats:
        return _iqm(info)
    if Format.QISKIT_QPY not in info.formats:
        return plain.build(info, "qis")
    if info.detail.ibm is None:
        raise ProgramError(f"the Hub has no configuration of {info.name} to compile circuits for")
    return ibm.build(info.detail.ibm)


def _iqm(info: BackendInfo) -> Target:
    found = _Figures(info)
    qubits = [(qubit,) for qubit in range(info.num_qubits)]
    target = Target(num_qubits=info.num_qubits, qubit_properties=found.qubits())
    rotation = RGate(Parameter("theta"), Parameter("phi"))
    target.add_instruction(
        rotation, found.places("prx", qubits, "fidelity_1q", "time_1q_s"), name="r"
    )
    if info.num_qubits > 1:
        target.add_instruction(
            CZGate(), found.places("cz", _pairs(info), "fidelity_2q", "time_2q_s")
        )
    target.add_instruction(
        Measure(), found.places("measure", qubits, "fidelity_spam", "time_readout_s")
    )
    return target


def _pairs(info: BackendInfo) -> list[tuple[int, ...]]:
    pairs = info.connectivity
    if pairs is None:
        size = range(info.num_qubits)
        return [(one, other) for one in size for other in size if one != other]
    if not pairs:
        raise ProgramError(
            f"{info.name} has no gate that joins two of its qubits directly; circuits that move "
            "states to a resonator are not written here"
        )
    return [both for one, other in pairs for both in ((one, other), (other, one))]


class _Figures:
    """What was measured of an IQM machine: by place where it is known, else the medians."""

    def __init__(self, info: BackendInfo) -> None:
        architecture: Architecture | None = info.detail.architecture
        self._names = info.qubit_names or tuple(map(str, range(info.num_qubits)))
        self._loci = {} if architecture is None else architecture.loci
        self._figures = {} if architecture is None else architecture.figures
        self._medians = info.calibration or Calibration()

    def places(
        self, gate: str, wanted: Iterable[tuple[int, ...]], fidelity: str, duration: str
    ) -> Places:
        """Return the properties of a gate at each place where the machine has it."""
        listed = {frozenset(locus) for locus in self._loci.get(gate, ())}
        return {
            place: self._properties(place, fidelity, duration)
            for place in wanted
            if not listed or frozenset(self._locus(place)) in listed
        }

    def qubits(self) -> list[QubitProperties]:
        """Return relaxation and dephasing times of each qubit."""
        return [
            QubitProperties(t1=self._figure("t1_s", (qubit,)), t2=self._figure("t2_s", (qubit,)))
            for qubit in range(len(self._names))
        ]

    def _properties(
        self, place: tuple[int, ...], fidelity: str, duration: str
    ) -> InstructionProperties:
        known = self._figure(fidelity, place)
        error = None if known is None else max(0.0, 1.0 - known)
        return InstructionProperties(duration=self._figure(duration, place), error=error)

    def _figure(self, name: str, place: tuple[int, ...]) -> float | None:
        measured: Mapping[tuple[str, ...], float] = self._figures.get(name, {})
        locus = self._locus(place)
        found = measured.get(locus, measured.get(locus[::-1]))
        return getattr(self._medians, name) if found is None else found

    def _locus(self, place: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self._names[qubit] for qubit in place)

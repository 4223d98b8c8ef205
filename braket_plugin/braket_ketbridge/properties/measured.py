"""What was measured of each qubit and pair of a machine, medians where that is not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ketbridge.clouds.ibm_shared.machines import Machine, in_si, is_operational

if TYPE_CHECKING:
    from ketbridge import BackendInfo, Calibration
    from ketbridge.clouds.ibm_shared.models import BackendProperties

Pair = tuple[int, int]

_ONE_QUBIT_GATE = "sx"
"""The gate of IBM's machines whose error is that of one qubit; Rz takes no time."""
_WORST_1Q, _WORST_2Q = 0.5, 0.25
"""Fidelities of gates and readouts that leave nothing but noise; Braket's emulator takes none
below."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Fidelities in 0..1 and times in seconds; a sequence has one entry a qubit.

    Attributes:
        t1_s, t2_s: relaxation and dephasing times.
        fidelity_1q: of gates on the qubit.
        fidelity_readout: of measuring it.
        gates_2q: for each pair the fidelity of each gate on it.
    """

    t1_s: Sequence[float]
    t2_s: Sequence[float]
    fidelity_1q: Sequence[float]
    fidelity_readout: Sequence[float]
    gates_2q: Mapping[Pair, Mapping[str, float]]


def quality_of(info: BackendInfo, medians: Calibration) -> Quality | None:
    """Return what was measured; None where a figure is known of no qubit at all."""
    figures = (medians.t1_s, medians.t2_s, medians.fidelity_1q, medians.fidelity_spam)
    kept = [figure for figure in figures if figure is not None]
    if len(kept) < len(figures) or medians.fidelity_2q is None:
        return None
    detail = getattr(info.detail, "ibm", None) or info.detail
    measured = detail.properties if isinstance(detail, Machine) else None
    each: Sequence[Mapping[int, float]] = _of_qubits(measured) if measured else ({},) * 4
    t1, t2, fidelity, readout = (
        [known.get(qubit, median) for qubit in range(info.num_qubits)]
        for known, median in zip(each, kept, strict=True)
    )
    return Quality(t1, t2, fidelity, readout, _pairs(info, medians.fidelity_2q, measured))


def _of_qubits(measured: BackendProperties) -> tuple[dict[int, float], ...]:
    """Return T1, T2, fidelity of gates and fidelity of readout by qubit."""
    named = [{one.name: in_si(one) for one in qubit} for qubit in measured.qubits]
    gates = {
        int(one.qubits[0]): max(_WORST_1Q, 1 - item.value)
        for one in measured.gates
        if one.gate == _ONE_QUBIT_GATE
        for item in one.parameters
        if item.name == "gate_error" and 0 <= item.value <= 1
    }
    t1, t2 = (
        {number: one[name] for number, one in enumerate(named) if name in one}
        for name in ("T1", "T2")
    )
    readout = {
        number: max(_WORST_1Q, 1 - one["readout_error"])
        for number, one in enumerate(named)
        if 0 <= one.get("readout_error", -1) <= 1
    }
    return t1, t2, gates, readout


def _pairs(
    info: BackendInfo, median: float, measured: BackendProperties | None
) -> dict[Pair, dict[str, float]]:
    """Return the fidelities of gates on pairs; the median for a pair that nothing is known of.

    A gate with an error of 1 could not be measured, and is left out.
    """
    known: dict[Pair, dict[str, float]] = {}
    for one in measured.gates if measured else ():
        if len(one.qubits) == 2 and is_operational(one.parameters):
            pair = (int(one.qubits[0]), int(one.qubits[1]))
            gates = known.setdefault(pair, {})
            for item in one.parameters:
                if item.name == "gate_error" and item.value < 1:
                    gates[one.gate] = max(_WORST_2Q, 1 - item.value)
    names = [name for name in info.native_gates if name in ("cx", "cz", "ecr")]
    for pair in info.connectivity or ():
        if pair not in known and names:
            known[pair] = dict.fromkeys(names, median)
    return {pair: gates for pair, gates in known.items() if gates}

"""IQM's document of a machine: its qubits, where each gate can act, and what was measured of it.

A machine may join its qubits through resonators. Pairs of qubits are then those that a state moved
to a resonator joins.

Gates are calibrated at loci, tuples of qubit names. What was measured is a list of observations
whose names have the gate, its implementation and the locus in them, the qubits of a pair joined
by ``__``.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, TypeGuard

from ...programs.iqm_moves import Joints
from ..base import Calibration

Locus = tuple[str, ...]

MOVE_TIME = "time_move_s"
"""Figure that a `Calibration` does not have: how long a state takes to its resonator or back."""

_OBSERVED: Mapping[str, re.Pattern[str]] = {
    "t1_s": re.compile(r"characterization\.model\.([^.]+)\.t1_time"),
    "t2_s": re.compile(r"characterization\.model\.([^.]+)\.t2_time"),
    "fidelity_1q": re.compile(r"metrics\.rb\.prx\.[^.]+\.([^.]+)\.fidelity(?::.*)?"),
    "fidelity_2q": re.compile(r"metrics\.irb\.cz\.[^.]+\.([^.]+)\.fidelity(?::.*)?"),
    "fidelity_spam": re.compile(r"metrics\.ssro\.measure\.constant\.([^.]+)\.fidelity"),
    "time_1q_s": re.compile(r"gates\.prx\.[^.]+\.([^.]+)\.duration"),
    "time_2q_s": re.compile(r"gates\.cz\.[^.]+\.([^.]+)\.duration"),
    "time_readout_s": re.compile(r"gates\.measure\.constant\.([^.]+)\.duration"),
    MOVE_TIME: re.compile(r"gates\.move\.[^.]+\.([^.]+)\.duration"),
    "time_reset_s": re.compile(r"gates\.reset_wait\.[^.]+\.(QB[^.]+)\.duration"),
}
"""For each figure the name of its observation; the group is the locus."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """What an IQM machine is.

    Attributes:
        qubits: names of the qubits, in order.
        resonators: names of the resonators, which a ``move`` moves a qubit's state to.
        loci: for each gate the tuples of names that it can act on.
        figures: for each figure, named as in `Calibration` or `MOVE_TIME`, its value by locus; a
            pair is in the order of its calibration. Fidelities in 0..1, times in seconds.
        calibration_set_id: id of the calibration.
    """

    qubits: tuple[str, ...]
    resonators: tuple[str, ...] = ()
    loci: Mapping[str, tuple[Locus, ...]] = field(default_factory=dict)
    figures: Mapping[str, Mapping[Locus, float]] = field(default_factory=dict)
    calibration_set_id: str | None = None

    @property
    def decides(self) -> bool:
        """Whether qubits can be rotated on the condition of a measurement."""
        return bool(self.loci.get("cc_prx"))

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Return the pairs of qubits that can be joined by a CZ, as indices, the smaller first."""
        joints = Joints(self.loci)
        pairs = combinations(range(len(self.qubits)), 2)
        return tuple(pair for pair in pairs if joints.join(*(self.qubits[qubit] for qubit in pair)))

    def medians(self) -> Calibration:
        """Return the medians over the machine."""
        found = {
            name: statistics.median(each.values())
            for name, each in self.figures.items()
            if name != MOVE_TIME
        }
        return replace(Calibration(self.calibration_set_id), **found)  # type: ignore[arg-type]


def read(config: Mapping[str, Any]) -> Architecture | None:
    """Read the document; None where it is not IQM's."""
    qubits, gates = config.get("qubits"), config.get("gates")
    if not _are_names(qubits) or not isinstance(gates, Mapping):
        return None
    resonators = config.get("computational_resonators")
    measured = config.get("calibrationData")
    observations = measured.get("observations") if isinstance(measured, Mapping) else None
    named = config.get("calibration_set_id")
    return Architecture(
        tuple(qubits),
        tuple(resonators) if _are_names(resonators) else (),
        {str(name): _loci(gate) for name, gate in gates.items()},
        _figures(observations if isinstance(observations, list) else ()),
        named if isinstance(named, str) else None,
    )


def _are_names(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _loci(gate: Any) -> tuple[Locus, ...]:
    """Return where a gate can act, in any of its implementations."""
    kinds = gate.get("implementations") if isinstance(gate, Mapping) else None
    listed = [
        tuple(locus)
        for kind in (kinds.values() if isinstance(kinds, Mapping) else ())
        if isinstance(kind, Mapping)
        for locus in kind.get("loci") or ()
        if _are_names(locus)
    ]
    return tuple(dict.fromkeys(listed))


def _figures(observations: Iterable[Any]) -> dict[str, dict[Locus, float]]:
    found: dict[str, dict[Locus, float]] = {}
    for one in observations:
        if not isinstance(one, Mapping) or one.get("invalid"):
            continue
        value, name = one.get("value"), one.get("dut_field")
        if not isinstance(value, float | int) or isinstance(value, bool):
            continue
        for figure, pattern in _OBSERVED.items():
            match = pattern.fullmatch(str(name))
            if match is not None:
                found.setdefault(figure, {})[tuple(match[1].split("__"))] = float(value)
    return found

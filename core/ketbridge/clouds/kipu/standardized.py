"""What AWS measured of a device's qubits and pairs, from Braket's capabilities document.

Its part ``standardized`` has a qubit by its number as text, a pair as ``3-4``, times in seconds and
fidelities in 0..1. A device without that part may state means over all of its qubits.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..base import Calibration

Figures = Mapping[str, Mapping[tuple[str, ...], float]]

_ONE = ("RANDOMIZED_BENCHMARKING", "SIMULTANEOUS_RANDOMIZED_BENCHMARKING")
"""Kinds of fidelity of gates on one qubit, the one to take first."""
_READOUT = ("READOUT",)
_MEANS = {
    ("fidelity", "1Q", "mean"): "fidelity_1q",
    ("fidelity", "2Q", "mean"): "fidelity_2q",
    ("fidelity", "spam", "mean"): "fidelity_spam",
    ("timing", "T1"): "t1_s",
    ("timing", "T2"): "t2_s",
    ("timing", "1Q"): "time_1q_s",
    ("timing", "2Q"): "time_2q_s",
    ("timing", "readout"): "time_readout_s",
    ("timing", "reset"): "time_reset_s",
}
"""Where a device states means over its qubits; times in seconds."""


def figures(config: Mapping[str, Any]) -> Figures:
    """Return each figure, named as in `Calibration`, by the numbers of its qubits as text."""
    part = _inner(config, "standardized")
    found: dict[str, dict[tuple[str, ...], float]] = {}

    def add(name: str, place: tuple[str, ...], value: Any) -> None:
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.setdefault(name, {})[place] = float(value)

    for qubit in _inner(part, "oneQubitProperties"):
        measured = _inner(_inner(part, "oneQubitProperties"), qubit)
        add("t1_s", (qubit,), _inner(measured, "T1").get("value"))
        add("t2_s", (qubit,), _inner(measured, "T2").get("value"))
        kinds = _by_kind(measured.get("oneQubitFidelity"))
        add("fidelity_1q", (qubit,), next((kinds[one] for one in _ONE if one in kinds), None))
        add("fidelity_spam", (qubit,), next((kinds[one] for one in _READOUT if one in kinds), None))
    for pair in _inner(part, "twoQubitProperties"):
        measured = _inner(_inner(part, "twoQubitProperties"), pair)
        gates = [one.get("fidelity") for one in _entries(measured.get("twoQubitGateFidelity"))]
        best = max((one for one in gates if isinstance(one, float)), default=None)
        add("fidelity_2q", tuple(pair.split("-")), best)
    return found


def calibration(config: Mapping[str, Any]) -> Calibration | None:
    """Return the medians of the figures, or the means that the device states; None without any."""
    found = {name: statistics.median(each.values()) for name, each in figures(config).items()}
    for steps, name in _MEANS.items():
        value: Any = config.get("provider")
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            found.setdefault(name, float(value))
    return replace(Calibration(), **found) if found else None  # type: ignore[arg-type]


def _inner(data: Any, name: str) -> Mapping[str, Any]:
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _entries(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _by_kind(value: Any) -> dict[str, Any]:
    return {
        str(_inner(one, "fidelityType").get("name")): one.get("fidelity") for one in _entries(value)
    }

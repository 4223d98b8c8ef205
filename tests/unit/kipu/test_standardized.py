"""Figures of qubits and pairs from Braket's capabilities; what is odd in them is passed over."""

from __future__ import annotations

from typing import Any

import pytest

from ketbridge.clouds.kipu import standardized

ONE = {
    "T1": {"value": 2e-5, "unit": "S"},
    "T2": {"value": 1e-5, "unit": "S"},
    "oneQubitFidelity": [
        {"fidelityType": {"name": "SIMULTANEOUS_RANDOMIZED_BENCHMARKING"}, "fidelity": 0.98},
        {"fidelityType": {"name": "READOUT"}, "fidelity": 0.95},
    ],
}
TWO = {
    "twoQubitGateFidelity": [
        {"gateName": "ISWAP", "fidelity": 0.9},
        {"gateName": "CZ", "fidelity": 0.97},
    ]
}


def test_a_qubit_has_its_figures_and_a_pair_its_best_gate() -> None:
    part = {"oneQubitProperties": {"7": ONE}, "twoQubitProperties": {"3-7": TWO}}

    assert standardized.figures({"standardized": part}) == {
        "t1_s": {("7",): 2e-5},
        "t2_s": {("7",): 1e-5},
        "fidelity_1q": {("7",): 0.98},
        "fidelity_spam": {("7",): 0.95},
        "fidelity_2q": {("3", "7"): 0.97},
    }


@pytest.mark.parametrize(
    "part",
    [
        None,
        [],
        {"oneQubitProperties": [1]},
        {"oneQubitProperties": {"0": None, "1": {"T1": 5, "oneQubitFidelity": {"a": 1}}}},
        {"oneQubitProperties": {"0": {"T1": {"value": "1"}, "oneQubitFidelity": [5, {}]}}},
        {"twoQubitProperties": {"0-1": {"twoQubitGateFidelity": [{"fidelity": None}]}}},
    ],
)
def test_what_is_odd_is_passed_over(part: Any) -> None:
    assert standardized.figures({"standardized": part}) == {}
    assert standardized.calibration({"standardized": part, "provider": part}) is None

"""What the photonic machines take, for their descriptions and for their runner; figures of ours."""

from __future__ import annotations

from typing import Any

COMMANDS = ("probs", "sample_count", "samples")
"""What a simulator can be asked for; a machine only counts what it detects."""


def limits(qubits: int) -> dict[str, int]:
    """Return the numbers of modes and photons, as the Hub's description has them."""
    return {
        "max_modes": 2 * qubits,
        "min_modes": 1,
        "max_photons": qubits,
        "min_photons": 1,
    }


def commands(kind: str) -> tuple[str, ...]:
    """Return what a machine of a kind can be asked for."""
    return COMMANDS[1:] if kind == "QPU" else COMMANDS


def platform(kind: str, qubits: int) -> dict[str, Any]:
    """Return a machine's document in the form in which Perceval reads a platform."""
    most = limits(qubits)
    return {
        "specs": {
            "available_commands": list(commands(kind)),
            "constraints": {
                "max_mode_count": most["max_modes"],
                "min_mode_count": most["min_modes"],
                "max_photon_count": most["max_photons"],
                "min_photon_count": most["min_photons"],
            },
        },
        "perfs": {},
        "status": "available",
    }

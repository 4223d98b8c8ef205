"""What QuEra's Aquila can do, as Braket's device capabilities say it; lengths in metres."""

from __future__ import annotations

from typing import Any

_SCHEMA = "braket.device_schema"
LATTICE = {
    "area": {"width": 7.5e-5, "height": 7.6e-5},
    "geometry": {
        "spacingRadialMin": 4e-6,
        "spacingVerticalMin": 4e-6,
        "positionResolution": 1e-8,
        "numberSitesMax": 256,
    },
}
RYDBERG = {
    "c6Coefficient": 5.42e-24,
    "rydbergGlobal": {
        "rabiFrequencyRange": [0.0, 1.58e7],
        "rabiFrequencyResolution": 400.0,
        "rabiFrequencySlewRateMax": 4e14,
        "detuningRange": [-1.25e8, 1.25e8],
        "detuningResolution": 0.2,
        "detuningSlewRateMax": 6e15,
        "phaseRange": [-99.0, 99.0],
        "phaseResolution": 5e-7,
        "timeResolution": 1e-9,
        "timeDeltaMin": 5e-8,
        "timeMin": 0.0,
        "timeMax": 4e-6,
    },
}
LATTICE_ERRORS = {"positionErrorAbs": 2.25e-7}
PULSE_ERRORS = {"rydbergGlobal": {"rabiFrequencyErrorRel": 0.03}}


def capabilities(shots: tuple[int, int]) -> dict[str, Any]:
    """Return the document of the machine."""
    return {
        "braketSchemaHeader": _header("quera.quera_device_capabilities"),
        "service": {
            "braketSchemaHeader": _header("device_service_properties"),
            "executionWindows": [
                {
                    "executionDay": "Everyday",
                    "windowStartHour": "00:00:00",
                    "windowEndHour": "23:59:59",
                }
            ],
            "shotsRange": list(shots),
            "deviceLocation": "Boston, USA",
        },
        "action": {
            "braket.ir.ahs.program": {"version": ["1"], "actionType": "braket.ir.ahs.program"}
        },
        "deviceParameters": {},
        "paradigm": {
            "braketSchemaHeader": _header("quera.quera_ahs_paradigm_properties"),
            "qubitCount": LATTICE["geometry"]["numberSitesMax"],
            "lattice": LATTICE,
            "rydberg": RYDBERG,
            "performance": {"lattice": LATTICE_ERRORS, "rydberg": PULSE_ERRORS},
        },
    }


def _header(name: str) -> dict[str, str]:
    return {"name": f"{_SCHEMA}.{name}", "version": "1"}

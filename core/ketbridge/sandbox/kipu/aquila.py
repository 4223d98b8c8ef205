"""What QuEra's Aquila can do, as Braket's device capabilities say it; in SI units."""

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
LATTICE_ERRORS = {
    "positionErrorAbs": 2.25e-7,
    "sitePositionError": 1e-7,
    "atomPositionError": 2e-7,
    "fillingErrorTypical": 0.008,
    "fillingErrorWorst": 0.05,
    "vacancyErrorTypical": 0.001,
    "vacancyErrorWorst": 0.005,
    "atomLossProbabilityTypical": 0.005,
    "atomLossProbabilityWorst": 0.01,
    "atomCaptureProbabilityTypical": 0.001,
    "atomCaptureProbabilityWorst": 0.002,
    "atomDetectionErrorFalsePositiveTypical": 0.001,
    "atomDetectionErrorFalsePositiveWorst": 0.005,
    "atomDetectionErrorFalseNegativeTypical": 0.001,
    "atomDetectionErrorFalseNegativeWorst": 0.005,
}
PULSE_ERRORS = {
    "rabiFrequencyErrorRel": 0.03,
    "rabiFrequencyGlobalErrorRel": 0.02,
    "rabiFrequencyInhomogeneityRel": 0.02,
    "groundDetectionError": 0.05,
    "rydbergDetectionError": 0.1,
    "groundPrepError": 0.01,
    "rydbergPrepErrorBest": 0.05,
    "rydbergPrepErrorWorst": 0.07,
    "T1Single": 7.5e-5,
    "T1Ensemble": 7.5e-5,
    "T2StarSingle": 5e-6,
    "T2StarEnsemble": 4.75e-6,
    "T2EchoSingle": 8e-6,
    "T2EchoEnsemble": 7e-6,
    "T2RabiSingle": 8e-6,
    "T2RabiEnsemble": 7e-6,
    "T2BlockadedRabiSingle": 8e-6,
    "T2BlockadedRabiEnsemble": 7e-6,
    "detuningError": 1e6,
    "detuningInhomogeneity": 1e6,
    "rabiAmplitudeRampCorrection": [
        {"rampTime": 5e-8, "rabiCorrection": 0.92},
        {"rampTime": 1e-7, "rabiCorrection": 1.0},
    ],
}


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
            "performance": {
                "lattice": LATTICE_ERRORS,
                "rydberg": {"rydbergGlobal": PULSE_ERRORS},
            },
        },
    }


def _header(name: str) -> dict[str, str]:
    return {"name": f"{_SCHEMA}.{name}", "version": "1"}

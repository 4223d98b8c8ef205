"""Parts of a description that are the same for machines of every cloud."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from braket.device_schema import (
    DeviceExecutionWindow,
    DeviceServiceProperties,
    ExecutionDay,
    OpenQASMDeviceActionProperties,
    ResultType,
)
from braket.device_schema.device_connectivity import DeviceConnectivity
from braket.ir.openqasm.modifiers import Control, NegControl, Power

from ..translate.rules import RULES

if TYPE_CHECKING:
    from ketbridge import BackendInfo

_OBSERVABLES = ["x", "y", "z", "h", "i", "hermitian"]


def service(info: BackendInfo) -> DeviceServiceProperties:
    """Say when a machine takes tasks and of how many shots.

    What Braket has a place for and the service does not say (times of the day, price, place) is
    left out or stands for "always".
    """
    return DeviceServiceProperties(
        executionWindows=[
            DeviceExecutionWindow(
                executionDay=ExecutionDay.EVERYDAY,
                windowStartHour=time(0, 0),
                windowEndHour=time(23, 59, 59),
            )
        ],
        shotsRange=info.shots,
        updatedAt=(info.calibration and info.calibration.date) or datetime.now(UTC),
    )


def action(info: BackendInfo) -> OpenQASMDeviceActionProperties:
    """Say which circuits can be run."""
    low, high = info.shots
    sampled = [
        ResultType(name=name, observables=_OBSERVABLES, minShots=low, maxShots=high)
        for name in ("Sample", "Expectation", "Variance")
    ]
    probability = ResultType(name="Probability", observables=None, minShots=low, maxShots=high)
    return OpenQASMDeviceActionProperties(
        actionType="braket.ir.openqasm.program",
        version=["1"],
        supportedOperations=_gate_names(),
        supportedModifiers=[
            Control(name="ctrl"),
            NegControl(name="negctrl"),
            Power(name="pow", exponent_types=["int", "float"]),
        ],
        supportedPragmas=[
            "verbatim",
            "braket_unitary_matrix",
            *(
                f"braket_result_type_{name}"
                for name in ("sample", "expectation", "variance", "probability")
            ),
        ],
        supportedResultTypes=[*sampled, probability],
        supportPhysicalQubits=True,
        requiresContiguousQubitIndices=False,
        requiresAllQubitsMeasurement=False,
        supportsPartialVerbatimBox=False,
        disabledQubitRewiringSupported=True,
    )


def _gate_names() -> list[str]:
    """Names of the gates in Braket's OpenQASM."""
    return sorted({kind.__name__.lower() for kind in RULES} | {"gphase", "unitary"})


def connectivity(info: BackendInfo) -> DeviceConnectivity:
    """Say which qubits can be joined, in both directions."""
    pairs = {frozenset(pair) for pair in info.connectivity or ()}
    if info.connectivity is None or len(pairs) == info.num_qubits * (info.num_qubits - 1) // 2:
        return DeviceConnectivity(fullyConnected=True, connectivityGraph={})
    graph: dict[str, list[str]] = {}
    for one, two in sorted(map(sorted, pairs)):
        graph.setdefault(str(one), []).append(str(two))
        graph.setdefault(str(two), []).append(str(one))
    return DeviceConnectivity(fullyConnected=False, connectivityGraph=graph)

"""Braket's description of a machine, made of what its service says."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from braket.device_schema import (
    DeviceActionType,
    DeviceExecutionWindow,
    DeviceServiceProperties,
    ExecutionDay,
    GateModelQpuParadigmProperties,
    OpenQASMDeviceActionProperties,
    ResultType,
)
from braket.device_schema.device_connectivity import DeviceConnectivity
from braket.device_schema.ionq import (
    IonqDeviceCapabilities,
    IonqDeviceParameters,
    IonqProviderProperties,
)
from braket.ir.openqasm.modifiers import Control, NegControl, Power

from .translate.rules import RULES

if TYPE_CHECKING:
    from ketbridge import BackendInfo, Calibration

_OBSERVABLES = ["x", "y", "z", "h", "i", "hermitian"]
_NATIVE = {"gpi": "GPI", "gpi2": "GPI2", "ms": "MS", "zz": "ZZ"}


def capabilities(info: BackendInfo) -> IonqDeviceCapabilities:
    """Describe an IonQ machine as Braket does.

    What Braket has a place for and the service does not say (times of the day, price, place) is
    left out or stands for "always".
    """
    provider = None if info.calibration is None else _provider(info.calibration)
    return IonqDeviceCapabilities(
        service=DeviceServiceProperties(
            executionWindows=[
                DeviceExecutionWindow(
                    executionDay=ExecutionDay.EVERYDAY,
                    windowStartHour=time(0, 0),
                    windowEndHour=time(23, 59, 59),
                )
            ],
            shotsRange=info.shots,
            updatedAt=info.calibration.date if info.calibration else datetime.now(UTC),
        ),
        action={DeviceActionType.OPENQASM: _action(info)},
        paradigm=GateModelQpuParadigmProperties(
            qubitCount=info.num_qubits,
            nativeGateSet=[_NATIVE.get(gate, gate) for gate in info.native_gates],
            connectivity=_connectivity(info),
        ),
        provider=provider,
        deviceParameters=IonqDeviceParameters.schema(),
    )


def _action(info: BackendInfo) -> OpenQASMDeviceActionProperties:
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


def _connectivity(info: BackendInfo) -> DeviceConnectivity:
    """Say which qubits can be joined, in both directions."""
    pairs = {frozenset(pair) for pair in info.connectivity or ()}
    if info.connectivity is None or len(pairs) == info.num_qubits * (info.num_qubits - 1) // 2:
        return DeviceConnectivity(fullyConnected=True, connectivityGraph={})
    graph: dict[str, list[str]] = {}
    for one, two in sorted(map(sorted, pairs)):
        graph.setdefault(str(one), []).append(str(two))
        graph.setdefault(str(two), []).append(str(one))
    return DeviceConnectivity(fullyConnected=False, connectivityGraph=graph)


def _provider(calibration: Calibration) -> IonqProviderProperties:
    """Fidelities in 0..1 and times in seconds, under Braket's names."""
    fidelity = {
        "1Q": calibration.fidelity_1q,
        "2Q": calibration.fidelity_2q,
        "spam": calibration.fidelity_spam,
    }
    timing = {
        "T1": calibration.t1_s,
        "T2": calibration.t2_s,
        "1Q": calibration.time_1q_s,
        "2Q": calibration.time_2q_s,
        "readout": calibration.time_readout_s,
        "reset": calibration.time_reset_s,
    }
    return IonqProviderProperties(
        fidelity={name: {"mean": value} for name, value in fidelity.items() if value is not None},
        timing={name: value for name, value in timing.items() if value is not None},
    )


def topology(described: Any) -> Any:
    """Return the connections as a networkx ``DiGraph`` of qubit numbers."""
    import networkx

    connectivity = described.paradigm.connectivity
    if connectivity.fullyConnected:
        return networkx.complete_graph(described.paradigm.qubitCount, networkx.DiGraph())
    edges = networkx.from_dict_of_lists(connectivity.connectivityGraph, networkx.DiGraph())
    return networkx.relabel_nodes(edges, {node: int(node) for node in edges.nodes})

"""Any machine of gates on qubits: its gates, its connections, and what was measured of each."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from braket.device_schema import (
    DeviceActionType,
    DeviceCapabilities,
    GateModelQpuParadigmProperties,
    OpenQASMDeviceActionProperties,
    StandardizedGateModelQpuDeviceProperties,
)
from braket.device_schema.common.gate_model_device_parameters_v1 import GateModelDeviceParameters

from ketbridge import Calibration

from . import parts
from .measured import Quality, quality_of

if TYPE_CHECKING:
    from ketbridge import BackendInfo
    from ketbridge.clouds.base import Cloud

BRAKET_NAMES: Mapping[str, str] = {
    "cx": "cnot", "cz": "cz", "ecr": "ecr", "id": "i", "r": "prx", "prx": "prx", "rx": "rx",
    "ry": "ry", "rz": "rz", "rzz": "zz", "sx": "v", "x": "x", "h": "h", "zz": "zz", "swap": "swap",
    "iswap": "iswap",
}  # fmt: skip
"""Braket's names of gates that machines have; a gate without one is left out."""

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Braket's schemas are written for an older pydantic

    class MachineCapabilities(DeviceCapabilities):
        """A machine of gates on qubits, as Braket describes its own ones.

        Attributes:
            action: which circuits can be run.
            paradigm: the qubits, the native gates and the connections.
            standardized: what was measured of each qubit and pair; None for a simulator.
        """

        action: dict[DeviceActionType | str, OpenQASMDeviceActionProperties]
        paradigm: GateModelQpuParadigmProperties
        standardized: StandardizedGateModelQpuDeviceProperties | None = None


def capabilities(info: BackendInfo, _: Cloud | None = None) -> MachineCapabilities:
    """Describe a machine."""
    named = [BRAKET_NAMES[gate] for gate in info.native_gates if gate in BRAKET_NAMES]
    return MachineCapabilities(
        service=parts.service(info),
        action={DeviceActionType.OPENQASM: parts.action(info)},
        paradigm=GateModelQpuParadigmProperties(
            qubitCount=info.num_qubits,
            nativeGateSet=named,
            connectivity=parts.connectivity(info),
        ),
        standardized=None if info.calibration is None else _standardized(info, info.calibration),
        deviceParameters=GateModelDeviceParameters.schema(),
    )


def _standardized(
    info: BackendInfo, medians: Calibration
) -> StandardizedGateModelQpuDeviceProperties | None:
    """Write what was measured; None where Braket needs a figure that nothing is known of."""
    quality = quality_of(info, medians)
    if quality is None:
        return None
    return StandardizedGateModelQpuDeviceProperties(
        oneQubitProperties={str(qubit): _one(quality, qubit) for qubit in range(info.num_qubits)},
        twoQubitProperties={
            f"{pair[0]}-{pair[1]}": {"twoQubitGateFidelity": list(_two(gates))}
            for pair, gates in quality.gates_2q.items()
        },
    )


def _one(quality: Quality, qubit: int) -> dict[str, Any]:
    fidelities = {
        "RANDOMIZED_BENCHMARKING": quality.fidelity_1q[qubit],
        "READOUT": quality.fidelity_readout[qubit],
    }
    return {
        "T1": {"value": quality.t1_s[qubit], "unit": "S"},
        "T2": {"value": quality.t2_s[qubit], "unit": "S"},
        "oneQubitFidelity": [
            {"fidelityType": {"name": name}, "fidelity": value}
            for name, value in fidelities.items()
        ],
    }


def _two(gates: Mapping[str, float]) -> Iterator[dict[str, Any]]:
    for name, fidelity in gates.items():
        if name in BRAKET_NAMES:
            yield {
                "gateName": BRAKET_NAMES[name].upper(),
                "fidelity": fidelity,
                "fidelityType": {"name": "RANDOMIZED_BENCHMARKING"},
            }

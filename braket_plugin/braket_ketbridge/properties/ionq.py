"""Machines of IonQ, in Braket's own class for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from braket.device_schema import DeviceActionType, GateModelQpuParadigmProperties
from braket.device_schema.ionq import (
    IonqDeviceCapabilities,
    IonqDeviceParameters,
    IonqProviderProperties,
)

from . import parts

if TYPE_CHECKING:
    from ketbridge import BackendInfo, Calibration
    from ketbridge.clouds.base import Cloud

_NATIVE = {"gpi": "GPI", "gpi2": "GPI2", "ms": "MS", "zz": "ZZ"}


def capabilities(info: BackendInfo, _: Cloud | None = None) -> IonqDeviceCapabilities:
    """Describe an IonQ machine as Braket does."""
    provider = None if info.calibration is None else _provider(info.calibration)
    return IonqDeviceCapabilities(
        service=parts.service(info),
        action={DeviceActionType.OPENQASM: parts.action(info)},
        paradigm=GateModelQpuParadigmProperties(
            qubitCount=info.num_qubits,
            nativeGateSet=[_NATIVE.get(gate, gate) for gate in info.native_gates],
            connectivity=parts.connectivity(info),
        ),
        provider=provider,
        deviceParameters=IonqDeviceParameters.schema(),
    )


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

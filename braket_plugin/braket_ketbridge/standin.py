"""One machine in the place of other clients' Braket devices, for code that is run unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .device import KetbridgeDevice
from .task import KetbridgeQuantumTask


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``braket.aws`` and ``qhub.quantum.sdk``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """

    class AwsDevice(KetbridgeDevice):
        """The machine, whatever device is asked for; an AWS session is left out."""

        def __init__(self, arn: str, aws_session: Any = None, **choices: Any) -> None:
            self.asked_for = str(getattr(arn, "value", arn))
            super().__init__(address, **choices)

        def __repr__(self) -> str:
            return f"AwsDevice({self.asked_for!r}), which is {address} here"

        @classmethod
        def get_devices(cls, *_: Any, **__: Any) -> list[KetbridgeDevice]:
            """Return the machine alone, whatever devices are asked for."""
            return [cls(address)]

    class AwsQuantumTask(KetbridgeQuantumTask):
        """A task that such a device made, opened again by its id."""

        def __init__(self, arn: str, aws_session: Any = None, **choices: Any) -> None:
            super().__init__(arn, **choices)

    class HubBraketProvider:
        """Gives the machine, whatever device is asked for; credentials are left out."""

        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def get_device(self, backend_id: str) -> KetbridgeDevice:
            """Return the machine."""
            return KetbridgeDevice(address)

    return {
        "AwsDevice": AwsDevice,
        "AwsQuantumTask": AwsQuantumTask,
        "HubBraketProvider": HubBraketProvider,
    }

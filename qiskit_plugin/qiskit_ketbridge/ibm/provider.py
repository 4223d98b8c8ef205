"""What notebooks ask of an account at IBM beside its machines and jobs."""

from __future__ import annotations

from typing import Any, cast

from ..provider import KetbridgeProvider
from .backend import IbmBackend


class IbmProvider(KetbridgeProvider):
    """The machines and jobs of an instance of IBM Qiskit Runtime, and its use."""

    def backend(self, name: str, **choices: Any) -> IbmBackend:
        """Return one machine; nothing is sent before it is used.

        Args:
            name: its name.
            **choices: ``use_fractional_gates`` and ``calibration_id``.
        """
        return IbmBackend(self._cloud, name, provider=self, **choices)

    def usage(self) -> dict[str, Any]:
        """Return what the instance has used and may use in the current period, in seconds.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        return _plain(self._cloud.send(operations.get_usage()))

    def instance(self) -> dict[str, Any]:
        """Return what the instance is: its plan, its machines and its limits.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        return _plain(self._cloud.send(operations.get_instance()))

    def active_instance(self) -> str:
        """Return the CRN of the instance."""
        from ketbridge.clouds.ibm.connecting import instance

        return instance(self._cloud.account)


def _plain(answer: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", answer.model_dump(mode="json", exclude_none=True))

"""In the place of names of ``qiskit_ibm_runtime``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ketbridge import Address

from .. import ibm
from ..backends import KetbridgeBackend
from ..ibm.provider import IbmProvider
from ..jobs import KetbridgeJob
from ..provider import KetbridgeProvider
from .one import OneBackend


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``qiskit_ibm_runtime``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """
    machine = Address.parse(address)
    service = _ibm_service(machine) if machine.cloud == "ibm" else Service.on(address)
    services = dict.fromkeys(("QiskitRuntimeService", "IBMQuantumComputeService"), service)
    return {**{name: getattr(ibm, name) for name in ibm.__all__}, **services}


def _ibm_service(machine: Address) -> type:
    """Return IBM's service with one machine, on the account of its address."""

    class QiskitRuntimeService(ibm.QiskitRuntimeService):
        """The account of the address, whatever account it is made with."""

        def __init__(self, *_: Any, **__: Any) -> None:
            self._local = False
            IbmProvider.__init__(self, str(machine.at))

        @staticmethod
        def save_account(*_: Any, **__: Any) -> None:
            """Save nothing: the account is that of the address."""

        def at_instance(self, instance: str | None) -> QiskitRuntimeService:
            """Return the same account, whatever instance is asked for."""
            return self

        def backend(self, name: str | None = None, *_: Any, **choices: Any) -> Any:
            """Return the machine, whatever name is asked for."""
            return IbmProvider.backend(self, machine.name, **_of_backend(choices))

        def backends(self, *_: Any, **choices: Any) -> Any:
            """Return the machine alone, whatever it is to be like."""
            return [self.backend(**choices)]

        def least_busy(self, *_: Any, **choices: Any) -> Any:
            """Return the machine, whatever it is to be like."""
            return self.backend(**choices)

    return QiskitRuntimeService


def _of_backend(choices: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("use_fractional_gates", "calibration_id")
    return {name: choices[name] for name in kept if name in choices}


class Service(OneBackend):
    """An account at another cloud whose only machine is the one of the address."""

    @staticmethod
    def save_account(*_: Any, **__: Any) -> None:
        """Save nothing: the account is that of the address."""

    @property
    def _provider(self) -> KetbridgeProvider:
        return KetbridgeProvider(self.address.partition("/")[0])

    def backend(self, name: str | None = None, *_: Any, **choices: Any) -> KetbridgeBackend:
        """Return the machine, whatever name is asked for.

        Args:
            name: name of the machine that the code was written for.
            **choices: have an effect on machines of IBM Direct Access alone.
        """
        direct = Address.parse(self.address).cloud == "ibm-direct"
        return self.get_backend(**(_of_backend(choices) if direct else {}))

    def least_busy(self, *_: Any, **choices: Any) -> KetbridgeBackend:
        """Return the machine, whatever it is to be like."""
        return self.backend(**choices)

    def job(self, job_id: str) -> KetbridgeJob:
        """Open a job of the machine's cloud by its id; asks nothing yet.

        Raises:
            AddressError: the id cannot be one.
        """
        return self._provider.job(job_id)

    def jobs(self, limit: int | None = 10, **_: Any) -> list[KetbridgeJob]:
        """List the newest jobs of the account.

        Raises:
            TransportError: the service could not be asked.
        """
        return list(self._provider.jobs(limit))

"""In the place of names of ``qiskit_ibm_runtime``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import ibm
from ..backends import KetbridgeBackend
from ..jobs import KetbridgeJob
from ..primitives import EstimatorV2, SamplerV2
from ..provider import KetbridgeProvider
from ..session import Batch, Session
from .one import OneBackend

_OF_IBM = (
    "EstimatorOptions",
    "Executor",
    "ExecutorOptions",
    "NoiseLearner",
    "NoiseLearnerOptions",
    "NoiseLearnerV3",
    "NoiseLearnerV3Options",
    "QuantumProgram",
    "SamplerOptions",
)


def names(address: str) -> Mapping[str, Any]:
    """Return what takes the place of names of ``qiskit_ibm_runtime``.

    Args:
        address: ``[account:]cloud/backend`` of the machine.
    """
    service = Service.on(address)
    return {
        "QiskitRuntimeService": service,
        "IBMQuantumComputeService": service,
        "SamplerV2": SamplerV2,
        "Sampler": SamplerV2,
        "EstimatorV2": EstimatorV2,
        "Estimator": EstimatorV2,
        "Session": Session,
        "Batch": Batch,
        **{name: getattr(ibm, name) for name in _OF_IBM},
    }


class Service(OneBackend):
    """An account whose only machine is the one of the address; credentials are left out."""

    @staticmethod
    def save_account(*_: Any, **__: Any) -> None:
        """Save nothing: the account is that of the address."""

    @property
    def _provider(self) -> KetbridgeProvider:
        return KetbridgeProvider(self.address.partition("/")[0])

    def backend(self, name: str | None = None, **choices: Any) -> KetbridgeBackend:
        """Return the machine, whatever name is asked for.

        Args:
            name: name of the machine that the code was written for.
            **choices: ``use_fractional_gates`` and ``calibration_id`` of an IBM machine.
        """
        if not self.address.rpartition(":")[2].startswith("ibm"):
            choices = {}
        kept = ("use_fractional_gates", "calibration_id")
        return self.get_backend(**{key: choices[key] for key in kept if key in choices})

    def least_busy(self, *_: Any, **__: Any) -> KetbridgeBackend:
        """Return the machine, whatever it is to be like."""
        return self.get_backend()

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
        found: Iterator[KetbridgeJob] = self._provider.jobs(limit)
        return list(found)

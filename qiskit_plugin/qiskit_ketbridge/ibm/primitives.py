"""IBM's sampler and estimator, which run on the server."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, cast

from qiskit import QuantumCircuit
from qiskit.primitives import EstimatorPubLike, SamplerPubLike
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub

from ketbridge.errors import ProgramError

from ..errors import CircuitError
from ..primitives.estimator import EstimatorV2
from ..primitives.mode import Mode, resolve
from ..primitives.options import PrimitiveOptions
from ..primitives.sampler import SamplerV2
from . import pubs as writing
from .checks import check_angles, is_dynamic
from .options import EstimatorOptions, ProgramOptions, SamplerOptions
from .submitting import submit

if TYPE_CHECKING:
    from ..session import Session
    from .backend import IbmBackend
    from .job import ServerJob
    from .packed import PackedJob


class IbmSampler(SamplerV2):
    """Samples the classical registers of circuits on the server.

    Args:
        mode: an IBM backend, its address, or a Session or Batch; None inside of the ``with``
            block of one.
        options: `SamplerOptions`, or a dict of the same names.

    Raises:
        UnknownOptionError: an option does not exist; the message names the nearest.
    """

    version = 2

    def __init__(
        self, mode: Mode = None, options: SamplerOptions | Mapping[str, Any] | None = None
    ) -> None:
        self._backend, self._session = resolve(mode)
        self.options: SamplerOptions = SamplerOptions.of(portable(options))

    @property
    def mode(self) -> Session | None:
        """The session or batch that jobs join, None outside of one."""
        return self._session

    def backend(self) -> IbmBackend:
        """Return the backend that runs the circuits."""
        return cast("IbmBackend", self._backend)

    def run(
        self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None
    ) -> ServerJob | PackedJob:
        """Send PUBs as one job, or as several where one would be too large.

        Args:
            pubs: ``circuit``, or ``(circuit, parameter values, shots)``.
            shots: for PUBs that name none; None for ``default_shots``.

        Returns:
            The job. Its result is a `PrimitiveResult` with one `SamplerPubResult` a PUB, with a
            `BitArray` of the PUB's shape for each classical register.

        Raises:
            CircuitError: a circuit is not in the instruction set of the machine; nothing was sent.
            ProgramError: a PUB or an option cannot be used; nothing was sent.
            TransportError: a job was not taken.
        """
        backend = self.backend()
        coerced = [SamplerPub.coerce(pub, shots) for pub in pubs]
        for place, pub in enumerate(coerced):
            if not pub.circuit.cregs:
                warnings.warn(
                    f"the circuit of PUB {place} has no classical registers, so its result will "
                    "be empty: add measurements",
                    UserWarning,
                    stacklevel=2,
                )
        circuits = writing.Circuits(_checked(backend, self.options))
        programs = writing.of_sampler(coerced, circuits)
        _check_angles(backend, coerced)
        return submit(backend, self._session, "sampler", programs, self.options)


class IbmEstimator(EstimatorV2):
    """Estimates expectation values of observables on the server.

    Args:
        mode: as `IbmSampler` takes it.
        options: `EstimatorOptions`, or a dict of the same names.

    Raises:
        UnknownOptionError: an option does not exist; the message names the nearest.
    """

    version = 2

    def __init__(
        self, mode: Mode = None, options: EstimatorOptions | Mapping[str, Any] | None = None
    ) -> None:
        self._backend, self._session = resolve(mode)
        self.options: EstimatorOptions = EstimatorOptions.of(portable(options))

    @property
    def mode(self) -> Session | None:
        """The session or batch that jobs join, None outside of one."""
        return self._session

    def backend(self) -> IbmBackend:
        """Return the backend that runs the circuits."""
        return cast("IbmBackend", self._backend)

    def run(
        self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None
    ) -> ServerJob | PackedJob:
        """Send PUBs as one job, or as several where one would be too large.

        Args:
            pubs: ``(circuit, observables, parameter values, precision)``.
            precision: standard error to aim at for PUBs that name none; None for
                ``default_shots`` or ``default_precision``.

        Returns:
            The job. Its result is a `PrimitiveResult` with one `PubResult` a PUB: ``evs`` and
            ``stds`` of the PUB's shape, and what the mitigation adds.

        Raises:
            CircuitError: a circuit is not in the instruction set of the machine; nothing was sent.
            ProgramError: a PUB or an option cannot be used; nothing was sent.
            TransportError: a job was not taken.
        """
        backend = self.backend()
        coerced = [EstimatorPub.coerce(pub, precision) for pub in pubs]
        circuits = writing.Circuits(_checked(backend, self.options))
        programs = writing.of_estimator(coerced, circuits)
        _check_angles(backend, coerced)
        return submit(backend, self._session, "estimator", programs, self.options)


def on_server(kind: type[Any]) -> type[Any]:
    """Return the class that runs on the server for one that does not."""
    return {SamplerV2: IbmSampler, EstimatorV2: IbmEstimator}.get(kind, kind)


def portable(given: Any) -> Any:
    """Take options that every cloud has: the seed, the tags, and what is not as by default.

    Raises:
        UnknownOptionError: one that is set has no meaning on the server.
    """
    if not isinstance(given, PrimitiveOptions):
        return given
    default = type(given)()
    changed = {
        entry.name: getattr(given, entry.name)
        for entry in fields(given)
        if getattr(given, entry.name) != getattr(default, entry.name)
    }
    if "tags" in changed:
        changed["environment"] = {"job_tags": list(changed.pop("tags"))}
    return changed


def _checked(backend: IbmBackend, options: ProgramOptions) -> Callable[[QuantumCircuit], None]:
    decoupled = options.chosen().get("dynamical_decoupling", {}).get("enable") is True

    def check(circuit: QuantumCircuit) -> None:
        backend.check(circuit)
        if decoupled and is_dynamic(circuit):
            raise CircuitError(
                f"circuit {circuit.name!r} has control flow, with which IBM does no dynamical "
                "decoupling"
            )

    return check


def _check_angles(backend: IbmBackend, pubs: Sequence[Any]) -> None:
    if not pubs:
        raise ProgramError("there is no PUB to run")
    if not backend.configuration().simulator and "rzz" in backend.target.operation_names:
        for pub in pubs:
            check_angles(pub.circuit, pub.parameter_values)

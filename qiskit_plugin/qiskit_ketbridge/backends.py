"""A machine of a cloud as a Qiskit backend."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from qiskit import QuantumCircuit
from qiskit.providers import BackendV2, Options
from qiskit.transpiler import Target

from ketbridge import Address, Format, Program
from ketbridge.errors import ProgramError

from . import target
from .costs import estimate
from .errors import DynamicCircuitError, as_qiskit_errors
from .jobs import KetbridgeJob
from .run_options import RunOptions, gather
from .sending import ONE_A_JOB, send_all
from .session import session_of
from .translate import encode

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ketbridge import BackendInfo, Calibration, Cost
    from ketbridge.clouds.base import Cloud
    from ketbridge.jobs.submission import Request

    from .provider import KetbridgeProvider
    from .several import SeveralJobs

P = TypeVar("P")

GATESETS = {"qis": Format.IONQ_QIS, "native": Format.IONQ_NATIVE}
_KINDS = {
    "ibm": ("ibm.backend", "IbmBackend"),
    "ibm-direct": ("ibm.backend", "DirectBackend"),
    "kipu": ("kipu.backend", "KipuBackend"),
}
"""Clouds whose backends are of a class of their own, and where it is."""


def backend(
    address: str,
    *,
    gateset: str = "qis",
    token: str | None = None,
    url: str | None = None,
    **settings: Any,
) -> KetbridgeBackend:
    """Return a machine by its address; nothing is sent before it is used.

    Args:
        address: ``[account:]cloud/name``, for example ``ionq/simulator`` or
            ``sandbox:ionq/simulator``.
        gateset: ``qis`` for circuits of abstract gates, ``native`` for those of the hardware.
        token: the credential; without it the environment and then the saved accounts are searched.
        url: base URL of the service, instead of the usual one.
        settings: further settings of the account; for IBM also ``use_fractional_gates`` and
            ``calibration_id``.

    Raises:
        AddressError: the address is not of that form, or there is no such cloud.
        CredentialError: there is no such account, or it cannot be used.
    """
    from ketbridge.connection import connect

    parsed = Address.parse(address)
    kind = kind_of(parsed.cloud)
    chosen = {name: settings.pop(name) for name in kind.choices if name in settings}
    cloud = connect(str(parsed.at), token=token, url=url, **settings)
    return kind(cloud, parsed.name, gateset, **chosen)


def kind_of(cloud: str) -> type[KetbridgeBackend]:
    """Return the class of a cloud's backends."""
    home, name = _KINDS.get(cloud, ("backends", "KetbridgeBackend"))
    found: type[KetbridgeBackend] = getattr(importlib.import_module(f".{home}", __package__), name)
    return found


class KetbridgeBackend(BackendV2):
    """A machine of a cloud. Making it sends nothing; its description is fetched when it is needed.

    Default options: 1024 shots, no memory. ``set_options`` takes every option of `run` that is not
    about one job alone.

    Attributes:
        gateset: ``qis`` or ``native``.
        choices: names of what `backend` takes for backends of this class only.
    """

    choices: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        cloud: Cloud,
        name: str,
        gateset: str = "qis",
        provider: KetbridgeProvider | None = None,
        info: BackendInfo | None = None,
    ) -> None:
        """Make the backend.

        Args:
            cloud: where the machine is.
            name: its name at the cloud.
            gateset: ``qis`` or ``native``.
            provider: where it was found.
            info: what the service says of it, where that is known.

        Raises:
            ProgramError: there is no such gate set.
        """
        if gateset not in GATESETS:
            raise ProgramError(f"the gate set is one of {', '.join(GATESETS)}, not {gateset!r}")
        super().__init__(provider, name, f"{name} at {cloud.name}")
        self.gateset = gateset
        self._cloud = cloud
        self._info = info
        self._target: Target | None = None
        self._options.update_options(**dict.fromkeys(cloud.options))

    @classmethod
    def _default_options(cls) -> Options:
        return Options(shots=1024, memory=False, seed=None)

    def __repr__(self) -> str:
        return f"<KetbridgeBackend {self.address!r}>"

    def primitive(self, kind: type[P]) -> type[P]:
        """Return the class to use for a primitive here: one of the cloud's own, or the same."""
        return kind

    @property
    def cloud(self) -> Cloud:
        """The cloud that the machine belongs to, for what only the core offers."""
        return self._cloud

    @property
    def address(self) -> str:
        """What opens the backend anywhere: ``[account:]cloud/name``."""
        at = self._cloud.account.at
        return str(Address(at.cloud, self.name, at.account))

    @property
    def info(self) -> BackendInfo:
        """What the service says of the machine, asked for once; see `refresh`.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
            TransportError: the service could not be asked.
        """
        if self._info is None:
            with as_qiskit_errors():
                self._info = self._cloud.backend(self.name)
        return self._info

    def refresh(self) -> None:
        """Forget what the service said of the machine, so that it is asked again."""
        self._cloud.refresh(self.name)
        self._info = self._target = None
        self._coupling_map = None

    def calibration(self, at: datetime | None = None) -> Calibration | None:
        """Return the measured quality of the machine; None where there is none.

        Args:
            at: the moment that it is of; without a zone it is local time. None for the newest.

        Raises:
            ProgramError: the service keeps no calibrations of the past.
            TransportError: the service could not be asked.
        """
        if at is not None:
            return self._cloud.run(self._cloud.calibration_flow(self.name, at.astimezone(UTC)))
        return self._described().calibration

    def draw(self) -> Figure:
        """Draw the coupling map, qubits coloured by readout errors and pairs by gate errors.

        Raises:
            MissingOptionalLibraryError: Matplotlib is not installed.
            TransportError: the service could not be asked for the machine.
        """
        from . import draw

        return draw.coupling_map(self.target, self.address)

    def _repr_html_(self) -> str:
        from .display import backend_html

        gates = () if self._target is None else self._target.operation_names
        return backend_html(self.address, self._info, gates)

    @property
    def num_qubits(self) -> int:
        """Number of qubits, as the service says."""
        return self.info.num_qubits

    @property
    def max_circuits(self) -> int | None:
        """Most circuits in one job; None where the service states no limit."""
        return self.info.max_circuits

    @property
    def target(self) -> Target:
        """Gates, pairs, errors and durations, from the service's description and calibration."""
        if self._target is None:
            self._target = target.build(self._described(), self.gateset)
            if self.gateset == "native":
                from .transpiler import equivalences

                equivalences.register()
        return self._target

    def _described(self) -> BackendInfo:
        """Return what the service says of the machine, the calibration included."""
        info = self.info
        if not info.simulator and info.calibration is None:
            info = self._info = self._cloud.backend(self.name)  # a listing leaves it out
        return info

    def get_translation_stage_plugin(self) -> str | None:
        """Name the transpiler stage that writes native gates; None where Qiskit's own does."""
        return "ketbridge" if self.gateset == "native" else None

    def run(
        self, run_input: QuantumCircuit | Sequence[QuantumCircuit], **options: Any
    ) -> KetbridgeJob | SeveralJobs:
        """Submit circuits, each at most once, and return without waiting.

        They are one job; or several, which the returned object joins, where the machine takes
        fewer circuits in one. Seeds of the jobs differ then.

        Args:
            run_input: one circuit or several.
            **options: ``shots`` (default 1024), ``memory``, ``seed``, ``name`` and ``tags`` of the
                job, ``metadata`` (strings), ``session`` (its id), ``max_cost`` (nothing is sent if
                the service's estimate is above it), and the options of the cloud, for IonQ
                ``noise_model``, ``noise_seed``, ``debiasing``, ``dry_run``, ``compilation_opt``,
                ``compilation_precision``. Names that other Qiskit backends
                use for the same are taken too: ``seed_simulator``, ``sampler_seed``,
                ``extra_metadata``, ``session_id``, ``job_settings``, ``error_mitigation``.

        Raises:
            UnknownOptionError: an option does not exist; the message names the nearest. It is a
                TypeError too.
            ProgramError: a circuit or an option cannot be run as given; nothing was sent.
            UnknownBackendError: the cloud has no such machine.
            AmbiguousSubmissionError: the job may have been taken and the service could not be
                asked; ``ketbridge jobs settle`` finishes it.
            TransportError: the job was not taken.
        """
        circuits = _listed(run_input)
        wanted = gather(self.options.__dict__, options, self._cloud.options)
        requests = self._requests(circuits, wanted)
        sent = send_all(self._cloud, requests, wanted.max_cost)
        metadata = iter([circuit.metadata or {} for circuit in circuits])
        jobs = [
            KetbridgeJob(
                job,
                self,
                memory=wanted.memory,
                metadata=list(islice(metadata, len(request.programs))),
            )
            for job, request in zip(sent, requests, strict=True)
        ]
        if len(jobs) == 1:
            return jobs[0]
        from .several import SeveralJobs

        return SeveralJobs(jobs, self)

    def _requests(self, circuits: Sequence[QuantumCircuit], wanted: RunOptions) -> list[Request]:
        """Put circuits into as few requests as the machine takes; one for none at all."""
        programs = self.prepare(circuits, wanted)
        alone = any(program.format in ONE_A_JOB for program in programs)
        size = 1 if alone else self.max_circuits or len(programs) or 1
        found = []
        for start in range(0, len(programs) or 1, size):
            seed = None if wanted.seed is None else wanted.seed + start
            chunk = programs[start : start + size]
            found.append(self.request(chunk, replace(wanted, seed=seed)))
        return found

    def estimate(
        self, run_input: QuantumCircuit | Sequence[QuantumCircuit], **options: Any
    ) -> Cost:
        """Ask what `run` would cost, without running anything.

        Args:
            run_input: one circuit or several.
            **options: as `run` takes them.

        Raises:
            TypeError, ProgramError: as `run` does.
            TransportError: the service could not be asked.
        """
        circuits = _listed(run_input)
        wanted = gather(self.options.__dict__, options, self._cloud.options)
        return estimate(self._cloud, self._requests(circuits, wanted))

    def request(self, programs: Sequence[Program], wanted: RunOptions) -> Request:
        """Put together what is asked of the cloud, in the session whose block this is in."""
        from ketbridge.jobs.submission import Request

        return Request(
            self.name,
            programs,
            wanted.shots,
            wanted.name,
            wanted.tags,
            wanted.metadata,
            wanted.session or session_of(self),
            wanted.seed,
            wanted.cloud,
            sdk="qiskit",
        )

    def prepare(self, circuits: Sequence[QuantumCircuit], wanted: RunOptions) -> list[Program]:
        """Translate circuits for a run with these options.

        Raises:
            ProgramError: as `encode` does.
        """
        return self.encode(circuits)

    def encode(self, circuits: Sequence[QuantumCircuit]) -> list[Program]:
        """Translate circuits as `run` does.

        All become gates of the backend's gate set; if one of them measures, resets or decides
        before its end, all become OpenQASM 3, where the machine reads it.

        Raises:
            ProgramError: a circuit cannot be run as given, or is too wide for the machine.
        """
        info = self.info
        try:
            programs = [encode(circuit, GATESETS[self.gateset]) for circuit in circuits]
        except DynamicCircuitError:
            if self.gateset == "native" or Format.IONQ_QASM3 not in info.formats:
                raise
            programs = [encode(circuit, Format.IONQ_QASM3) for circuit in circuits]
        for index, program in enumerate(programs):
            if program.num_qubits > info.num_qubits:
                raise ProgramError(
                    f"circuit {index} ({program.name}) uses {program.num_qubits} qubits; "
                    f"{self.name} has {info.num_qubits}"
                )
        return programs


def _listed(given: QuantumCircuit | Sequence[QuantumCircuit]) -> list[QuantumCircuit]:
    return [given] if isinstance(given, QuantumCircuit) else list(given)

"""A job at a cloud as a Qiskit job."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobError as QiskitJobError
from qiskit.providers import JobStatus, JobV1
from qiskit.result import Result

from ketbridge import Cost, JobState, errors
from ketbridge import JobStatus as State

from . import results
from .countdown import countdown
from .errors import as_qiskit_errors
from .progress import Progress, shown
from .shortcuts import Shortcuts

if TYPE_CHECKING:
    from qiskit import QuantumCircuit

    from ketbridge import JobInfo
    from ketbridge.jobs.handle import Job

    from .backends import KetbridgeBackend

STATUS = {
    State.QUEUED: JobStatus.QUEUED,
    State.RUNNING: JobStatus.RUNNING,
    State.DONE: JobStatus.DONE,
    State.FAILED: JobStatus.ERROR,
    State.CANCELLED: JobStatus.CANCELLED,
    State.UNKNOWN: JobStatus.RUNNING,
}

_KINDS = {
    "ibm": ("ibm.job", "IbmJob"),
    "ibm-direct": ("ibm.direct_job", "DirectJob"),
    "kipu": ("kipu.job", "KipuJob"),
}
"""Clouds whose jobs are of a class of their own, and where it is."""


@dataclass(frozen=True)
class JobVariant:
    """One of the runs that the result of a circuit is joined from.

    Attributes:
        id: the service's id of it.
        circuit: index of the circuit in the job.
        qubit_map: the machine's qubit for each qubit of the circuit, where the service says so.
        shots: its shots.
        counts: how often each outcome came, as ``Result.get_counts`` writes them.
    """

    id: str
    circuit: int
    qubit_map: tuple[int, ...] | None
    shots: int | None
    counts: dict[str, int]


class KetbridgeJob(JobV1, Shortcuts):
    """A job at a cloud. Opening it asks nothing; ``job(address)`` opens it anywhere.

    Attributes:
        address: what opens it in another process or on another machine, ``ionq/<id>``.
    """

    def __new__(cls, job: Job | None = None, *_: Any, **__: Any) -> KetbridgeJob:
        """Make the kind of job that the cloud has."""
        if cls is KetbridgeJob and job is not None and job.cloud.name in _KINDS:
            home, name = _KINDS[job.cloud.name]
            cls = getattr(importlib.import_module(f".{home}", __package__), name)  # noqa: PLW0642
        return super().__new__(cls)

    def __init__(
        self,
        job: Job,
        backend: KetbridgeBackend | None = None,
        *,
        memory: bool = False,
        metadata: Sequence[Mapping[str, Any]] | None = None,
        info: JobInfo | None = None,
    ) -> None:
        """Wrap a job of the core.

        Args:
            job: the job.
            backend: where it runs; None where that is asked when it is needed.
            memory: whether results have the outcome of each shot.
            metadata: metadata of each circuit, where this process has more than the job keeps.
            info: what a list of jobs says of it.
        """
        super().__init__(backend, job.id)
        self._job = job
        self._memory = memory
        self._metadata = metadata
        self._info = info
        self._seen = None if info is None else info.state
        self._results: dict[tuple[Any, ...], Result] = {}

    def __repr__(self) -> str:
        return f"<KetbridgeJob {self.address!r}>"

    @property
    def address(self) -> str:
        """What opens the job anywhere: ``[account:]cloud/<id>``."""
        return self._job.address

    def backend(self) -> KetbridgeBackend:
        """Return the backend that runs the job.

        Raises:
            TransportError: the service had to be asked for it and could not be.
        """
        if self._backend is None:
            from .backends import kind_of

            kind = kind_of(self._job.cloud.name)
            self._backend = kind(self._job.cloud, self._job.request().backend)
        return self._backend

    def submit(self) -> None:
        """Refuse: ``backend.run`` has submitted it.

        Raises:
            JobError: always.
        """
        raise QiskitJobError(f"{self.address} was submitted when it was made")

    def state(self) -> JobState:
        """Return what the service says of the job: status, queue, times, failure.

        Raises:
            TransportError: the service could not be asked.
        """
        self._seen = self._job.state()
        return self._seen

    def status(self) -> JobStatus:
        """Return the job's status.

        Raises:
            TransportError: the service could not be asked.
        """
        return STATUS[self.state().status]

    def result(
        self,
        timeout: float | None = None,
        *,
        memory: bool | None = None,
        progress: bool | Progress | None = None,
        **options: Any,
    ) -> Result:
        """Wait, and return the result; the same at every call and on every machine.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.
            memory: whether the result has the outcome of each shot; None for as ``run`` was told.
            progress: as `wait` takes it.
            **options: result options of the cloud, for IonQ ``sharpen=True``.

        Raises:
            JobFailed: the job failed; ``code`` and ``reason`` are the service's.
            JobCancelled: the job was cancelled.
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job or never gave its result.
            TransportError: the result could not be fetched.
        """
        memory = self._memory if memory is None else memory
        key = memory, *sorted(options.items())
        if key not in self._results:
            left_s = countdown(timeout)
            self.wait(timeout, progress)
            with as_qiskit_errors(), shown(self.address, progress):
                measured = self._job.result(left_s(), **options)
            request = self._job.request()
            self._results[key] = results.build(
                request.backend,
                self._job.id,
                request.programs,
                measured,
                memory=memory,
                seed=request.seed,
                metadata=self._metadata,
            )
        return self._results[key]

    def wait(
        self,
        timeout: float | None = None,
        progress: bool | Progress | None = None,
    ) -> JobStatus:
        """Wait until the job has ended, however it ended.

        Args:
            timeout: how long to wait, in seconds; None for as long as it takes.
            progress: None or True for a bar in a notebook, a line in a terminal and nothing
                elsewhere; False for nothing; or a function that is called with the state and the
                seconds since the start after each answer.

        Raises:
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job.
        """
        with as_qiskit_errors(), shown(self.address, progress) as show:
            self._seen = self._job.wait(timeout, progress=show)
        return STATUS[self._seen.status]

    def wait_for_final_state(
        self,
        timeout: float | None = None,
        wait: float = 5,
        callback: Callable[..., None] | None = None,
    ) -> None:
        """Wait until the job has ended; see `wait`.

        Args:
            timeout: how long to wait, in seconds; None for as long as it takes.
            wait: has no effect: how often to ask follows from how long the job takes.
            callback: called with the job's id, its status and the job after each answer.

        Raises:
            JobTimeout: the time is over; the job goes on.
        """
        if callback is None:
            self.wait(timeout)
        else:
            self.wait(timeout, lambda state, _: callback(self._job.id, STATUS[state.status], self))

    def cancel(self) -> None:
        """Ask the service to cancel the job; it may still end otherwise.

        Raises:
            TransportError: the service did not confirm it.
        """
        self._job.cancel()

    def delete(self) -> None:
        """Delete the job and its results at the service and in this computer's record.

        Raises:
            TransportError: the service did not confirm it.
        """
        self._job.delete()

    def cost(self) -> Cost:
        """Return what the job costs, in the service's unit.

        Raises:
            TransportError: the service could not be asked.
        """
        return self._job.cost()

    def estimate(self) -> Cost:
        """Return what the service estimated that the job would cost.

        Raises:
            ProgramError: the service does not estimate it.
            TransportError: the service could not be asked.
        """
        cloud = self._job.cloud
        return cloud.run(cloud.job_estimate_flow(self._job.id, self._job.request()))

    def compiled_circuit(self, language: str | None = None) -> QuantumCircuit:
        """Return the circuit as the service has compiled it, for a job of one circuit.

        Args:
            language: one of the cloud's, for IonQ ``native`` or ``qasm3``; None for its first.

        Raises:
            ProgramError: the service does not give compiled circuits, or not in this language.
            ProtocolError: the service's answer cannot be read.
            TransportError: the service could not be asked, or has none for this job.
        """
        from .compiled import read

        cloud = self._job.cloud
        wanted = next(iter(cloud.compiled), "") if language is None else language
        if cloud.compiled and wanted not in cloud.compiled:
            known = ", ".join(cloud.compiled)
            raise errors.ProgramError(f"compiled circuits are in {known}, not {wanted!r}")
        text = cloud.run(cloud.compiled_flow(self._job.id, wanted))
        return read(text, cloud.compiled[wanted])

    def variants(self, timeout: float | None = None) -> list[JobVariant]:
        """Wait, and return the runs that each result is joined from; none where it is one run.

        Args:
            timeout: how long to wait, in seconds; None for as long as it takes.

        Raises:
            JobTimeout: the time is over; the job goes on.
            ProgramError: the service does not run circuits in variants.
            TransportError: the service could not be asked.
        """
        self.wait(timeout)
        cloud, request = self._job.cloud, self._job.request()
        found = cloud.run(cloud.variant_results_flow(self._job.id, request))
        programs = [request.programs[variant.circuit] for variant in found]
        built = results.build(
            request.backend, self._job.id, programs, [one.measured for one in found], memory=False
        )
        return [
            JobVariant(one.id, one.circuit, one.qubit_map, one.measured.shots, built.get_counts(at))
            for at, one in enumerate(found)
        ]

    @property
    def name(self) -> str:
        """The job's name; asks the service only if neither a list nor the record has it."""
        return self._job.request().name if self._info is None else self._info.name

    @property
    def tags(self) -> list[str]:
        """The job's labels; asks the service only if neither a list nor the record has them."""
        return list(self._job.request().tags if self._info is None else self._info.tags)

    @property
    def queue_s(self) -> float | None:
        """Seconds from when it was made to its start; None before that or where it is not said."""
        state = self.state()
        if state.created is None or state.started is None:
            return None
        return (state.started - state.created).total_seconds()

    @property
    def run_s(self) -> float | None:
        """Seconds that it ran; None before its end or where the service does not say."""
        state = self.state()
        if state.run_s is not None or state.started is None or state.ended is None:
            return state.run_s
        return (state.ended - state.started).total_seconds()

    def _repr_html_(self) -> str:
        from .display import job_html

        backend = self._backend.name if self._backend else self._info.backend if self._info else ""
        name, tags = (self._info.name, self._info.tags) if self._info else ("", ())
        return job_html(self.address, name, backend, tags, self._seen)

    @property
    def metadata(self) -> dict[str, str]:
        """The strings that ``run(metadata=...)`` stored with the job."""
        return dict(self._job.request().metadata)

    @metadata.setter
    def metadata(self, given: Mapping[str, str]) -> None:
        """Take what the base class sets when the job is made, which is empty."""
        if given:
            raise AttributeError("metadata of a job is given to run(metadata=...)")


def job(address: str, *, memory: bool = False) -> KetbridgeJob:
    """Open a job from any process or machine; asks nothing yet.

    Args:
        address: ``[account:]cloud/<job id>``.
        memory: whether results have the outcome of each shot.

    Raises:
        AddressError: the address is not of that form.
        CredentialError: there is no such account, or it cannot be used.
    """
    from ketbridge.connection import job as open_job

    return KetbridgeJob(open_job(address), memory=memory)

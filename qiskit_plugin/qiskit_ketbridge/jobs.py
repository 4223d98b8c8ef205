"""A job at a cloud as a Qiskit job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobError as QiskitJobError
from qiskit.providers import JobStatus, JobV1
from qiskit.result import Result

from ketbridge import Cost, JobState, errors
from ketbridge import JobStatus as State

from . import results
from .errors import as_qiskit_error

if TYPE_CHECKING:
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


class KetbridgeJob(JobV1):
    """A job at a cloud. Opening it asks nothing; ``job(address)`` opens it anywhere.

    Attributes:
        address: what opens it in another process or on another machine, ``ionq/<id>``.
    """

    def __init__(
        self,
        job: Job,
        backend: KetbridgeBackend | None = None,
        *,
        memory: bool = False,
        metadata: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        """Wrap a job of the core.

        Args:
            job: the job.
            backend: where it runs; None where that is asked when it is needed.
            memory: whether results have the outcome of each shot.
            metadata: metadata of each circuit, where this process has more than the job keeps.
        """
        super().__init__(backend, job.id)
        self._job = job
        self._memory = memory
        self._metadata = metadata
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
        return self._job.state()

    def status(self) -> JobStatus:
        """Return the job's status.

        Raises:
            TransportError: the service could not be asked.
        """
        return STATUS[self._job.status()]

    def result(
        self, timeout: float | None = None, *, memory: bool | None = None, **options: Any
    ) -> Result:
        """Wait, and return the result; the same at every call and on every machine.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.
            memory: whether the result has the outcome of each shot; None for as ``run`` was told.
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
            try:
                measured = self._job.result(timeout, **options)
            except errors.JobError as error:
                raise as_qiskit_error(error) from error
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
        progress: Callable[[JobState, float], None] | None = None,
    ) -> JobStatus:
        """Wait until the job has ended, however it ended.

        Args:
            timeout: how long to wait, in seconds; None for as long as it takes.
            progress: called with the state and the seconds since the start after each answer.

        Raises:
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job.
        """
        try:
            return STATUS[self._job.wait(timeout, progress=progress).status]
        except errors.JobError as error:
            raise as_qiskit_error(error) from error

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

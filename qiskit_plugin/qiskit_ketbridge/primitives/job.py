"""The job of a primitive: one call, one or more jobs at the service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from qiskit.primitives import BasePrimitiveJob, PrimitiveResult
from qiskit.providers import JobStatus

from ..errors import as_qiskit_errors
from ..jobs import STATUS
from .flight import Flight

if TYPE_CHECKING:
    from ketbridge import Cost, Measurements

    Build = Callable[[list[Measurements]], PrimitiveResult[Any]]


class PrimitiveJob(BasePrimitiveJob[PrimitiveResult[Any], JobStatus]):
    """What `SamplerV2.run` and `EstimatorV2.run` return. Everything has been sent already."""

    def __init__(self, flight: Flight, build: Build) -> None:
        """Hold the jobs of a call.

        Args:
            flight: the jobs.
            build: makes the result of what each circuit measured.
        """
        addresses = [part.job.address for part in flight.parts]
        super().__init__(addresses[0] if addresses else "")
        self.addresses = tuple(addresses)
        self._flight = flight
        self._build = build
        self._result: PrimitiveResult[Any] | None = None

    def result(self, timeout: float | None = None) -> PrimitiveResult[Any]:
        """Wait for all jobs and return their results as one; the same at every call.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.

        Raises:
            JobFailed: a job failed; ``code`` and ``reason`` are the service's.
            JobCancelled: a job was cancelled.
            JobTimeout: the time is over; the jobs go on.
            JobLost: the service does not know a job or never gave its result.
            TransportError: a result could not be fetched.
        """
        if self._result is None:
            with as_qiskit_errors():
                self._result = self._build(self._flight.measurements(timeout))
        return self._result

    def status(self) -> JobStatus:
        """Return the status of the call: of its least advanced job, a failure first."""
        return least_advanced(STATUS[state.status] for state in self._flight.states())

    def done(self) -> bool:
        """Return whether all jobs have a result."""
        return self.status() == JobStatus.DONE

    def running(self) -> bool:
        """Return whether a job runs and none waits."""
        return self.status() == JobStatus.RUNNING

    def cancelled(self) -> bool:
        """Return whether a job was cancelled."""
        return self.status() == JobStatus.CANCELLED

    def in_final_state(self) -> bool:
        """Return whether all jobs have ended."""
        return all(state.status.final for state in self._flight.states())

    def cancel(self) -> None:
        """Ask the service to cancel every job that has not ended."""
        with as_qiskit_errors():
            for part in self._flight.parts:
                if not part.job.state().status.final:
                    part.job.cancel()

    def costs(self) -> list[Cost]:
        """Return what each job costs, in the order of `addresses`."""
        with as_qiskit_errors():
            return self._flight.costs()


def least_advanced(found: Iterable[JobStatus]) -> JobStatus:
    """Return the status of jobs taken together: of the least advanced one, a failure first."""
    known = set(found)
    return next((status for status in _ORDER if status in known), JobStatus.DONE)


_ORDER = (
    JobStatus.ERROR,
    JobStatus.CANCELLED,
    JobStatus.QUEUED,
    JobStatus.INITIALIZING,
    JobStatus.RUNNING,
)

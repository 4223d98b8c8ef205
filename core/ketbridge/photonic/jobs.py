"""A photonic job: the core's job, whose result is Perceval's."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import connection
from ..jobs.handle import Job
from ..jobs.state import Cost, JobState, JobStatus
from . import results

if TYPE_CHECKING:
    from ..jobs.waiting import Progress


class PhotonicJob:
    """A photonic job, opened anywhere by its address. Making it asks nothing.

    Threads may share it. Pickled, it is its address, and is opened with the credentials of
    wherever it is read.

    Attributes:
        job: the job without Perceval: its document, its request.
    """

    def __init__(self, job: Job) -> None:
        """Read a job's result with Perceval.

        Args:
            job: the job, for example ``ketbridge.job("kipu/<id>")``.
        """
        self.job = job
        self._result: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The service's id."""
        return self.job.id

    @property
    def address(self) -> str:
        """Address that opens it anywhere: ``kipu/<id>``, the account in front if it has one."""
        return self.job.address

    def __repr__(self) -> str:
        return f"PhotonicJob({self.address!r})"

    def __reduce__(self) -> tuple[Callable[[str], PhotonicJob], tuple[str]]:
        return job, (self.address,)

    def state(self) -> JobState:
        """Return the job's state; once it has ended, without asking again.

        Raises:
            TransportError: the service could not be asked.
        """
        return self.job.state()

    def status(self) -> JobStatus:
        """Return the status of `state`."""
        return self.state().status

    def wait(self, timeout_s: float | None = None, *, progress: Progress | None = None) -> JobState:
        """Wait until the job has ended; see `ketbridge.job`'s ``wait``.

        Raises:
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job.
            TransportError: asking again cannot help, or, without a timeout, has not for 15 min.
        """
        return self.job.wait(timeout_s, progress=progress)

    def result(self, timeout_s: float | None = None) -> dict[str, Any]:
        """Wait, and return the result as Perceval's algorithms do; the same at every call.

        Args:
            timeout_s: how long it may take, the wait included; None for as long as it takes.

        Returns:
            ``results`` (a `BSDistribution`, `BSCount` or `BSSamples`) or, for iterations,
            ``results_list``, with the performances beside it.

        Raises:
            JobFailed: the job failed; with the service's code and reason.
            JobCancelled: the job was cancelled.
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job or never gave its result.
            TransportError: the result could not be fetched, or is no photonic one.
        """
        if self._result is None:
            self._result = results.read(self.job.raw_result(timeout_s), self.address)
        return self._result

    async def aresult(self, timeout_s: float | None = None) -> dict[str, Any]:
        """Wait asynchronously and return the result; see `result`."""
        if self._result is None:
            self._result = results.read(await self.job.araw_result(timeout_s), self.address)
        return self._result

    def cancel(self) -> None:
        """Ask the service to cancel the job; it may still end otherwise.

        Raises:
            TransportError: the service did not confirm it.
        """
        self.job.cancel()

    def cost(self) -> Cost:
        """Estimate what the job costs by the machine's list prices.

        Raises:
            ProgramError: the machine has no prices, or the job has not run yet.
            TransportError: the service could not be asked.
        """
        return self.job.cost()


def job(address: str) -> PhotonicJob:
    """Open a photonic job from any process or machine; asks nothing yet.

    Args:
        address: ``[account:]kipu/<job id>``.

    Raises:
        AddressError: the address is not of that form.
        CredentialError: there is no such account, or it cannot be used.
    """
    return PhotonicJob(connection.job(address))

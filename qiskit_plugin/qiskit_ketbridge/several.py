"""The jobs of one ``backend.run``, on a machine that takes fewer circuits in a job, as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from qiskit.providers import JobStatus, JobV1
from qiskit.result import Result

from .countdown import countdown
from .jobs import KetbridgeJob
from .primitives.job import least_advanced
from .shortcuts import Shortcuts

if TYPE_CHECKING:
    from ketbridge import Cost

    from .backends import KetbridgeBackend
    from .progress import Progress


class SeveralJobs(JobV1, Shortcuts):
    """The jobs of one call; each is opened elsewhere by its own address.

    Attributes:
        jobs: the jobs, in the order of the circuits.
        addresses: what opens them in another process or on another machine.
    """

    def __init__(self, jobs: Sequence[KetbridgeJob], backend: KetbridgeBackend) -> None:
        """Hold jobs together; ``job_id()`` is that of the first.

        Args:
            jobs: at least one job.
            backend: where they run.
        """
        super().__init__(backend, jobs[0].job_id())
        self.jobs = tuple(jobs)
        self.addresses = tuple(job.address for job in jobs)

    def __repr__(self) -> str:
        return f"<SeveralJobs {len(self.jobs)}, the first {self.addresses[0]!r}>"

    def submit(self) -> None:
        """Refuse: ``backend.run`` has submitted them.

        Raises:
            JobError: always.
        """
        self.jobs[0].submit()

    def result(
        self,
        timeout: float | None = None,
        *,
        memory: bool | None = None,
        progress: bool | Progress | None = None,
        **options: Any,
    ) -> Result:
        """Wait for all jobs, and return their results as one; see `KetbridgeJob.result`.

        Args:
            timeout: how long all of it may take, in seconds; None for as long as it takes.
            memory: as for one job.
            progress: as for one job.
            **options: as for one job.

        Raises:
            JobError: a job ended without a result, or the time is over.
            TransportError: a result could not be fetched.
        """
        left_s = countdown(timeout)
        found = [
            job.result(left_s(), memory=memory, progress=progress, **options) for job in self.jobs
        ]
        return Result(
            backend_name=found[0].backend_name,
            backend_version=found[0].backend_version,
            job_id=self.job_id(),
            success=all(one.success for one in found),
            status="COMPLETED",
            results=[experiment for one in found for experiment in one.results],
        )

    def status(self) -> JobStatus:
        """Return the status of the least advanced job, a failure first.

        Raises:
            TransportError: the service could not be asked.
        """
        return least_advanced(job.status() for job in self.jobs)

    def wait_for_final_state(
        self,
        timeout: float | None = None,
        wait: float = 5,
        callback: Callable[..., None] | None = None,
    ) -> None:
        """Wait until all jobs have ended; see `KetbridgeJob.wait_for_final_state`.

        Raises:
            JobTimeout: the time is over; the jobs go on.
        """
        left_s = countdown(timeout)
        for job in self.jobs:
            job.wait_for_final_state(left_s(), wait, callback)

    def cancel(self) -> None:
        """Ask the service to cancel every job that has not ended.

        Raises:
            TransportError: the service did not confirm it.
        """
        for job in self.jobs:
            if not job.in_final_state():
                job.cancel()

    def delete(self) -> None:
        """Delete the jobs at the service and in this computer's record.

        Raises:
            TransportError: the service did not confirm it.
        """
        for job in self.jobs:
            job.delete()

    def costs(self) -> list[Cost]:
        """Return what each job costs, in the service's unit.

        Raises:
            TransportError: the service could not be asked.
        """
        return [job.cost() for job in self.jobs]

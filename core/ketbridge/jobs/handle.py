"""A job at a service: asked for its state, waited for, read."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..address import Address, check_segment
from ..errors import (
    DeadlineExceeded,
    JobCancelled,
    JobFailed,
    JobLost,
    JobTimeout,
    LedgerError,
    NotFound,
    TransportError,
)
from ..transport.operation import Flow, Pause
from .state import Cost, JobState, JobStatus
from .submission import Request
from .waiting import FIRST_S, GRACE_S, Clock, Progress, Wait, about

if TYPE_CHECKING:
    from ..clouds.base import Cloud
    from ..clouds.document import Document
    from ..results import Measurements

T = TypeVar("T")

RESULT_RETRY_S = 1.0
"""How long after a result was not there yet it is asked for again."""


class Job:
    """A job at a service. Making it asks nothing; it can be opened anywhere by its address.

    Threads may share it. Pickled, it is its address, and is opened with the credentials of
    wherever it is read.

    Attributes:
        id: the service's id.
        cloud: the cloud that it is opened with.
    """

    def __init__(self, cloud: Cloud, job_id: str, request: Request | None = None) -> None:
        """Open a job.

        Args:
            cloud: where it runs.
            job_id: the service's id.
            request: what was asked, where the caller knows it.

        Raises:
            AddressError: the id cannot be one.
        """
        self.id = check_segment(job_id, "job id")
        self.cloud = cloud
        self._request = request
        self._final: JobState | None = None
        self._results: dict[str, list[Measurements]] = {}

    @property
    def address(self) -> str:
        """Address that opens it anywhere: ``ionq/<id>``, the account in front if it has one."""
        return str(Address(self.cloud.name, self.id, self.cloud.account.at.account))

    def __repr__(self) -> str:
        return f"Job({self.address!r})"

    def __reduce__(self) -> tuple[Callable[[str], Job], tuple[str]]:
        import ketbridge

        return ketbridge.job, (self.address,)

    # -- synchronous ------------------------------------------------------------------------------

    def request(self) -> Request:
        """Return what was asked; from this computer's record, else from what the service keeps.

        Raises:
            TransportError: the service had to be asked and could not be.
        """
        return self.cloud.run(self._request_flow())

    def state(self) -> JobState:
        """Return the job's state; once it has ended, without asking again.

        Raises:
            TransportError: the service could not be asked.
        """
        return self.cloud.run(self._state_flow())

    def status(self) -> JobStatus:
        """Return the status of `state`."""
        return self.state().status

    def wait(self, timeout_s: float | None = None, *, progress: Progress | None = None) -> JobState:
        """Wait until the job has ended.

        Faults on the way to the service do not end the wait before its time is over, except those
        that asking again cannot mend. Ctrl-C leaves the job running.

        Args:
            timeout_s: how long to wait; None for as long as it takes, 0 to ask just once.
            progress: called with the state and the seconds since the start after each answer.

        Raises:
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job.
            TransportError: asking again cannot help, or, without a timeout, has not for 15 min.
        """
        with self._left_running():
            flow = self.wait_flow(timeout_s, progress)
            return self.cloud.run(flow, timeout_s=_limit_s(timeout_s))

    def result(self, timeout_s: float | None = None, **result_options: Any) -> list[Measurements]:
        """Wait, and return what was measured: one entry a program, in its classical bits.

        The result is the same at every call and on every machine.

        Args:
            timeout_s: how long it may take, the wait included; None for as long as it takes.
            **result_options: options of this cloud, as its ``result_options`` lists them.

        Raises:
            JobFailed: the job failed; with the service's code and reason.
            JobCancelled: the job was cancelled.
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job or never gave its result.
            TransportError: the result could not be fetched.
        """
        with self._left_running():
            flow = self.result_flow(timeout_s, result_options)
            return self.cloud.run(flow, timeout_s=_limit_s(timeout_s))

    def raw_result(self, timeout_s: float | None = None) -> Document:
        """Wait, and return the result as the service gives it; it is not kept.

        For results that are more than measurements: a state vector, a photonic or an analog
        result, the document of an SDK.

        Args:
            timeout_s: how long it may take, the wait included; None for as long as it takes.

        Raises:
            ProgramError: the cloud gives no single document.
            JobFailed: the job failed; with the service's code and reason.
            JobCancelled: the job was cancelled.
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job or never gave its result.
            TransportError: the result could not be fetched.
        """
        with self._left_running():
            return self.cloud.run(self.raw_result_flow(timeout_s), timeout_s=timeout_s)

    def cancel(self) -> None:
        """Ask the service to cancel the job; it may still end otherwise.

        Raises:
            TransportError: the service did not confirm it.
        """
        self.cloud.run(self._named(self.cloud.cancel_flow(self.id)))

    def delete(self) -> None:
        """Delete the job and its results at the service and in this computer's record.

        Raises:
            TransportError: the service did not confirm it; the record is kept.
        """
        self.cloud.run(self._named(self.cloud.delete_flow(self.id)))
        self.cloud.ledger.forget(self.cloud.name, self.id)

    def cost(self) -> Cost:
        """Return what the job costs.

        Raises:
            TransportError: the service could not be asked.
        """
        return self.cloud.run(self._named(self.cloud.cost_flow(self.id)))

    # -- asynchronous -----------------------------------------------------------------------------

    async def astate(self) -> JobState:
        """Return the job's state asynchronously; see `state`."""
        return await self.cloud.arun(self._state_flow())

    async def await_done(
        self, timeout_s: float | None = None, *, progress: Progress | None = None
    ) -> JobState:
        """Wait asynchronously until the job has ended; see `wait`."""
        flow = self.wait_flow(timeout_s, progress)
        return await self.cloud.arun(flow, timeout_s=_limit_s(timeout_s))

    async def aresult(
        self, timeout_s: float | None = None, **result_options: Any
    ) -> list[Measurements]:
        """Wait asynchronously and return what was measured; see `result`."""
        flow = self.result_flow(timeout_s, result_options)
        return await self.cloud.arun(flow, timeout_s=_limit_s(timeout_s))

    async def araw_result(self, timeout_s: float | None = None) -> Document:
        """Wait asynchronously and return the result as it is; see `raw_result`."""
        return await self.cloud.arun(self.raw_result_flow(timeout_s), timeout_s=timeout_s)

    async def acancel(self) -> None:
        """Ask the service to cancel the job asynchronously; see `cancel`."""
        await self.cloud.arun(self._named(self.cloud.cancel_flow(self.id)))

    # -- flows ------------------------------------------------------------------------------------

    def wait_flow(
        self, timeout_s: float | None = None, progress: Progress | None = None
    ) -> Flow[JobState]:
        """Ask until the job has ended; see `wait`."""
        if self._final is not None:
            return self._final
        wait = Wait(self.address, self._ask_flow, self._clock(), timeout_s, progress)
        return (yield from wait.flow())

    def result_flow(
        self, timeout_s: float | None, result_options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Wait and fetch; see `result`."""
        key = json.dumps(result_options, sort_keys=True, default=repr)
        if key not in self._results:
            state = yield from self.wait_flow(timeout_s)
            self._check_done(state)
            fetched = yield from self._fetch_flow(state, result_options, timeout_s)
            self._results.setdefault(key, fetched)
        return list(self._results[key])

    def raw_result_flow(self, timeout_s: float | None = None) -> Flow[Document]:
        """Wait and fetch the result as it is; see `raw_result`."""
        state = yield from self.wait_flow(timeout_s)
        self._check_done(state)
        return (yield from self._late(lambda: self.cloud.document_flow(self.id, state), timeout_s))

    def _state_flow(self) -> Flow[JobState]:
        return (yield from self._named(self._ask_flow()))

    def _ask_flow(self) -> Flow[JobState]:
        if self._final is None:
            state = yield from self.cloud.state_flow(self.id)
            if not state.status.final:
                return state
            self._final = state
        return self._final

    def _request_flow(self) -> Flow[Request]:
        if self._request is None:
            self._request = self._recorded()
        if self._request is None:
            self._request = yield from self._named(self.cloud.recall_flow(self.id))
        return self._request

    def _fetch_flow(
        self, state: JobState, options: Mapping[str, Any], timeout_s: float | None
    ) -> Flow[list[Measurements]]:
        def fetch() -> Flow[list[Measurements]]:
            request = yield from self._request_flow()
            return (yield from self.cloud.fetch_flow(self.id, state, request, options))

        return (yield from self._late(fetch, timeout_s))

    def _late(self, fetch: Callable[[], Flow[T]], timeout_s: float | None) -> Flow[T]:
        """Fetch a result, which may come a little later than the news that the job is done."""
        now = self._clock().now
        start = now()
        while True:
            try:
                return (yield from fetch())
            except NotFound as error:
                if now() - start >= GRACE_S:
                    raise JobLost(
                        f"{self.address} is done and its result is not there: {error}",
                        job=self.address,
                    ) from error
            except DeadlineExceeded as error:
                raise self._too_late(timeout_s) from error
            except TransportError as error:
                raise about(self.address, error) from None
            try:
                yield Pause(RESULT_RETRY_S)
            except DeadlineExceeded as error:
                raise self._too_late(timeout_s) from error

    def _named(self, flow: Flow[T]) -> Flow[T]:
        try:
            return (yield from flow)
        except TransportError as error:
            raise about(self.address, error) from None

    # -- the rest ---------------------------------------------------------------------------------

    def _recorded(self) -> Request | None:
        """Look into the ledger; one that cannot be read knows the job no better than none."""
        try:
            submission = self.cloud.ledger.find(self.cloud.name, self.id)
        except LedgerError:
            return None
        return None if submission is None else submission.request

    def _check_done(self, state: JobState) -> None:
        if state.status is JobStatus.FAILED:
            words = ": ".join(word for word in (state.failure_code, state.failure_reason) if word)
            raise JobFailed(
                f"{self.address} failed: {words or 'the service gives no reason'}",
                job=self.address,
                code=state.failure_code,
                reason=state.failure_reason,
            )
        if state.status is JobStatus.CANCELLED:
            why = f": {state.failure_reason}" if state.failure_reason else ""
            raise JobCancelled(f"{self.address} was cancelled{why}", job=self.address)

    def _too_late(self, timeout_s: float | None) -> JobTimeout:
        within = "in time" if timeout_s is None else f"within {timeout_s:g} s"
        return JobTimeout(
            f"{self.address} is done, but its result could not be fetched {within}; it can be "
            "asked for again",
            job=self.address,
        )

    def _clock(self) -> Clock:
        settings = self.cloud.client.settings
        return Clock(settings.clock, settings.rng)

    @contextlib.contextmanager
    def _left_running(self) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            sys.stderr.write(f"\n{self.address} goes on; open it again by this address\n")
            raise


def _limit_s(timeout_s: float | None) -> float | None:
    """Return the deadline of a wait's requests: even one without time asks once."""
    return None if timeout_s is None else max(timeout_s, FIRST_S)

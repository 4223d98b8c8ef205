"""IBM Qiskit Runtime as a `Cloud`: every flow, each a few operations and a pure reading."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from ...errors import ProgramError, RequestRefused, ServiceError, TransportError
from ...jobs.state import Cost, JobInfo, JobState, JobStatus
from ...jobs.submission import Request, Submission
from ...transport.operation import Flow, Operation, RateLimit
from ..base import BackendInfo, Cloud, Document
from ..ibm_shared.machines import Machine, describe
from ..paging import Pages
from ..sessions import SessionInfo, SessionLimits
from . import fetching, instances, lookup, machines, operations, payload, readings, recall
from .models import (
    CreateJobResponse,
    CreateSessionRequest,
    JobMetrics,
    JobResponse,
    ResultBody,
    Workload,
)
from .options import RESULT, RUN, check_request, longest_life, refuse_unknown

if TYPE_CHECKING:
    from ...accounts import Account
    from ...jobs.ledger import Ledger
    from ...results import Measurements
    from ...transport import Client
    from .directory import InstanceInfo

T = TypeVar("T")
MACHINE_AGE_S = 600.0
"""How long a machine's configuration and properties are used again."""
PAGE = 50
_CONFLICT = 409

SETTINGS = {
    "instance": "CRN or name of the instance, or name of a saved account whose instance it is",
    "region": "region of the service, instead of the instance's own, or of the instance",
    "tags": "labels that the instance has, where it is searched for",
    "plans_preference": "names of plans, the best first, where the instance is searched for",
    "api_version": "version of the API, YYYY-MM-DD",
    "iam_url": "where API keys are exchanged for tokens",
    "search_url": "where instances are searched for",
    "catalog_url": "where plans of instances are described",
    "channel": "kept by the service's own client; not used",
    "platform_url": "kept by the service's own client; not used",
    "settle_s": "seconds after which the list of jobs shows a job for sure",
    "machine_age_s": "seconds for which the documents of a machine are used again",
    "jobs_per_minute": "submissions a minute, 5 as the service documents; 0 for no limit",
}

_FILTERS = {
    "backend": "backend",
    "session": "session_id",
    "program": "program",
    "pending": "pending",
    "tags": "tags",
    "created_after": "created_after",
    "created_before": "created_before",
    "sort": "sort",
    "limit": "limit",
}


class IbmCloud(Cloud):
    """IBM Qiskit Runtime REST API, API versions 2026-02-01 and 2026-03-15."""

    name: ClassVar[str] = "ibm"
    options: ClassVar[Mapping[str, str]] = RUN
    result_options: ClassVar[Mapping[str, str]] = RESULT
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    listed_after_s: ClassVar[float] = 2.0

    def __init__(
        self, account: Account, *, client: Client | None = None, ledger: Ledger | None = None
    ) -> None:
        super().__init__(account, client=client, ledger=ledger)
        self._machines: dict[str, tuple[float, Machine]] = {}

    def make_client(self) -> Client:
        """Make the client of the account's instance.

        Raises:
            CredentialError: the account names no usable instance.
            AddressError: a URL, the region or the API version is not usable.
            TransportError: the instance had to be searched for, and could not be.
        """
        from .connecting import client

        return client(self.account)

    async def asend(self, operation: Operation[T], *, timeout_s: float | None = None) -> T:
        """Carry out one operation asynchronously; see `Cloud.send`."""
        await self._connect()
        return await super().asend(operation, timeout_s=timeout_s)

    async def arun(self, flow: Flow[T], *, timeout_s: float | None = None) -> T:
        """Carry out a flow asynchronously; see `Cloud.run`."""
        await self._connect()
        return await super().arun(flow, timeout_s=timeout_s)

    async def _connect(self) -> None:
        """Search for the instance beside the event loop, where it has to be searched for."""
        if self._client is None and instances.crn(self.account) is None:
            await asyncio.to_thread(lambda: self.client)

    def instance_crn(self) -> str:
        """Return the CRN of the instance, which is searched for where the account gives none.

        Raises:
            CredentialError: the account names no usable instance.
            TransportError: it had to be searched for, and could not be.
        """
        from .connecting import CRN_FIELD

        return instances.crn(self.account) or dict(self.client.settings.headers)[CRN_FIELD]

    def instances(self) -> list[InstanceInfo]:
        """Search for the instances that the account's key may use, with their plans.

        Raises:
            CredentialError: there is no key.
            TransportError: the search could not be asked.
        """
        from .connecting import listed

        return listed(self.account)

    @property
    def api_version(self) -> str:
        """The version of the API that is asked for."""
        from .connecting import api_version

        return api_version(self.account)

    # -- machines ---------------------------------------------------------------------------------

    def backends_flow(self) -> Flow[list[BackendInfo]]:
        """List the machines with their queues, in one request; without gates and calibrations."""
        return machines.listing()

    def backend_flow(self, name: str) -> Flow[BackendInfo]:
        """Describe one machine: its documents, which are kept a while, and its queue now."""
        machine = yield from self.machine_flow(name)
        return (yield from machines.with_status(name, machine))

    def machine_flow(self, name: str, calibration_id: str | None = None) -> Flow[Machine]:
        """Fetch configuration and properties of a machine, kept for ``machine_age_s``.

        Args:
            name: the machine.
            calibration_id: for another calibration than the newest; it is not kept.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        if calibration_id is not None:
            return (yield from machines.documents(name, calibration_id))
        age_s = float(self.account.settings.get("machine_age_s", MACHINE_AGE_S))
        at, machine = self._machines.get(name, (0.0, None))
        if machine is None or time.monotonic() - at > age_s:
            machine = yield from machines.documents(name)
            self._machines[name] = (time.monotonic(), machine)
        return machine

    def refresh(self, name: str) -> None:
        """Forget what is kept of a machine, so that it is asked for again."""
        self._machines.pop(name, None)

    # -- jobs -------------------------------------------------------------------------------------

    def check(self, request: Request) -> None:
        """Refuse what cannot run; the machine's limits where it was asked for before.

        Raises:
            ProgramError: with what was wrong, where, and what is allowed.
            UnknownOptionError: an option does not exist; with the nearest.
        """
        _, machine = self._machines.get(request.backend, (0.0, None))
        info = None if machine is None else describe(machine, request.backend, self.name)
        check_request(request, info, self.api_version)

    def submit_flow(self, submission: Submission) -> Flow[str]:
        """Submit, and return the job's id; an unclear outcome is looked up by the job's tag."""
        create = self._paced(operations.create_job(payload.encode(submission)))
        try:
            reply = yield create.reconciled_by(lambda: lookup.find(submission), self.settle_s)
        except ServiceError as error:
            yield from machines.blame(submission.request.backend, error)
            raise
        return str(reply.id)

    def find_flow(self, submission: Submission) -> Flow[str | None]:
        """Ask for the job that has a submission's tag."""
        reply = yield from lookup.find(submission)
        return None if reply is None else str(reply.id)

    def state_flow(self, job_id: str) -> Flow[JobState]:
        """Ask for the state of a job; while it is queued, also for its place in the queue."""
        job = yield operations.get_job(job_id, exclude_params=True)
        state = readings.state(job)
        if state.status is not JobStatus.QUEUED or self.api_version >= "2026-03-15":
            return state
        try:
            metrics = yield operations.get_job_metrics_jid(job_id)
        except TransportError:
            return state  # the state is known; only its place in the queue is not
        return readings.state(job, metrics, datetime.now(UTC))

    def recall_flow(self, job_id: str) -> Flow[Request]:
        """Recover what was asked, circuits included unless the job is private."""
        return recall.request((yield operations.get_job(job_id, exclude_params=False)))

    def fetch_flow(
        self, job_id: str, state: JobState, request: Request, options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Fetch the result of a finished sampler job, one entry a program, in classical bits.

        Raises:
            ProgramError: the job was no sampler's; `result_body_flow` has its result.
            UnknownOptionError: there are no result options.
        """
        refuse_unknown(options, RESULT, "result option")
        job = yield from self._job(job_id, state)
        found = yield from fetching.body(job, self.ledger)
        return fetching.measurements(job, request, found)

    def result_body_flow(self, job_id: str, state: JobState | None = None) -> Flow[ResultBody]:
        """Fetch the result of a finished job of any program as the service gives it.

        The result of a private job is in the ledger before this returns, and comes from there
        when it is asked for again.

        Args:
            job_id: the job.
            state: its last known state, which saves a request.

        Raises:
            NotFound: it has no result yet.
        """
        job = yield from self._job(job_id, state)
        return (yield from fetching.body(job, self.ledger))

    def document_flow(self, job_id: str, state: JobState) -> Flow[Document]:
        """Fetch the result of a finished job as the service gives it; see `result_body_flow`."""
        found = yield from self.result_body_flow(job_id, state)
        return Document(found.content, found.media_type, found.request_id)

    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job; one that is cancelled already needs no more.

        Raises:
            RequestRefused: it has ended otherwise (409).
        """
        try:
            yield operations.cancel_job_jid(job_id)
        except RequestRefused as error:
            if error.status != _CONFLICT:
                raise
            job = yield from self._job(job_id, None)
            if readings.status(job.status) is not JobStatus.CANCELLED:
                raise

    def delete_flow(self, job_id: str) -> Flow[None]:
        """Delete a job that has ended, and its results, at the service."""
        yield operations.delete_job(job_id)

    def cost_flow(self, job_id: str) -> Flow[Cost]:
        """Ask how many seconds of the machine a job is charged, or is expected to be."""
        metrics: JobMetrics = yield operations.get_job_metrics_jid(job_id)
        return readings.cost((yield operations.get_job(job_id, exclude_params=True)), metrics)

    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Refuse: the service has no way to ask what a request would cost.

        Raises:
            ProgramError: always.
        """
        yield from ()
        raise ProgramError("IBM Qiskit Runtime says what a job costs only once it is submitted")

    def jobs_flow(
        self, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        """Fetch one page of the list of jobs, newest first.

        Args:
            cursor: of the page, None for the first.
            filters: ``backend``, ``session``, ``program``, ``pending``, ``tags``,
                ``created_after``, ``created_before``, ``sort``, ``limit``.
        """
        refuse_unknown(filters, _FILTERS, "job filter")
        named = {"limit": PAGE} | {_FILTERS[name]: value for name, value in filters.items()}
        page = yield operations.list_jobs(**named, offset=int(cursor or 0), exclude_params=True)
        jobs = page.jobs or ()
        end = page.offset + len(jobs)
        more = end < page.count if page.count is not None else len(jobs) == page.limit
        return [readings.job_info(job) for job in jobs], str(end) if jobs and more else None

    def all_jobs(self, **filters: Any) -> Pages[JobInfo]:
        """Go through all jobs, with the filters of `jobs_flow`; ``for`` or ``async for``."""
        return Pages(self, lambda cursor: self.jobs_flow(cursor, filters))

    # -- what only IBM has ------------------------------------------------------------------------

    def open_session_flow(
        self, backend: str, limits: SessionLimits, batch: bool = False
    ) -> Flow[SessionInfo]:
        """Open a session, which holds the machine, or a batch, which runs its jobs together.

        Raises:
            ProgramError: the limits are others than a time in whole seconds.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        wish = CreateSessionRequest(
            mode="batch" if batch else "dedicated", backend=backend, max_ttl=longest_life(limits)
        )
        try:
            return readings.session((yield operations.create_session(wish)))
        except ServiceError as error:
            yield from machines.blame(backend, error)
            raise

    def session_flow(self, session_id: str) -> Flow[SessionInfo]:
        """Describe a session or batch."""
        return readings.session((yield operations.get_session(session_id)))

    def close_session_flow(self, session_id: str, cancel: bool = False) -> Flow[SessionInfo]:
        """End a session.

        Without ``cancel`` it takes no more jobs and closes when those that wait are done; with it
        those that wait will not run.
        """
        if cancel:
            yield operations.delete_session_close(session_id)
        else:
            yield operations.update_session(session_id, accepting_jobs=False)
        return (yield from self.session_flow(session_id))

    def workloads_flow(
        self, cursor: str | None = None, filters: Mapping[str, Any] | None = None
    ) -> Flow[tuple[tuple[Workload, ...], str | None]]:
        """Fetch one page of jobs, sessions and batches, and the cursor of the next page.

        Args:
            cursor: of the page, None for the first.
            filters: as `operations.find_instance_workloads` takes them.
        """
        page = yield operations.find_instance_workloads(**(filters or {}), next=cursor)
        return page.workloads, readings.cursor(page.next, "next")

    def workloads(self, **filters: Any) -> Pages[Workload]:
        """Go through jobs, sessions and batches, with the filters of `workloads_flow`."""
        return Pages(self, lambda cursor: self.workloads_flow(cursor, filters))

    def _job(self, job_id: str, state: JobState | None) -> Flow[JobResponse]:
        if state is not None and isinstance(state.detail, JobResponse):
            return state.detail
        return (yield operations.get_job(job_id, exclude_params=True))  # type: ignore[no-any-return]

    def _paced(self, create: Operation[CreateJobResponse]) -> Operation[CreateJobResponse]:
        """Keep another rate of submissions than the documented one, where the account says so."""
        calls = self.account.settings.get("jobs_per_minute")
        if calls is None:
            return create
        kept = operations.SUBMIT_RATE
        limit = RateLimit(kept.name, int(calls), kept.period_s) if calls else None
        return replace(create, rate_limit=limit)

"""The Kipu Hub as a `Cloud`: every flow, each a few operations and a pure reading."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import NotFound, ProgramError, ServiceError, TransportError
from ...jobs.state import Cost, JobInfo, JobState, JobStatus
from ...jobs.submission import Request, Submission
from ...programs import Format
from ...transport.operation import Flow, Reply
from ..base import BackendInfo, Calibration, Cloud, Document
from ..paging import Pages
from ..sessions import SessionInfo, SessionLimits
from . import describing, lookup, machines, operations, payload, prices, readings, recall, results
from . import sessions as hub_sessions
from .asking import Asking
from .describing import HubMachine
from .families import DOCUMENTED, Family, family_of
from .models import Job, Provider, WorkloadResponse
from .options import RESULT, RUN, SETTINGS, check_request, refuse_unknown

if TYPE_CHECKING:
    from ...accounts import Account
    from ...jobs.ledger import Ledger
    from ...results import Measurements
    from ...transport import Client

BACKEND_AGE_S = 60.0
"""How long a machine's description is used again; `check` uses it at any age."""
PAGE = 50

_FILTERS = ("limit", "sort")


class KipuCloud(Cloud):
    """Kipu Hub Quantum Workload API 1.0.

    With the setting ``service_execution`` it is that service execution: the same methods on its
    jobs and sessions, without those that the service does not have for it.
    """

    name: ClassVar[str] = describing.CLOUD
    options: ClassVar[Mapping[str, str]] = RUN
    result_options: ClassVar[Mapping[str, str]] = RESULT
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    listed_after_s: ClassVar[float] = 2.0

    def __init__(
        self, account: Account, *, client: Client | None = None, ledger: Ledger | None = None
    ) -> None:
        super().__init__(account, client=client, ledger=ledger)
        self._machines: dict[str, tuple[float, HubMachine]] = {}
        execution = account.settings.get("service_execution")
        self.asking = Asking(None if execution is None else str(execution))

    def make_client(self) -> Client:
        """Make the client; without a credential only the list of machines can be asked.

        Raises:
            CredentialError: there is a user name without a password, or the other way round.
            AddressError: a URL or the organisation's id is not usable.
        """
        from .connecting import client

        return client(self.account)

    # -- machines ---------------------------------------------------------------------------------

    def backends_flow(self, provider: Provider | str | None = None) -> Flow[list[BackendInfo]]:
        """List the machines in one request, those of one provider or all."""
        return machines.listing(provider)

    def backend_flow(self, name: str) -> Flow[BackendInfo]:
        """Describe one machine; of a simulator only what the Hub says itself, in one request."""
        return describing.describe((yield from self.machine_flow(name)))

    def machine_flow(self, name: str, *, whole: bool | None = None) -> Flow[HubMachine]:
        """Fetch the documents of a machine, kept for ``backend_age_s``.

        Args:
            name: the machine.
            whole: whether to fetch its provider's document, state and calibration too; None to
                fetch them where they are of use, which is for all but most simulators.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        age_s = float(self.account.settings.get("backend_age_s", BACKEND_AGE_S))
        at, found = self._machines.get(name, (0.0, None))
        lacking = found is not None and whole and found.state is None
        if found is None or lacking or time.monotonic() - at > age_s:
            found = yield from machines.documents(name, whole=whole)
            self._machines[name] = (time.monotonic(), found)
        return found

    def refresh(self, name: str) -> None:
        """Forget what is kept of a machine, so that it is asked for again."""
        self._machines.pop(name, None)

    def calibration_flow(
        self, name: str, moment: datetime | None = None
    ) -> Flow[Calibration | None]:
        """Find the calibration that was in force at a moment (None: now), None without one."""
        return machines.calibration_at(name, moment)

    def least_busy_flow(
        self, provider: Provider | str = Provider.IBM, min_qubits: int | None = None
    ) -> Flow[BackendInfo]:
        """Ask for the machine of a provider with the shortest queue; the Hub knows IBM's only.

        Raises:
            UnknownBackendError: no machine is large enough and takes jobs.
        """
        return machines.least_busy(provider, min_qubits)

    # -- jobs -------------------------------------------------------------------------------------

    def check(self, request: Request) -> None:
        """Refuse what cannot run; the machine's limits where it was asked for before.

        Raises:
            ProgramError: with what was wrong, where, and what is allowed.
            UnknownOptionError: an option does not exist; with the nearest.
        """
        self.asking.refuse("create jobs")
        found = self._known(request.backend)
        info = None if found is None else describing.describe(found)
        check_request(request, self._family(request), info)

    def submit_flow(self, submission: Submission) -> Flow[str]:
        """Submit, and return the job's id; an unclear outcome is looked up by the job's tag.

        A machine that is neither known from before nor in the contract's table is asked for first.
        """
        request = submission.request
        if self._known(request.backend) is None and request.backend not in DOCUMENTED:
            yield from self.machine_flow(request.backend)
            self.check(request)
        family = self._family(request)
        assert family is not None, "check() lets no request of another format pass"
        create = operations.create_job(payload.encode(submission, family))
        try:
            reply = yield create.reconciled_by(lambda: lookup.find(submission), self.settle_s)
        except ServiceError as error:
            yield from machines.blame(request.backend, error)
            raise
        return str(reply.id)

    def find_flow(self, submission: Submission) -> Flow[str | None]:
        """Ask for the job that has a submission's tag."""
        reply = yield from lookup.find(submission)
        return None if reply is None else str(reply.id)

    def state_flow(self, job_id: str) -> Flow[JobState]:
        """Ask for the state of a job; of one that failed also for its result, which says why."""
        job = yield self.asking.job(job_id)
        state = readings.state(job)
        if state.status is not JobStatus.FAILED:
            return state
        try:
            document: Document = yield self.asking.result(job_id)
            return readings.state(job, readings.failure(document.json()))
        except (TransportError, ValueError):
            return state  # that it failed is known; only why is not

    def recall_flow(self, job_id: str) -> Flow[Request]:
        """Recover what was asked from the input that the service keeps with the job."""
        job: Job = yield self.asking.job(job_id)
        try:
            given = yield self.asking.input(job_id)
        except NotFound:
            given = {}
        found = self._known(job.backend_id or "")
        names = describing.describe(found).qubit_names if found is not None else ()
        return recall.request(job, given, names)

    def fetch_flow(
        self, job_id: str, state: JobState, request: Request, options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Fetch the result of a finished job, one entry a program, in classical bits.

        Raises:
            ProgramError: the job gives something else than counts; ``Job.raw_result`` has it.
            UnknownOptionError: there are no result options.
        """
        refuse_unknown(options, RESULT, "result option")
        job = state.detail
        if not isinstance(job, Job):
            job = yield self.asking.job(job_id)
        document = yield from self.document_flow(job_id, state)
        return results.measurements(document, job, request)

    def document_flow(self, job_id: str, state: JobState) -> Flow[Document]:
        """Fetch the result of a finished job as the service gives it."""
        return (yield self.asking.result(job_id))  # type: ignore[no-any-return]

    def download(self, job_id: str, path: Path, *, timeout_s: float | None = None) -> Reply:
        """Write the result of a finished job to a file as it comes, for large results.

        Args:
            job_id: the job.
            path: the file; it appears under its name when it is whole.
            timeout_s: total time that it may take.

        Raises:
            NotFound: there is no result yet.
            TransportError: it did not end in a usable answer; the file is not there.
            OSError: the file cannot be written.
        """
        operation = self.asking.result_file(job_id)
        return self.client.download(operation, path, timeout_s=timeout_s)

    async def adownload(self, job_id: str, path: Path, *, timeout_s: float | None = None) -> Reply:
        """Write the result of a finished job to a file, asynchronously; see `download`."""
        operation = self.asking.result_file(job_id)
        return await self.client.adownload(operation, path, timeout_s=timeout_s)

    def job_calibration_flow(self, job_id: str) -> Flow[Calibration | None]:
        """Find the calibration that a job ran with, None where there is none."""
        answer = yield self.asking.calibration(job_id)
        return None if answer is None else describing.calibration(answer)

    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job."""
        yield self.asking.cancel(job_id)

    def delete_flow(self, job_id: str) -> Flow[None]:
        """Refuse: the service's DELETE cancels a job, and nothing deletes one.

        Raises:
            ProgramError: always.
        """
        yield from ()
        raise ProgramError("the Kipu Hub keeps its jobs: they can be cancelled, not deleted")

    def cost_flow(self, job_id: str) -> Flow[Cost]:
        """Estimate what a job costs from its shots, its run time and the machine's list prices.

        Raises:
            ProgramError: the machine has no prices, or the job has not run yet.
        """
        job: Job = yield self.asking.job(job_id)
        machine = yield from self.machine_flow(job.backend_id or "")
        run_s = None if job.runtime is None else job.runtime / 1000
        return prices.estimate(machine.backend, job.shots or 0, run_s)

    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Estimate what a request would cost from the machine's list prices.

        Raises:
            ProgramError: the machine has no prices, or its price is one of run time.
        """
        self.check(request)
        machine = yield from self.machine_flow(request.backend)
        return prices.estimate(machine.backend, request.shots * max(1, len(request.programs)))

    def jobs_flow(
        self, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        """Fetch one page of the list of jobs, in the service's order unless it is sorted.

        Args:
            cursor: of the page, None for the first.
            filters: ``limit`` (jobs of a page), ``sort`` (a list of ``property,asc`` or
                ``property,desc``; which properties there are is not documented).
        """
        page = yield self.asking.jobs(*_page(cursor, filters))
        return [readings.job_info(job) for job in page.content or ()], _next(cursor, page)

    def all_jobs(self, **filters: Any) -> Pages[JobInfo]:
        """Go through all jobs, with the filters of `jobs_flow`; ``for`` or ``async for``."""
        return Pages(self, lambda cursor: self.jobs_flow(cursor, filters))

    def workloads_flow(
        self, cursor: str | None = None, filters: Mapping[str, Any] | None = None
    ) -> Flow[tuple[tuple[WorkloadResponse, ...], str | None]]:
        """Fetch one page of jobs and sessions; see `jobs_flow` for the filters."""
        page = yield self.asking.workloads(*_page(cursor, filters or {}))
        return page.content or (), _next(cursor, page)

    def workloads(self, **filters: Any) -> Pages[WorkloadResponse]:
        """Go through jobs and sessions, with the filters of `jobs_flow`."""
        return Pages(self, lambda cursor: self.workloads_flow(cursor, filters))

    # -- sessions ---------------------------------------------------------------------------------

    def open_session_flow(
        self, backend: str, limits: SessionLimits, batch: bool = False
    ) -> Flow[SessionInfo]:
        """Open a session, which holds the machine, or a batch, which runs its jobs together.

        Raises:
            ProgramError: the machine has no sessions, or the limits are others than a time in
                whole seconds.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        self.asking.refuse("open sessions")
        machine = yield from self.machine_flow(backend, whole=None)
        return (yield from hub_sessions.opened(machine, limits, batch))

    def session_flow(self, session_id: str) -> Flow[SessionInfo]:
        """Describe a session; of a service execution's only its state is known."""
        return hub_sessions.described(self.asking, session_id)

    def close_session_flow(self, session_id: str, cancel: bool = False) -> Flow[SessionInfo]:
        """End a session: jobs that it has taken are completed, or with ``cancel`` cancelled."""
        return hub_sessions.closed(self.asking, session_id, cancel)

    def accept_jobs_flow(self, session_id: str, accept: bool) -> Flow[SessionInfo]:
        """Let a session take jobs, or let it finish those that it has and take no more.

        Raises:
            ProgramError: the service cannot change the state of this session.
        """
        return hub_sessions.let_take_jobs(self.asking, session_id, accept)

    def session_jobs_flow(self, session_id: str) -> Flow[list[JobInfo]]:
        """List the jobs of a session."""
        found = yield self.asking.session_jobs(session_id)
        return [readings.job_info(job) for job in found]

    # -- the rest ---------------------------------------------------------------------------------

    def _known(self, name: str) -> HubMachine | None:
        return self._machines.get(name, (0.0, None))[1]

    def _family(self, request: Request) -> Family | None:
        found = self._known(request.backend)
        provider = found.backend.provider if found is not None else None
        form = request.programs[0].format if request.programs else Format.QISKIT_QPY
        return family_of(form, provider, request.backend)


def _page(cursor: str | None, filters: Mapping[str, Any]) -> tuple[int, int, Any]:
    refuse_unknown(filters, _FILTERS, "job filter")
    return int(cursor or 0), filters.get("limit", PAGE), filters.get("sort")


def _next(cursor: str | None, page: Any) -> str | None:
    """Return the cursor of the page after one, None at the end."""
    following = int(cursor or 0) + 1
    if not page.content or (page.total_pages is not None and following >= page.total_pages):
        return None
    return str(following)

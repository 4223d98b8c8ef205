"""IonQ as a `Cloud`: every flow, each a few operations and a pure reading."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import JobLost, ProgramError, ServiceError
from ...jobs.state import Cost, JobInfo, JobState
from ...jobs.submission import Request, Submission
from ...programs import Format, Program, Readout, ionq_json
from ...transport.operation import Flow, Operation
from ..base import BackendInfo, Calibration, Cloud, Document
from ..offers import Variant
from ..paging import Pages
from ..sessions import SessionInfo, SessionLimits
from . import fetching, lookup, machines, metadata, operations, payload, readings, variants
from .models import (
    CreateSessionRequest,
    GetJobResponse,
    Session,
    VariantResult,
)
from .options import RESULT, RUN, SIMULATOR, check_request, refuse_unknown, session_settings

if TYPE_CHECKING:
    from ...accounts import Account
    from ...jobs.filters import JobFilter
    from ...jobs.ledger import Ledger
    from ...results import Measurements
    from ...transport import Client

BASE_URL = "https://api.ionq.co/v0.4"
BACKEND_AGE_S = 60.0
"""How long a machine's description is used again; `check` uses it at any age."""

SETTINGS = {
    "settle_s": "seconds after which the list of jobs shows a job for sure",
    "backend_age_s": "seconds for which the description of a machine is used again",
}

_FILTERS = {
    "backend": "target",
    "session": "session_id",
    "status": "status",
    "ids": "ids",
    "parent": "parent_job_id",
    "submitter": "submitter_id",
    "limit": "limit",
}


class IonqCloud(Cloud):
    """IonQ Cloud Platform, API v0.4."""

    name: ClassVar[str] = "ionq"
    options: ClassVar[Mapping[str, str]] = RUN
    result_options: ClassVar[Mapping[str, str]] = RESULT
    compiled: ClassVar[Mapping[str, Format]] = {
        "native": Format.IONQ_NATIVE,
        "qasm3": Format.OPENQASM3,
    }
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    listed_after_s: ClassVar[float] = 1.0

    def __init__(
        self, account: Account, *, client: Client | None = None, ledger: Ledger | None = None
    ) -> None:
        super().__init__(account, client=client, ledger=ledger)
        self._machines: dict[str, tuple[float, BackendInfo]] = {}

    def make_client(self) -> Client:
        """Make the client; without an API key only what is public can be asked."""
        from .connecting import client

        return client(self.account, BASE_URL)

    # -- machines ---------------------------------------------------------------------------------

    def backends_flow(self) -> Flow[list[BackendInfo]]:
        """List the machines, without their calibrations."""
        return machines.listing()

    def backend_flow(self, name: str) -> Flow[BackendInfo]:
        """Describe one machine, its newest characterization included; kept for a short time."""
        age_s = float(self.account.settings.get("backend_age_s", BACKEND_AGE_S))
        at, info = self._machines.get(name, (0.0, None))
        if info is None or time.monotonic() - at > age_s:
            info = yield from machines.describe(name)
            self._machines[name] = (time.monotonic(), info)
        return info

    def refresh(self, name: str) -> None:
        """Forget what is kept of a machine, so that it is asked for again."""
        self._machines.pop(name, None)

    def calibrations(
        self, name: str, *, start: date | str | None = None, end: date | str | None = None
    ) -> Pages[Calibration]:
        """Go through the calibrations of a machine; ``for`` or ``async for``."""
        return Pages(self, lambda page: machines.calibrations_page(name, page or 1, start, end))

    def calibration_flow(self, name: str, moment: datetime) -> Flow[Calibration | None]:
        """Find the calibration that a machine had at a moment, None where there was none."""
        return machines.calibration_at(name, moment)

    # -- jobs -------------------------------------------------------------------------------------

    def check(self, request: Request) -> None:
        """Refuse what cannot run; the number of qubits where the backend was asked for before.

        Raises:
            ProgramError: with what was wrong, where, and what is allowed.
            UnknownOptionError: an option does not exist; with the nearest.
        """
        _, info = self._machines.get(request.backend, (0.0, None))
        check_request(request, info)

    def submit_flow(self, submission: Submission) -> Flow[str]:
        """Submit, and return the job's id; an unclear outcome is looked up in the metadata."""
        create = operations.create_job(payload.encode(submission))
        try:
            reply = yield create.reconciled_by(lambda: lookup.find(submission), self.settle_s)
        except ServiceError as error:
            yield from machines.blame(submission.request.backend, error)
            raise
        return str(reply.id)

    def find_flow(self, submission: Submission) -> Flow[str | None]:
        """Ask for the job that has a submission's id in its metadata."""
        reply = yield from lookup.find(submission)
        return None if reply is None else str(reply.id)

    def state_flow(self, job_id: str) -> Flow[JobState]:
        """Ask for the state of a job."""
        return readings.state((yield operations.get_job(job_id)))

    def recall_flow(self, job_id: str) -> Flow[Request]:
        """Recover what was asked: from our record, or as far as the service describes the job."""
        job: GetJobResponse = yield operations.get_job(job_id)
        ours = metadata.read(job.metadata, job.backend or "", job.session_id)
        if ours is not None:
            return ours
        qubits = job.stats.qubits if job.stats else None
        if qubits is None:
            qubits = (yield from self.backend_flow(job.backend or SIMULATOR)).num_qubits
        circuits = len(job.child_job_ids or ()) or 1
        program = Program(Format.IONQ_QIS, b"", Readout.of_qubits(range(qubits)), max(qubits, 1))
        return Request(
            job.backend or "",
            (program,) * circuits,
            job.shots or 0,
            job.name or "",
            metadata=job.metadata or {},
            session=job.session_id,
        )

    def fetch_flow(
        self, job_id: str, state: JobState, request: Request, options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Fetch the result of a finished job, one entry a program, in classical bits.

        Raises:
            JobLost: the job was a dry run.
            UnknownOptionError: a result option does not exist; with the nearest.
        """
        sharpen = _sharpen(options)
        job = state.detail
        if not isinstance(job, GetJobResponse):
            job = yield operations.get_job(job_id)
        if job.dry_run:
            raise JobLost(f"job {job_id} was a dry run and has no result", job=f"ionq/{job_id}")
        return (yield from fetching.measurements(job, request, sharpen))

    def document_flow(self, job_id: str, state: JobState) -> Flow[Document]:
        """Fetch the probabilities of a finished job as the service gives them."""
        asked: Operation[Any] = operations.get_job_probabilities(job_id)
        return (yield replace(asked, read=lambda reply: Document(reply.body)))  # type: ignore[no-any-return]

    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job."""
        yield operations.cancel_job(job_id)

    def cancel_many_flow(self, job_ids: Iterable[str]) -> Flow[tuple[str, ...]]:
        """Cancel jobs in one request; returns the ids that the service confirms."""
        return (yield operations.cancel_jobs(job_ids)).ids  # type: ignore[no-any-return]

    def delete_flow(self, job_id: str) -> Flow[None]:
        """Delete a job and its results at the service."""
        yield operations.delete_job(job_id)

    def delete_many_flow(self, job_ids: Iterable[str]) -> Flow[tuple[str, ...]]:
        """Delete jobs in one request; returns the ids that the service confirms."""
        return (yield operations.delete_jobs(job_ids)).ids  # type: ignore[no-any-return]

    def cost_flow(self, job_id: str) -> Flow[Cost]:
        """Ask what a job costs: what was charged, else the service's estimate."""
        return readings.cost((yield operations.get_job_cost(job_id)))

    def job_estimate_flow(self, job_id: str, request: Request) -> Flow[Cost]:
        """Ask what a job was estimated to cost, also once it is charged."""
        return readings.estimated((yield operations.get_job_cost(job_id)))

    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Ask what a request would cost.

        The service estimates from numbers of gates; for several circuits they are added up and
        asked for once, so that its least price of a job counts once.

        Raises:
            ProgramError: the programs are text whose gates are not counted here.
        """
        self.check(request)
        if any(program.format is Format.IONQ_QASM3 for program in request.programs):
            raise ProgramError("IonQ estimates circuits from numbers of gates, not OpenQASM text")
        counts = [ionq_json.count(program.body) for program in request.programs]
        answer = yield operations.estimate_job_cost(
            request.backend,
            type=payload.job_type(request),
            qubits=max(program.num_qubits for program in request.programs),
            shots=request.shots,
            one_qubit_gates=sum(count.one_qubit for count in counts),
            two_qubit_gates=sum(count.two_qubit for count in counts),
            error_mitigation=bool(request.options.get("debiasing", False)),
        )
        return readings.estimate(answer)

    def jobs_flow(
        self, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        """Fetch one page of the list of jobs.

        Args:
            cursor: of the page, None for the first.
            filters: ``backend``, ``session``, ``status`` (the service's word), ``ids``,
                ``parent``, ``submitter``, ``limit``.
        """
        page = yield operations.get_jobs(**_named(filters, _FILTERS), next=cursor)
        return [readings.job_info(job) for job in page.jobs], page.next

    def filters_of(self, wanted: JobFilter) -> Mapping[str, Any]:
        """Filter by machine, and by state where it is one word of the service."""
        words = readings.words_of(wanted.statuses)
        word = wanted.word or (words[0] if len(words) == 1 else None)
        pairs = {"backend": wanted.backend, "status": word}
        return {name: value for name, value in pairs.items() if value is not None}

    def all_jobs(self, **filters: Any) -> Pages[JobInfo]:
        """Go through all jobs, with the filters of `jobs_flow`; ``for`` or ``async for``."""
        return Pages(self, lambda cursor: self.jobs_flow(cursor, filters))

    # -- what only IonQ has -----------------------------------------------------------------------

    def compiled_flow(self, job_id: str, lang: str) -> Flow[str]:
        """Fetch a job's circuit as it was compiled, in ``native`` or ``qasm3``."""
        return (yield operations.get_compiled_file(job_id, lang))  # type: ignore[no-any-return]

    def variants_flow(self, job_id: str) -> Flow[tuple[VariantResult, ...]]:
        """List the debiasing variants of a job."""
        return variants.listed((yield operations.get_job(job_id)))

    def variant_flow(
        self, job_id: str, variant: VariantResult, num_bits: int
    ) -> Flow[Measurements]:
        """Fetch the counts of one debiasing variant, in states of ``num_bits`` qubits."""
        return variants.measured(job_id, variant, num_bits)

    def variant_results_flow(self, job_id: str, request: Request) -> Flow[tuple[Variant, ...]]:
        """Fetch what each debiasing variant measured; none without debiasing."""
        return variants.of_circuits(job_id, request)

    def open_session_flow(
        self, backend: str, limits: SessionLimits, batch: bool = False
    ) -> Flow[SessionInfo]:
        """Open a session on a machine; IonQ has no batches apart from sessions.

        Raises:
            ProgramError: the limits are not whole, or the time not in whole minutes.
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        request = CreateSessionRequest(backend=backend, settings=session_settings(limits))
        try:
            return readings.session((yield operations.create_session(request)))
        except ServiceError as error:
            yield from machines.blame(backend, error)
            raise

    def session_flow(self, session_id: str) -> Flow[SessionInfo]:
        """Describe a session."""
        return readings.session((yield operations.get_session(session_id)))

    def close_session_flow(self, session_id: str, cancel: bool = False) -> Flow[SessionInfo]:
        """End a session; what becomes of jobs that wait, the contract does not say.

        With ``cancel`` the session's jobs that have not ended are cancelled first.
        """
        if cancel:
            waiting = yield from self._unfinished_flow(session_id)
            if waiting:
                yield operations.cancel_jobs(waiting)
        return readings.session((yield operations.end_session(session_id)))

    def _unfinished_flow(self, session_id: str) -> Flow[list[str]]:
        """List the ids of a session's jobs that have not ended."""
        found: list[str] = []
        cursor, seen = None, set[str | None]()
        while cursor not in seen:
            seen.add(cursor)
            page = yield from self._session_jobs_flow(session_id, cursor, {})
            found += [job.id for job in page[0] if not job.state.status.final]
            cursor = page[1] or None
        return found

    def sessions_flow(self, active: bool | None = None) -> Flow[tuple[Session, ...]]:
        """List the sessions, all or only those that are active or are not."""
        return (yield operations.get_sessions(active=active)).sessions  # type: ignore[no-any-return]

    def session_jobs(self, session_id: str, **filters: Any) -> Pages[JobInfo]:
        """Go through the jobs of a session, with the filters of `jobs_flow` but ``session``."""
        return Pages(self, lambda cursor: self._session_jobs_flow(session_id, cursor, filters))

    def _session_jobs_flow(
        self, session_id: str, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        named = _named(filters, _FILTERS.keys() - {"session"})
        page = yield operations.get_session_jobs(session_id, **named, next=cursor)
        return [readings.job_info(job) for job in page.jobs], page.next


def _named(filters: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """Say filters in the service's words."""
    refuse_unknown(filters, allowed, "job filter")
    return {_FILTERS[name]: value for name, value in filters.items()}


def _sharpen(given: Mapping[str, Any]) -> bool | None:
    refuse_unknown(given, RESULT, "result option")
    sharpen = given.get("sharpen")
    if sharpen is not None and not isinstance(sharpen, bool):
        raise ProgramError(f"sharpen is True or False, not {sharpen!r}")
    return sharpen

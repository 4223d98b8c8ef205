"""IBM Direct Access as a `Cloud`: every flow, each a few operations and a pure reading."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from ...errors import (
    AmbiguousSubmissionError,
    KetbridgeError,
    NotFound,
    ProgramError,
    ProtocolError,
    ServiceError,
    TransportError,
)
from ...jobs.state import Cost, JobInfo, JobState
from ...jobs.submission import Request, Submission
from ...storage import Progress, Store
from ...transport.operation import Flow
from ..account_fields import AccountField
from ..base import BackendInfo, Cloud
from ..document import Document
from ..ibm_shared import primitives, sampled
from ..ibm_shared.machines import Machine, describe
from ..ibm_shared.primitives import SAMPLER, program_of
from ..wire import UnknownWordWarning
from . import machines, operations, payload, readings, renewal, storing, submitting
from .models import Backend, BackendsResponse, JobResponse
from .options import FIELDS, RESULT, RUN, SETTINGS, check_request, refuse_unknown, timeout_s

if TYPE_CHECKING:
    from ...accounts import Account
    from ...jobs.ledger import Ledger
    from ...results import Measurements
    from ...transport import Client

MACHINE_AGE_S = 600.0
"""How long a machine's configuration and properties are used again."""
_FILTERS = frozenset({"backend", "program", "pending", "created_after", "created_before", "limit"})


class IbmDirectCloud(Cloud):
    """IBM Direct Access API, version 2025-08-15, with a bucket of the caller's.

    The bucket holds what a job reads and writes; `storing` says under which names.
    """

    name: ClassVar[str] = "ibm-direct"
    options: ClassVar[Mapping[str, str]] = RUN
    result_options: ClassVar[Mapping[str, str]] = RESULT
    settings: ClassVar[Mapping[str, str]] = SETTINGS
    listed_after_s: ClassVar[float] = 1.0
    fields: ClassVar[tuple[AccountField, ...]] = FIELDS

    def __init__(
        self, account: Account, *, client: Client | None = None, ledger: Ledger | None = None
    ) -> None:
        super().__init__(account, client=client, ledger=ledger)
        self._machines: dict[str, tuple[float, Machine]] = {}
        self._store: Store | None = None

    def make_client(self) -> Client:
        """Make the client of the system.

        Raises:
            CredentialError: the account does not say where it is.
            AddressError: a URL or the API version is not usable.
        """
        from .connecting import client

        return client(self.account)

    def check_account(self) -> None:
        """Refuse an account without a system or without a bucket; see `Cloud`."""
        given = self.account.settings
        _ = self.store, submitting.Patience.of(given, self.client.settings)
        submitting.flag(given, "keep")

    def trial_flow(self) -> Flow[tuple[str, ...]]:
        """Ask for the jobs, and write, read and delete an object; see `Offers`."""
        service: tuple[str, ...] = yield from super().trial_flow()
        yield from self.folders.try_out()
        return (*service, f"{self.store.place} can be written, read and deleted in")

    def close(self) -> None:
        """Close the connections to the system and to the bucket."""
        super().close()
        if self._store is not None:
            self._store.close()

    @property
    def store(self) -> Store:
        """The bucket.

        Raises:
            CredentialError: the account names none, or half of a key.
            AddressError: the bucket, the prefix or the endpoint is not usable.
        """
        if self._store is None:
            from .connecting import store

            self._store = store(self.account)
        return self._store

    @property
    def folders(self) -> storing.Folders:
        """The folders of jobs in the bucket."""
        return storing.Folders(self.store, self.client.settings.rng)

    # -- machines ---------------------------------------------------------------------------------

    def backends_flow(self) -> Flow[list[BackendInfo]]:
        """List the machines, each with its documents, which are kept a while."""
        listed: BackendsResponse = yield operations.list_backends()
        found = []
        for backend in listed.backends:
            try:
                machine = yield from self.machine_flow(backend.name)
            except TransportError as error:
                warnings.warn(
                    f"{backend.name} is left out: {error}", UnknownWordWarning, stacklevel=2
                )
                continue
            found.append(machines.described(machine, backend))
        return found

    def backend_flow(self, name: str) -> Flow[BackendInfo]:
        """Describe one machine: its documents, which are kept a while, and its status now."""
        machine = yield from self.machine_flow(name)
        status: Backend = yield operations.get_backend(name)
        return machines.described(machine, status)

    def machine_flow(self, name: str) -> Flow[Machine]:
        """Fetch configuration and properties of a machine, kept for ``machine_age_s``.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        age_s = float(self._setting("machine_age_s", MACHINE_AGE_S))
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
            CredentialError: the account names no bucket.
        """
        _, machine = self._machines.get(request.backend, (0.0, None))
        info = None if machine is None else describe(machine, request.backend, self.name)
        check_request(request, info)
        self.check_account()

    def submit_flow(self, submission: Submission) -> Flow[str]:
        """Put the input into the bucket and submit; the submission's id becomes the job's."""
        request, job_id = submission.request, submission.id
        limit_s = timeout_s(request)
        kept = storing.Kept(request, renewal.expiry(self._queue_s, limit_s), limit_s)
        yield from self.folders.deposit(job_id, primitives.params(request), kept)
        try:
            yield from self._create(job_id, job_id, kept)
        except KetbridgeError as error:
            if not isinstance(error, AmbiguousSubmissionError):
                yield from self._tidy(job_id, storing.ALL)
            raise
        return job_id

    def find_flow(self, submission: Submission) -> Flow[str | None]:
        """Ask for the job that has a submission's id."""
        try:
            yield from self._last(submission.id)
        except NotFound:
            found = yield from submitting.among_all(submission.id)
            return None if found is None else submission.id
        return submission.id

    def state_flow(self, job_id: str) -> Flow[JobState]:
        """Ask for the state of a job.

        A job whose presigned URLs ran out before it was read, and which the service says has not
        run, is submitted again under an id made of its own; its state is that of the new one.
        """
        job = yield from self._last(job_id)
        if renewal.may_have_expired(job):
            job = yield from self._renewed(job_id, job)
        return readings.state(job)

    def recall_flow(self, job_id: str) -> Flow[Request]:
        """Recover what was asked from the bucket; programs have no bodies.

        Of a job that was not submitted with this bucket only the machine and the program are known.
        """
        kept = yield from self.folders.record(job_id)
        if kept is not None:
            return kept.request
        job = yield from self._last(job_id)
        given = {} if job.program_id == SAMPLER else {"program": job.program_id}
        return Request(job.backend, (), 0, options=given)

    def fetch_flow(
        self, job_id: str, state: JobState, request: Request, options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Fetch the result of a finished sampler job, one entry a program, in classical bits.

        Raises:
            ProgramError: the job was no sampler's; `document_flow` has its result.
            UnknownOptionError: there are no result options.
        """
        refuse_unknown(options, RESULT, "result option")
        program = program_of(request)
        if program != SAMPLER:
            raise ProgramError(
                f"job {job_id} ran {program!r}, whose result is no counts: read it with the "
                "plugin's primitives, or take it as it is from document_flow"
            )
        found = yield from self.document_flow(job_id, state)
        readouts = [program.readout for program in request.programs] or None
        try:
            return sampled.measurements(found.content, readouts)
        except ValueError as error:
            raise ProtocolError(f"the result of job {job_id} cannot be read: {error}") from error

    def document_flow(
        self, job_id: str, state: JobState, progress: Progress | None = None
    ) -> Flow[Document]:
        """Fetch the result of a finished job of either program as it is in the bucket.

        The input, which nobody needs any more, is deleted unless the account keeps everything.

        Args:
            job_id: the job.
            state: its final state.
            progress: called with the bytes read and the bytes there are.

        Raises:
            NotFound: it is not there, or not yet.
            ResponseTooLarge: it is too large for memory; `download_flow` writes it to a file.
        """
        last = yield from self._named_by(job_id, state)
        content = yield from self.folders.results(last, progress)
        yield from self._tidy(job_id, (storing.INPUT,))
        return Document(content)

    def download_flow(
        self, job_id: str, path: Path, *, logs: bool = False, progress: Progress | None = None
    ) -> Flow[int]:
        """Write the result, or the logs, of a finished job to a file, piece by piece.

        The memory that it takes does not grow with the size.

        Args:
            job_id: the job.
            path: the file; it appears when it is whole.
            logs: whether the logs are wanted instead of the result.
            progress: called with the bytes read and the bytes there are.

        Returns:
            The size in bytes.

        Raises:
            NotFound: it is not there, or not yet.
            OSError: the file cannot be written.
        """
        last = yield from self._named_by(job_id, None)
        name = storing.LOGS if logs else storing.RESULTS
        return (yield from self.folders.download(last, name, path, progress))

    def logs_flow(self, job_id: str, wait_s: float = 0.0) -> Flow[str]:
        """Fetch the logs of a job, which may come after it has ended.

        Args:
            job_id: the job.
            wait_s: how long to wait for them, in seconds.

        Raises:
            NotFound: they are not there, or not yet.
        """
        last = yield from self._named_by(job_id, None)
        return (yield from self.folders.late_logs(last, wait_s, self.client.settings.clock))

    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job; RequestRefused (409) where it is too late."""
        yield from renewal.cancel(job_id, self.folders)

    def delete_flow(self, job_id: str) -> Flow[None]:
        """Delete a job that has ended at the service, and what it has in the bucket."""
        ids = yield from renewal.chain(job_id, self.folders)
        known = False
        for one in ids:
            try:
                yield operations.delete_job(one.id)
            except NotFound:
                known = known or (yield from self.folders.has(one.id, storing.REQUEST))
                if not known:
                    raise
        for one in ids:
            yield from self._tidy(one.id, storing.ALL)

    def cost_flow(self, job_id: str) -> Flow[Cost]:
        """Ask how many nanoseconds of the machine a job used, or may use at most."""
        return readings.cost((yield from self._last(job_id)))

    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Refuse: the service has no way to ask what a request would cost.

        Raises:
            ProgramError: always.
        """
        yield from ()
        raise ProgramError("IBM Direct Access says what a job uses only once it has run")

    def jobs_flow(
        self, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        """Fetch the list of jobs, newest first; the service gives all of them at once.

        Args:
            cursor: None, because there are no further pages.
            filters: ``backend``, ``program``, ``pending``, ``created_after``, ``created_before``
                (times with a zone), ``limit``.
        """
        refuse_unknown(filters, _FILTERS, "job filter")
        listed = yield operations.list_jobs()
        jobs = [job for job in reversed(listed.jobs) if readings.matches(job, filters)]
        return [readings.job_info(job) for job in jobs[: filters.get("limit")]], None

    # -- the rest ---------------------------------------------------------------------------------

    @property
    def _queue_s(self) -> float:
        return float(self._setting("queue_s", renewal.QUEUE_S))

    def _setting(self, name: str, default: Any) -> Any:
        return self.account.settings.get(name, default)

    def _create(self, job_id: str, input_of: str, kept: storing.Kept) -> Flow[None]:
        """Submit a job whose input is in the folder of a job."""
        life_s = (kept.expires - datetime.now(UTC)).total_seconds()
        storage = yield from self.folders.lend(job_id, input_of, max(1.0, life_s))
        body = payload.run_job_body(job_id, kept.request, kept.timeout_s, storage)
        patience = submitting.Patience.of(self.account.settings, self.client.settings)
        try:
            yield from submitting.create(body, self.folders, patience)
        except ServiceError as error:
            yield from machines.blame(kept.request.backend, error)
            raise

    def _last(self, job_id: str) -> Flow[JobResponse]:
        """Fetch a job, or what it was renewed as."""
        return (yield from renewal.chain(job_id, self.folders))[-1]

    def _named_by(self, job_id: str, state: JobState | None) -> Flow[str]:
        """Return the id under which a job has run."""
        if state is None or not isinstance(state.detail, JobResponse):
            return str((yield from self._last(job_id)).id)
        return state.detail.id

    def _renewed(self, job_id: str, failed: JobResponse) -> Flow[JobResponse]:
        """Submit a job again that its expired URLs kept from running; else return it as it is."""
        kept = yield from self.folders.record(failed.id)
        following = renewal.successor(failed.id)
        if kept is None or following is None or not renewal.has_expired(failed, kept):
            return failed
        chain = yield from renewal.chain(job_id, self.folders)
        ran = yield from self.folders.has(failed.id, storing.RESULTS)
        there = yield from self.folders.has(job_id, storing.INPUT)
        if ran or not there or len(chain) > renewal.MOST:
            return failed
        fresh = replace(kept, expires=renewal.expiry(self._queue_s, kept.timeout_s))
        yield from self.folders.keep_record(following, fresh)
        yield from self._create(following, job_id, fresh)
        return (yield operations.get_job(following))  # type: ignore[no-any-return]

    def _tidy(self, job_id: str, names: tuple[str, ...]) -> Flow[None]:
        """Delete objects that nobody needs any more; failing that, say so and go on."""
        if submitting.flag(self.account.settings, "keep"):
            return
        try:
            yield from self.folders.remove(job_id, names)
        except TransportError as error:
            warnings.warn(f"what job {job_id} has in the bucket is left: {error}", stacklevel=2)

"""What the plugins and the command line see of a cloud, whichever service it is.

A service is written once, as flows: generators that yield operations and are sent typed replies.
`Cloud` runs a flow on the synchronous or the asynchronous client, so each call exists in both
forms (`submit`, `asubmit`) from one definition.
"""

from __future__ import annotations

import threading
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar

from ..errors import AmbiguousSubmissionError, LedgerError, ProgramError
from ..jobs.handle import Job
from ..jobs.state import Cost, JobInfo, JobState
from ..jobs.submission import Request, Submission
from . import settings
from .account_fields import AccountField
from .description import BackendInfo, Calibration
from .document import Document
from .offers import Offers
from .sessions import SessionInfo, SessionLimits
from .settling import settle

if TYPE_CHECKING:
    from ..accounts import Account
    from ..jobs.ledger import Ledger
    from ..results import Measurements
    from ..transport import Client
    from ..transport.operation import Flow, Operation

__all__ = ["BackendInfo", "Calibration", "Cloud", "Document"]

T = TypeVar("T")


class Cloud(Offers, ABC):
    """One service, seen with one account.

    Making a cloud does no network I/O and loads no HTTP library; the first call does.

    Attributes:
        name: name of the cloud in addresses.
        options: run options that only this cloud has, each with a line of what it does.
        result_options: the same for fetching a result.
        settings: settings of an account that only this cloud has, each with a line.
        listed_after_s: after how long its lists have a new job for sure; ``settle_s`` of an
            account is another figure for it.
        fields: what an account needs besides its token, in the order to ask for it.
        account: the credential and where the service is.
    """

    name: ClassVar[str]
    options: ClassVar[Mapping[str, str]] = {}
    result_options: ClassVar[Mapping[str, str]] = {}
    settings: ClassVar[Mapping[str, str]] = {}
    listed_after_s: ClassVar[float] = 0.0
    fields: ClassVar[tuple[AccountField, ...]] = ()

    def __init__(
        self, account: Account, *, client: Client | None = None, ledger: Ledger | None = None
    ) -> None:
        """See the service with an account.

        Args:
            account: the credential, where the service is, settings.
            client: the HTTP client, instead of one made of the account.
            ledger: the record of submissions, instead of the account's.

        Raises:
            UnknownOptionError: the account has a setting that does not exist; with the nearest.
        """
        settings.check(account.settings, self.settings, self.name)
        self.account = account
        self._client = client
        self._making = threading.Lock()
        self._ledger = ledger

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {str(self.account.at)!r}>"

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself: copies of what uses a cloud share its connections."""
        return self

    # -- single operations and flows --------------------------------------------------------------

    @property
    def client(self) -> Client:
        """The HTTP client of this cloud, made at its first use by one thread for all."""
        if self._client is None:
            with self._making:
                if self._client is None:
                    self._client = self.make_client()
        return self._client

    def close(self) -> None:
        """Close the connections; calls after it fail."""
        if self._client is not None:
            self._client.close()

    @property
    def closed(self) -> bool:
        """Whether its client was closed, so that every call fails."""
        return self._client is not None and self._client.closed

    @property
    def ledger(self) -> Ledger:
        """The record of submissions, opened at its first use."""
        if self._ledger is None:
            from ..jobs.ledger import Ledger

            self._ledger = Ledger.of(self.account)
        return self._ledger

    @property
    def settle_s(self) -> float:
        """How long after an unclear submission a list of jobs is taken as complete, in seconds."""
        return float(self.account.settings.get("settle_s", self.listed_after_s))

    @abstractmethod
    def make_client(self) -> Client:
        """Make the HTTP client with this service's base URL and way of authenticating."""

    def send(self, operation: Operation[T], *, timeout_s: float | None = None) -> T:
        """Carry out one operation and return its typed reply.

        Args:
            operation: from this service's ``operations`` module.
            timeout_s: total time that it may take, retries included; None for the default.

        Raises:
            TransportError: it did not end in a usable answer; the subclass says how.
        """
        return self.client.send(operation, timeout_s=timeout_s)

    async def asend(self, operation: Operation[T], *, timeout_s: float | None = None) -> T:
        """Carry out one operation asynchronously; see `send`."""
        return await self.client.asend(operation, timeout_s=timeout_s)

    def run(self, flow: Flow[T], *, timeout_s: float | None = None) -> T:
        """Carry out a flow; ``timeout_s`` is the total time that it may take."""
        return self.client.run(flow, timeout_s=timeout_s)

    async def arun(self, flow: Flow[T], *, timeout_s: float | None = None) -> T:
        """Carry out a flow asynchronously; see `run`."""
        return await self.client.arun(flow, timeout_s=timeout_s)

    # -- machines ---------------------------------------------------------------------------------

    def backends(self) -> list[BackendInfo]:
        """List the machines that this account can see."""
        return self.run(self.backends_flow())

    def backend(self, name: str) -> BackendInfo:
        """Return what the service says of one machine, its newest calibration included.

        Raises:
            UnknownBackendError: there is no such machine; the message names the nearest.
        """
        return self.run(self.backend_flow(name))

    def refresh(self, name: str) -> None:
        """Forget what is kept of a machine, so that it is asked for again; by default nothing is.

        Args:
            name: the machine.
        """

    # -- jobs -------------------------------------------------------------------------------------

    def submit(self, request: Request, *, timeout_s: float | None = None) -> Job:
        """Submit programs as one job, at most once.

        The request is in the ledger before any byte is sent. After an unclear failure the service
        is asked whether it took the submission before it is sent again.

        Raises:
            ProgramError: the request cannot run; nothing was sent.
            AmbiguousSubmissionError: it may have been taken and the service could not be asked;
                ``ketbridge jobs settle`` finishes it later.
            TransportError: it was not taken.
        """
        submission = self._begin(request)
        try:
            job_id = self.run(self.submit_flow(submission), timeout_s=timeout_s)
        except BaseException as error:
            self._failed(submission, error)
            raise
        return self._accepted(submission, job_id)

    async def asubmit(self, request: Request, *, timeout_s: float | None = None) -> Job:
        """Submit programs as one job, asynchronously; see `submit`."""
        submission = self._begin(request)
        try:
            job_id = await self.arun(self.submit_flow(submission), timeout_s=timeout_s)
        except BaseException as error:
            self._failed(submission, error)
            raise
        return self._accepted(submission, job_id)

    def settle(self, submission_id: str) -> Job | None:
        """Find out what became of a submission whose outcome is not known.

        Args:
            submission_id: id of the submission, from an `AmbiguousSubmissionError` or from
                ``ledger.pending()``.

        Returns:
            The job that it became, or None where the service did not take it.

        Raises:
            LedgerError: the record on this computer does not have it.
            AmbiguousSubmissionError: the service cannot be asked for it, or it is still being
                sent; the entry stays open.
            TransportError: the service could not be asked; the entry stays open.
        """
        return settle(self, submission_id)

    def _begin(self, request: Request) -> Submission:
        _check_metadata(request.metadata)
        self.check(request)
        submission = Submission(request, str(self.account.at))
        self.ledger.begin(submission)
        return submission

    def _accepted(self, submission: Submission, job_id: str) -> Job:
        """Record the job's id; a record that fails now must not lose the job."""
        try:
            self.ledger.accept(submission.id, job_id)
        except LedgerError as error:
            warnings.warn(
                f"the job {self.name}/{job_id} was taken, but could not be noted: {error}",
                stacklevel=3,
            )
        return Job(self, job_id, submission.request)

    def _failed(self, submission: Submission, error: BaseException) -> None:
        """Record how a submission ended; a record that fails now must not hide the error."""
        if isinstance(error, AmbiguousSubmissionError):
            error.submission_id = submission.id
        try:
            self.ledger.failed(submission.id, error)
        except LedgerError as second:
            error.add_note(f"and it could not be noted: {second}")

    def job(self, job_id: str) -> Job:
        """Return the job of that id, without asking the service yet.

        Raises:
            AddressError: the id cannot be one.
        """
        return Job(self, job_id)

    # -- sessions ---------------------------------------------------------------------------------

    def open_session_flow(
        self, backend: str, limits: SessionLimits, batch: bool = False
    ) -> Flow[SessionInfo]:
        """Open a session on a machine; jobs join it by its id in ``Request.session``.

        Args:
            backend: name of the machine.
            limits: what is to end it by itself.
            batch: whether its jobs need not follow each other closely.

        Raises:
            ProgramError: the cloud has no sessions, or not with such limits.
        """
        yield from ()
        raise ProgramError(f"{self.name} has no sessions")

    def session_flow(self, session_id: str) -> Flow[SessionInfo]:
        """Describe a session.

        Raises:
            ProgramError: the cloud has no sessions.
        """
        yield from ()
        raise ProgramError(f"{self.name} has no sessions")

    def close_session_flow(self, session_id: str, cancel: bool = False) -> Flow[SessionInfo]:
        """End a session.

        Args:
            session_id: the session.
            cancel: whether jobs that wait are not to run any more, where the service can do both.

        Raises:
            ProgramError: the cloud has no sessions.
        """
        yield from ()
        raise ProgramError(f"{self.name} has no sessions")

    # -- what each service defines ----------------------------------------------------------------

    @abstractmethod
    def check(self, request: Request) -> None:
        """Refuse what cannot run, before anything is sent.

        Raises:
            ProgramError: with what was wrong, where, and what is allowed.
        """

    @abstractmethod
    def backends_flow(self) -> Flow[list[BackendInfo]]:
        """List the machines."""

    @abstractmethod
    def backend_flow(self, name: str) -> Flow[BackendInfo]:
        """Describe one machine."""

    @abstractmethod
    def submit_flow(self, submission: Submission) -> Flow[str]:
        """Submit, and return the job's id."""

    def find_flow(self, submission: Submission) -> Flow[str | None]:
        """Ask whether a submission was taken; returns the job's id, None where it surely was not.

        Raises:
            AmbiguousSubmissionError: the service cannot be asked for a submission.
        """
        yield from ()
        raise AmbiguousSubmissionError(
            f"{self.name} cannot be asked whether it took a submission",
            submission_id=submission.id,
        )

    @abstractmethod
    def state_flow(self, job_id: str) -> Flow[JobState]:
        """Ask for the state of a job."""

    @abstractmethod
    def recall_flow(self, job_id: str) -> Flow[Request]:
        """Recover what was asked from what the service keeps: readouts, names, shots, seed.

        The programs have no body where the service does not give it back.
        """

    @abstractmethod
    def fetch_flow(
        self, job_id: str, state: JobState, request: Request, options: Mapping[str, Any]
    ) -> Flow[list[Measurements]]:
        """Fetch the result of a finished job, one entry a program, in classical bits."""

    def document_flow(self, job_id: str, state: JobState) -> Flow[Document]:
        """Fetch the result of a finished job as the service gives it.

        Args:
            job_id: the job.
            state: its final state.

        Raises:
            ProgramError: the service gives no single document.
        """
        yield from ()
        raise ProgramError(f"{self.name} gives no result as one document")

    @abstractmethod
    def cancel_flow(self, job_id: str) -> Flow[None]:
        """Ask the service to cancel a job."""

    @abstractmethod
    def delete_flow(self, job_id: str) -> Flow[None]:
        """Delete a job and its results at the service."""

    @abstractmethod
    def cost_flow(self, job_id: str) -> Flow[Cost]:
        """Ask what a job costs."""

    @abstractmethod
    def estimate_flow(self, request: Request) -> Flow[Cost]:
        """Ask what a request would cost, without sending it."""

    @abstractmethod
    def jobs_flow(
        self, cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[JobInfo], str | None]]:
        """Fetch one page of the list of jobs and the cursor of the next page, None at the end."""


def _check_metadata(metadata: Mapping[str, str]) -> None:
    for key, value in metadata.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ProgramError(f"metadata {key!r}: {value!r} is no string under a string")

"""The record of submissions: what was asked, before it was sent, and what became of it.

An entry is ``pending`` from before the first byte is sent until the outcome is known. A process
that dies in between leaves it pending; an outcome that leaves doubt makes it ``unclear``. Both can
be settled later by asking the service for the submission's id.
"""

from __future__ import annotations

import enum
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..address import CloudAddress
from ..errors import (
    AddressError,
    ConnectionFailed,
    CredentialError,
    LedgerError,
    ProgramError,
    ServiceError,
    UnknownBackendError,
)
from ..folders import data_folder
from . import record
from .database import Database
from .sending import Sending
from .submission import Submission

if TYPE_CHECKING:
    from ..accounts import Account

NOT_TAKEN = (
    AddressError,
    ConnectionFailed,
    CredentialError,
    ProgramError,
    ServiceError,
    UnknownBackendError,
)
"""Errors after which the service surely did not take the submission.

The transport turns an error status that leaves doubt, such as a 502, into an
`AmbiguousSubmissionError`; a `ServiceError` that is left is a clear no.
"""

_LONGEST_ERROR = 500


class EntryState(enum.StrEnum):
    """What is known of a submission."""

    PENDING = "pending"
    """Being sent, or its process died meanwhile."""
    UNCLEAR = "unclear"
    """Its outcome leaves doubt."""
    ACCEPTED = "accepted"
    """The service took it; the job's id is known."""
    REFUSED = "refused"
    """The service did not take it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the record.

    Attributes:
        submission: what was asked. The programs have a body until the job's id is known.
        state: what is known of it.
        error: text of the error that it ended in, empty without one.
    """

    submission: Submission
    state: EntryState
    error: str = ""

    @property
    def open(self) -> bool:
        """Whether it is not known what became of it."""
        return self.state in (EntryState.PENDING, EntryState.UNCLEAR)


class Ledger:
    """The record of submissions in one file.

    Threads and processes may share it, forked ones too. Every method raises LedgerError where the
    file cannot be used, and blocks for a few milliseconds at most unless the disk is slow or
    another process writes.
    """

    def __init__(self, path: Path) -> None:
        """Take a file; it is made and opened at the first use."""
        self._database = Database(path)
        self._sending = Sending.beside(path)

    @classmethod
    def of(cls, account: Account) -> Ledger:
        """Return the ledger of an account; accounts of one file share one."""
        path = account.ledger or data_folder() / "ledger.sqlite3"
        return _ledgers.setdefault(path, cls(path))

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self._database.close()

    # -- a submission's way -----------------------------------------------------------------------

    def begin(self, submission: Submission) -> None:
        """Write a submission down, so that it outlives a power failure, before it is sent.

        It counts as being sent until `accept` or `failed` or the end of this process.

        Raises:
            LedgerError: it could not be written; it must not be sent.
        """
        text, bodies = record.write(submission.request)
        values = (
            submission.id,
            CloudAddress.parse(submission.at).cloud,
            submission.at,
            submission.request.backend,
            EntryState.PENDING,
            submission.created.isoformat(),
            text,
            bodies,
        )
        try:
            with self._database.transaction(durable=True) as connection:
                self._sending.begin(submission.id)
                connection.execute(
                    "INSERT INTO submissions"
                    " (id, cloud, at, backend, state, created, request, bodies)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    values,
                )
        except BaseException:
            self._sending.end(submission.id)
            raise

    def accept(self, submission_id: str, job_id: str) -> None:
        """Note the job that a submission became, and drop the programs' bodies.

        Raises:
            LedgerError: there is no such entry, it became another job, or the file is unusable.
        """
        self._sending.end(submission_id)
        with self._database.transaction() as connection:
            entry = _one(connection, submission_id)
            if entry["job_id"] not in (None, job_id):
                raise LedgerError(
                    f"submission {submission_id} became the job {entry['job_id']}, not {job_id}"
                )
            connection.execute(
                "UPDATE submissions SET state = ?, job_id = ?, error = '', bodies = NULL"
                " WHERE id = ?",
                (EntryState.ACCEPTED, job_id, submission_id),
            )

    def failed(self, submission_id: str, error: BaseException) -> None:
        """Note the error that a sending ended in.

        An error that means that the service did not take it closes the entry. After any other,
        an interrupt included, it stays open. An accepted entry is left as it is.

        Raises:
            LedgerError: there is no such entry, or the file is unusable.
        """
        surely = isinstance(error, NOT_TAKEN)
        self._note(submission_id, EntryState.REFUSED if surely else EntryState.UNCLEAR, error)

    def close_entry(self, submission_id: str, why: str) -> None:
        """Note that the service does not have a submission; an accepted entry is left as it is.

        Raises:
            LedgerError: there is no such entry, or the file is unusable.
        """
        self._note(submission_id, EntryState.REFUSED, why)

    def _note(self, submission_id: str, state: EntryState, error: object) -> None:
        self._sending.end(submission_id)
        text = str(error) or type(error).__name__
        with self._database.transaction() as connection:
            if _one(connection, submission_id)["state"] == EntryState.ACCEPTED:
                return
            bodies = "NULL" if state is EntryState.REFUSED else "bodies"
            connection.execute(
                f"UPDATE submissions SET state = ?, error = ?, bodies = {bodies} WHERE id = ?",  # noqa: S608
                (state, text[:_LONGEST_ERROR], submission_id),
            )

    # -- reading ----------------------------------------------------------------------------------

    def is_sending(self, submission_id: str) -> bool:
        """Whether this or another living process on this computer is still sending it.

        On Windows only this process is known.
        """
        try:
            return submission_id in self._sending
        except OSError as error:
            raise LedgerError(f"what {self.path} is being used for is not known: {error}") from None

    def entry(self, submission_id: str) -> Entry | None:
        """Return the entry of a submission, None where there is none."""
        rows = self._database.select("SELECT * FROM submissions WHERE id = ?", (submission_id,))
        return _entry(rows[0]) if rows else None

    def find(self, cloud: str, job_id: str) -> Submission | None:
        """Return the submission that became a job, None for a job of another record."""
        rows = self._database.select(
            "SELECT * FROM submissions WHERE cloud = ? AND job_id = ?", (cloud, job_id)
        )
        return _entry(rows[0]).submission if rows else None

    def pending(self) -> list[Entry]:
        """Return the entries of which it is not known what became of them, oldest first."""
        rows = self._database.select(
            "SELECT * FROM submissions WHERE state IN ('pending', 'unclear') ORDER BY created"
        )
        return [_entry(row) for row in rows]

    def history(
        self,
        limit: int = 50,
        *,
        at: str | None = None,
        cloud: str | None = None,
        backend: str | None = None,
        state: EntryState | None = None,
    ) -> list[Entry]:
        """Return the newest entries, newest first.

        Args:
            limit: how many at most.
            at: only those of this cloud and account, for example ``work:ionq``.
            cloud: only those of this cloud.
            backend: only those for this backend.
            state: only those in this state.
        """
        wanted = {"at": at, "cloud": cloud, "backend": backend, "state": state}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        clause = " AND ".join(f"{name} = ?" for name in chosen) or "1"
        rows = self._database.select(
            f"SELECT * FROM submissions WHERE {clause} ORDER BY created DESC, rowid DESC LIMIT ?",  # noqa: S608
            (*chosen.values(), limit),
        )
        return [_entry(row) for row in rows]

    # -- results that can be read once ------------------------------------------------------------

    def store_result(self, cloud: str, job_id: str, content: bytes, part: str = "") -> None:
        """Keep a result as the service sent it, so that it outlives a power failure."""
        with self._database.transaction(durable=True) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO results (cloud, job_id, part, content) VALUES (?, ?, ?, ?)",
                (cloud, job_id, part, content),
            )

    def result(self, cloud: str, job_id: str, part: str = "") -> bytes | None:
        """Return a kept result, None where none was kept."""
        rows = self._database.select(
            "SELECT content FROM results WHERE cloud = ? AND job_id = ? AND part = ?",
            (cloud, job_id, part),
        )
        return bytes(rows[0]["content"]) if rows else None

    def forget(self, cloud: str, job_id: str) -> None:
        """Remove everything that is kept of a job."""
        with self._database.transaction() as connection:
            for table in ("submissions", "results"):
                connection.execute(
                    f"DELETE FROM {table} WHERE cloud = ? AND job_id = ?",  # noqa: S608
                    (cloud, job_id),
                )


def _one(connection: sqlite3.Connection, submission_id: str) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT state, job_id FROM submissions WHERE id = ?", (submission_id,)
    ).fetchone()
    if row is None:
        raise LedgerError(f"there is no submission {submission_id} in the record")
    return row


def _entry(row: sqlite3.Row) -> Entry:
    try:
        request = record.read(row["request"], row["bodies"])
    except ValueError as error:
        raise LedgerError(f"the record of submission {row['id']} is damaged: {error}") from error
    submission = Submission(
        request, row["at"], row["id"], datetime.fromisoformat(row["created"]), row["job_id"]
    )
    return Entry(submission, EntryState(row["state"]), row["error"])


_ledgers: dict[Path, Ledger] = {}

"""The ledger's SQLite file: opened, private, of the right version, one connection a process.

The connection is closed before a fork and opened again when it is next used, because SQLite's
connections must not cross a fork.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ..errors import LedgerError
from ..folders import HOME, make_private

BUSY_S = 10.0
"""How long a transaction waits for those of other processes."""

MIGRATIONS: Sequence[Sequence[str]] = (
    (
        """CREATE TABLE submissions (
            id TEXT PRIMARY KEY,
            cloud TEXT NOT NULL,
            at TEXT NOT NULL,
            backend TEXT NOT NULL,
            state TEXT NOT NULL,
            job_id TEXT,
            error TEXT NOT NULL DEFAULT '',
            created TEXT NOT NULL,
            request TEXT NOT NULL,
            bodies BLOB
        )""",
        "CREATE INDEX submissions_job ON submissions (cloud, job_id)",
        "CREATE INDEX submissions_created ON submissions (created)",
        "CREATE INDEX submissions_state ON submissions (state)",
        """CREATE TABLE results (
            cloud TEXT NOT NULL,
            job_id TEXT NOT NULL,
            part TEXT NOT NULL,
            content BLOB NOT NULL,
            PRIMARY KEY (cloud, job_id, part)
        )""",
    ),
)
"""Statements that lead from each version of the schema to the next."""


class Database:
    """One SQLite file. Threads may share it; other processes may use the file at the same time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        _open_ones.add(self)

    @contextmanager
    def transaction(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Open a transaction that is carried out as a whole or not at all.

        Args:
            durable: whether it must outlive a power failure; it outlives the death of this
                process in any case.

        Raises:
            LedgerError: the file cannot be used.
        """
        with self._lock, self._explained():
            connection = self._connected()
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def select(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query.

        Raises:
            LedgerError: the file cannot be used.
        """
        with self._lock, self._explained():
            return self._connected().execute(query, values).fetchall()

    def close(self) -> None:
        """Close the connection; the next use opens another."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def before_fork(self) -> None:
        """Close the connection and keep other threads from opening one until the fork is over."""
        self._lock.acquire()
        self.close()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self._lock.release()

    def after_fork_in_child(self) -> None:
        """Go on in the child, where no other thread exists."""
        self._lock = threading.RLock()

    # -- opening ----------------------------------------------------------------------------------

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
        return self._connection

    def _open(self) -> sqlite3.Connection:
        _make_file(self.path)
        connection = sqlite3.connect(
            self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            _prepare(connection)
            _migrate(connection, self.path)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (OSError, OverflowError, sqlite3.Error) as error:
            raise LedgerError(
                f"the record of submissions, {self.path}, cannot be used: {error}. The environment "
                f"variable {HOME} can name another folder."
            ) from error


def _make_file(path: Path) -> None:
    """Make the file, where it is missing, so that only its owner can read it."""
    make_private(path.parent)
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(path, flags, 0o600)
    try:
        if os.name == "posix" and os.fstat(handle).st_mode & 0o077:
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def _prepare(connection: sqlite3.Connection) -> None:
    """Set the journal; SQLite does not wait by itself while another process does the same."""
    connection.execute("PRAGMA auto_vacuum = FULL")
    end = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.01)


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        if version > len(MIGRATIONS):
            raise LedgerError(
                f"{path} was written by a newer Ketbridge: its version is {version}, this one "
                f"knows {len(MIGRATIONS)}"
            )
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


_open_ones: weakref.WeakSet[Database] = weakref.WeakSet()
_held: list[Database] = []


def _before_fork() -> None:
    _held[:] = list(_open_ones)
    for database in _held:
        database.before_fork()


def _after_in_parent() -> None:
    for database in _held:
        database.after_fork_in_parent()
    _held.clear()


def _after_in_child() -> None:
    for database in _held:
        database.after_fork_in_child()
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_in_parent, after_in_child=_after_in_child
    )

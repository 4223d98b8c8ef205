"""Which submissions are on their way at this moment, in this process and in others.

Each holds a lock on one byte of a file beside the ledger. The system takes the lock back when the
process ends, however it ends, so that what a killed process was sending is never taken for alive.
"""

from __future__ import annotations

import os
import threading
import uuid
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: only this process is known
    fcntl = None  # type: ignore[assignment]

_OFFSET_BITS = 62


class Sending:
    """The submissions of one ledger that are on their way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ids: set[str] = set()
        self._handle: int | None = None
        self._lock = threading.Lock()

    @classmethod
    def beside(cls, ledger: Path) -> Sending:
        """Return the one of a ledger's file; there is one a file in a process.

        A process that closes one of two handles of a file loses the locks of both.
        """
        path = ledger.absolute().with_name(f"{ledger.name}-sending")
        return _known.setdefault(path, cls(path))

    def begin(self, submission_id: str) -> None:
        """Mark a submission as on its way.

        Raises:
            OSError: the file cannot be used.
        """
        with self._lock:
            if self._handle is None:
                self._handle = self._open()
            self._ids.add(submission_id)
            if fcntl is not None:
                place = _place(submission_id)
                fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)

    def end(self, submission_id: str) -> None:
        """Mark a submission as no longer on its way; one that is not is left as it is."""
        with self._lock:
            if submission_id not in self._ids or self._handle is None:
                return
            self._ids.remove(submission_id)
            if fcntl is not None:
                fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, _place(submission_id))
            self._close_if_idle()

    def __contains__(self, submission_id: str) -> bool:
        """Whether this or another living process is sending it."""
        with self._lock:
            if submission_id in self._ids:
                return True
            if fcntl is None or not self._path.exists():
                return False
            if self._handle is None:
                self._handle = self._open()
            try:
                return _is_locked(self._handle, _place(submission_id))
            finally:
                self._close_if_idle()

    def forget(self) -> None:
        """Start afresh, as a new process does: a forked child sends nothing of its parent's."""
        handle, self._handle = self._handle, None
        self._ids = set()
        self._lock = threading.Lock()
        if handle is not None:
            os.close(handle)

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        return os.open(self._path, flags, 0o600)

    def _close_if_idle(self) -> None:
        if not self._ids and self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _place(submission_id: str) -> int:
    return uuid.UUID(submission_id).int >> (128 - _OFFSET_BITS)


def _is_locked(handle: int, place: int) -> bool:
    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return True
    fcntl.lockf(handle, fcntl.LOCK_UN, 1, place)
    return False


_known: dict[Path, Sending] = {}


def _in_child() -> None:
    for sending in _known.values():
        sending.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)

"""Sessions and batches as context managers over the cloud's own."""

from __future__ import annotations

import re
import threading
from contextvars import ContextVar, Token
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from ketbridge.errors import KetbridgeError, ProgramError

if TYPE_CHECKING:
    from ketbridge.clouds.sessions import SessionInfo

    from .backends import KetbridgeBackend

_blocks: ContextVar[tuple[Session, ...]] = ContextVar("ketbridge_sessions", default=())
"""The sessions whose ``with`` blocks this is in, the innermost last."""


class Session:
    """A stretch of time in which this user's jobs go first on a machine.

    Used as a context manager, jobs that the block sends to the same backend join the session, and
    its end ends the session, also on an exception, which is kept. Nothing is sent before the
    block begins or a job joins::

        with Session(backend=b, max_time=600) as session:
            EstimatorV2(mode=session).run([(isa, observable)]).result()

    Args:
        backend: a backend, or its address; or a simulator of this process, where jobs need no
            session, so that nothing is opened.
        max_time: seconds after which the service ends it, or a text such as ``"2h 30m 5s"``.
        max_jobs: number of jobs after which the service ends it.
        max_cost: cost after which the service ends it, in ``cost_unit``.
        cost_unit: unit of ``max_cost``.

    Attributes:
        machine: the backend.
        local: whether that is a simulator of this process.
    """

    _batch = False

    def __init__(
        self,
        backend: KetbridgeBackend | str,
        *,
        max_time: float | str | None = None,
        max_jobs: int | None = None,
        max_cost: float | None = None,
        cost_unit: str = "usd",
    ) -> None:
        from ketbridge.clouds.sessions import SessionLimits

        self.machine = _as_backend(backend)
        self.local = is_local(self.machine)
        self._limits = SessionLimits(max_jobs, _seconds(max_time), max_cost, cost_unit)
        self._id: str | None = None
        self._closed = False
        self._opening = threading.Lock()
        self._outer: list[Token[tuple[Session, ...]]] = []

    @classmethod
    def from_id(cls, session_id: str, backend: KetbridgeBackend | str) -> Self:
        """Take up a session that is open already; asks nothing yet.

        Args:
            session_id: the service's id of it.
            backend: the backend that it is on, or its address.
        """
        session = cls(backend)
        session._id = session_id
        return session

    def __repr__(self) -> str:
        state = "closed" if self._closed else self._id or "not open yet"
        where = self.machine.name if self.local else self.machine.address
        return f"<{type(self).__name__} {state} on {where!r}>"

    @property
    def backend(self) -> KetbridgeBackend:
        """The machine."""
        return self.machine

    @property
    def session_id(self) -> str | None:
        """The service's id of the session; None before it is open."""
        return self._id

    def open_id(self) -> str:
        """Return the id, opening the session if that has not been done.

        Raises:
            ProgramError: it has been closed, or the cloud has no sessions.
            TransportError: the service could not be asked.
        """
        if self.local:
            raise ProgramError("a simulator of this process opens no sessions")
        with self._opening:
            if self._closed:
                raise ProgramError("this session has been closed; open another")
            if self._id is None:
                cloud = self.machine.cloud
                flow = cloud.open_session_flow(self.machine.name, self._limits, self._batch)
                self._id = cloud.run(flow).id
            return self._id

    def details(self) -> SessionInfo:
        """Return what the service says of the session.

        Raises:
            ProgramError: it has not been opened.
            TransportError: the service could not be asked.
        """
        if self._id is None:
            raise ProgramError("this session is not open: no job has joined it and no block begun")
        cloud = self.machine.cloud
        return cloud.run(cloud.session_flow(self._id))

    def status(self) -> str:
        """Return the service's word for the state of the session.

        Raises:
            ProgramError: it has not been opened.
            TransportError: the service could not be asked.
        """
        return self.details().status

    def usage(self) -> float | None:
        """Return the seconds of the machine that the session has used, where the service says so.

        Raises:
            ProgramError: it has not been opened.
            TransportError: the service could not be asked.
        """
        return getattr(self.details().detail, "elapsed_time", None)

    def close(self) -> None:
        """End the session; a second call does nothing.

        Raises:
            TransportError: the service did not confirm it.
        """
        self._end(cancel=False)

    def cancel(self) -> None:
        """Cancel the session's jobs that wait, and end it.

        Raises:
            TransportError: the service did not confirm it.
        """
        self._end(cancel=True)

    def _end(self, cancel: bool) -> None:
        with self._opening:
            if not self._closed and self._id is not None:
                cloud = self.machine.cloud
                cloud.run(cloud.close_session_flow(self._id, cancel))
            self._closed = True

    def __enter__(self) -> Self:
        if not self.local:
            self.open_id()
        self._outer.append(_blocks.set((*_blocks.get(), self)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _blocks.reset(self._outer.pop())
        try:
            self.close()
        except KetbridgeError as second:
            if error is None:
                raise
            error.add_note(f"and the session {self._id} could not be ended: {second}")


class Batch(Session):
    """Jobs that belong together and need not follow each other closely; see `Session`."""

    _batch = True


def session_of(backend: Any) -> str | None:
    """Return the id of the innermost session on that backend whose block this is in."""
    for session in reversed(_blocks.get()):
        if not session.local and session.machine.address == backend.address:
            return session.open_id()
    return None


def current() -> Session | None:
    """Return the innermost session whose block this is in."""
    return next(reversed(_blocks.get()), None)


_LOCAL = ("qiskit_aer.", "qiskit.providers.", "qiskit_ibm_runtime.fake_provider.")
"""Where the backends are that simulate in this process."""


def is_local(backend: Any) -> bool:
    """Whether a backend simulates in this process: of Aer, of Qiskit, or a fake one of IBM's."""
    from qiskit.providers import BackendV2

    return isinstance(backend, BackendV2) and type(backend).__module__.startswith(_LOCAL)


_UNITS_S = {"h": 3600.0, "m": 60.0, "s": 1.0}


def _seconds(given: float | str | None) -> float | None:
    """Read a time in seconds, or a text of hours, minutes and seconds.

    Raises:
        ProgramError: the text is none.
    """
    if not isinstance(given, str):
        return given
    found = re.findall(r"(\d+(?:\.\d+)?)\s*([hms])", given)
    if not found or re.sub(r"\d+(?:\.\d+)?\s*[hms]", "", given).strip():
        raise ProgramError(f"max_time is in seconds or written like '2h 30m 5s', not {given!r}")
    return sum(float(number) * _UNITS_S[unit] for number, unit in found)


def _as_backend(given: KetbridgeBackend | str) -> KetbridgeBackend:
    from .backends import KetbridgeBackend, backend

    if isinstance(given, str):
        return backend(given)
    if not isinstance(given, KetbridgeBackend) and not is_local(given):
        raise TypeError(
            "a session is on a Ketbridge backend, its address, or a simulator of this process, not "
            f"{type(given).__name__}"
        )
    return given

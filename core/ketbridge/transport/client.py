"""The client of one service: synchronous and asynchronous calls over the same policy."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from .. import notices
from ..errors import TransportError
from .aclient import AsyncDriver, LoopDrivers
from .auth import Auth, NoAuth
from .blocking import perform
from .files import appearing
from .operation import Flow, Operation, Reply
from .origin import Origin
from .outcome import Outcome
from .policy import Attempt, Branch, Perform, Policy, Renew, Sleep, Steps
from .redact import silent_library
from .request import Request, build, closed, header_map
from .together import drive_all
from .wire import Settings, watch_forks

if TYPE_CHECKING:
    import httpcore

    from .network import BoundBackend

T = TypeVar("T")


class Client:
    """Carries out operations of one service.

    Threads may share it. Making it does no I/O and loads no HTTP library. After a fork the child
    opens connections of its own.
    """

    def __init__(
        self, base_url: str, auth: Auth | None = None, *, settings: Settings | None = None
    ) -> None:
        """Prepare a client.

        Args:
            base_url: what the paths of operations are below; https, or http on this computer.
            auth: how requests show who sends them; None for not at all.
            settings: how it behaves.

        Raises:
            AddressError: the URL is not usable.
        """
        self.origin = Origin.parse(base_url)
        self.auth = auth or NoAuth()
        self.settings = settings or Settings()
        self._policy = Policy(self.settings, self.auth)
        self._closed = threading.Event()
        parts = (self.origin, self.auth, self.settings, self._closed)
        self._sync = SyncDriver(*parts)
        self._async = LoopDrivers(lambda: AsyncDriver(*parts))

    def __repr__(self) -> str:
        return f"Client({str(self.origin) + self.origin.base_path!r})"

    def send(self, operation: Operation[T], *, timeout_s: float | None = None) -> T:
        """Carry out one operation and return its typed reply.

        Args:
            operation: what to send.
            timeout_s: total time that it may take, retries and waits included; None for the
                default of the settings.

        Raises:
            TransportError: it did not end in a usable answer; the subclass says how.
        """
        return self._sync.drive(self._steps(operation, timeout_s))

    async def asend(self, operation: Operation[T], *, timeout_s: float | None = None) -> T:
        """Carry out one operation asynchronously; see `send`."""
        return await self._async.current().drive(self._steps(operation, timeout_s))

    def run(self, flow: Flow[T], *, timeout_s: float | None = None) -> T:
        """Carry out a flow.

        Args:
            flow: the operations.
            timeout_s: total time that the flow may take; None: each operation the default time.

        Raises:
            TransportError: an operation failed and the flow did not catch it.
        """
        return self._sync.drive(self._policy.run(flow, self._deadline(timeout_s)))

    async def arun(self, flow: Flow[T], *, timeout_s: float | None = None) -> T:
        """Carry out a flow asynchronously; see `run`."""
        return await self._async.current().drive(self._policy.run(flow, self._deadline(timeout_s)))

    def download(
        self, operation: Operation[Any], path: Path, *, timeout_s: float | None = None
    ) -> Reply:
        """Carry out an operation and write the body of its answer to a file.

        The file appears, whole, under its name only when the answer has ended as it should; until
        then it has the suffix ``.part``. The operation's ``read`` is not used.

        Args:
            operation: what to send; its ``max_bytes`` is the cap.
            path: the file.
            timeout_s: total time that it may take.

        Returns:
            Status and headers; the body is in the file.

        Raises:
            TransportError: it did not end in a usable answer; the file is not there.
            OSError: the file cannot be written.
        """
        headless: Operation[Reply] = dataclasses.replace(operation, read=lambda reply: reply)
        with appearing(path) as sink:
            return self._sync.drive(self._steps(headless, timeout_s), sink)

    async def adownload(
        self, operation: Operation[Any], path: Path, *, timeout_s: float | None = None
    ) -> Reply:
        """Carry out an operation and write the body to a file, asynchronously; see `download`."""
        headless: Operation[Reply] = dataclasses.replace(operation, read=lambda reply: reply)
        with appearing(path) as sink:
            return await self._async.current().drive(self._steps(headless, timeout_s), sink)

    @property
    def closed(self) -> bool:
        """Whether it was closed, so that every call fails."""
        return self._closed.is_set()

    def close(self) -> None:
        """Close the connections; calls after it fail, and calls under way end early.

        Those of an event loop are closed by `aclose` or at the end of the loop.
        """
        self._closed.set()
        self._sync.close()
        self.auth.close()

    async def aclose(self) -> None:
        """Close all connections, those of this event loop included; calls after it fail."""
        await self._async.aclose()
        self.close()

    def _steps(self, operation: Operation[T], timeout_s: float | None) -> Steps[T]:
        return self._policy.send(operation, self._deadline(timeout_s))

    def _deadline(self, timeout_s: float | None) -> float | None:
        return None if timeout_s is None else self.settings.clock() + timeout_s


class SyncDriver:
    """Carries out the steps of the policy in the calling thread."""

    def __init__(
        self, origin: Origin, auth: Auth, settings: Settings, closed: threading.Event
    ) -> None:
        self._origin = origin
        self._auth = auth
        self._settings = settings
        self._closed = closed
        self._backend: BoundBackend | None = None
        self._pool: httpcore.ConnectionPool | None = None
        self._active = 0
        self._lock = threading.Lock()
        watch_forks(self)

    def after_fork(self) -> None:
        """Drop the parent's connections: closing its own copy of a socket sends nothing."""
        pool, self._pool = self._pool, None
        self._active = 0
        self._lock = threading.Lock()
        for connection in [] if pool is None else pool.connections:
            connection.close()

    def drive(self, steps: Steps[T], sink: BinaryIO | None = None) -> T:
        """Carry out steps until they return."""
        answer: Any = None
        try:
            while True:
                step = steps.send(answer)
                while self._closed.is_set():
                    step = steps.throw(closed())
                if isinstance(step, Attempt):
                    answer = self._attempt(step, sink)
                elif isinstance(step, Sleep):
                    answer = None
                    self._sleep(step)
                elif isinstance(step, Perform):
                    answer = perform(step.work.run, step.left_s)
                elif isinstance(step, Branch):
                    answer = drive_all(self.drive, step.flows)
                else:
                    answer = self._renew(step)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            steps.close()

    def close(self) -> None:
        """Close all connections.

        Those in use are interrupted and closed by the last thread that leaves: closing a socket
        under a thread that waits for it would let that thread read from whatever is opened next.
        """
        with self._lock:
            if self._active and self._backend is not None:
                self._backend.interrupt()
            else:
                self._close_pool()

    def _close_pool(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _sleep(self, step: Sleep) -> None:
        on_wait, why = self._settings.on_wait, step.why
        if why and on_wait is not None:
            on_wait(step.seconds, why)
            why = ""
        with notices.waiting(step.seconds, why):
            self._settings.sleep(step.seconds)

    def _renew(self, step: Renew) -> TransportError | None:
        try:
            self._auth.renew(step.stale, step.deadline - self._settings.clock())
        except TransportError as error:
            return error
        return None

    def _attempt(self, step: Attempt, sink: BinaryIO | None) -> Outcome:
        try:
            request = build(step.operation, self._origin, step.credential, self._settings, sink)
        except TransportError as error:
            return Outcome(error=error)
        with silent_library():
            outcome = self._exchange(request, step.deadline)
        request.log(self._origin, outcome.reply, outcome.error)
        return outcome

    def _exchange(self, request: Request, deadline: float) -> Outcome:
        from .network import Budget, budget

        token = budget.set(Budget(self._settings.clock, deadline))
        try:
            pool = self._enter()
            try:
                return self._converse(pool, request, deadline)
            finally:
                self._leave()
        except TransportError as error:
            return Outcome(error=error)
        finally:
            budget.reset(token)

    def _converse(
        self, pool: httpcore.ConnectionPool, request: Request, deadline: float
    ) -> Outcome:
        from .breakdowns import FAILURES, transport_error
        from .pools import native

        status = None
        try:
            response = pool.handle_request(native(request, self._origin, self._settings, deadline))
            try:
                status, headers = response.status, header_map(response.headers)
                body = request.begin_body(status, headers)
                for piece in response.stream:  # type: ignore[union-attr]
                    body.feed(piece)
                    if body.complete:
                        break
                return Outcome(Reply(status, headers, body.finish()))
            finally:
                response.close()
        except TransportError as error:
            error.status = status
            raise
        except FAILURES as error:
            raise transport_error(error, status=status) from None

    def _enter(self) -> httpcore.ConnectionPool:
        with self._lock:
            if self._pool is None:
                from .network import BoundBackend
                from .pools import make_pool

                self._backend = BoundBackend()
                self._pool = make_pool(self._origin, self._settings, self._backend, self)
            self._active += 1
            return self._pool

    def _leave(self) -> None:
        with self._lock:
            self._active -= 1
            if self._closed.is_set() and not self._active:
                self._close_pool()

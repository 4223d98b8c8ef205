"""The asynchronous driver of the policy, one for each event loop."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from .. import notices
from ..errors import TransportError
from .auth import Auth
from .blocking import aperform
from .operation import Reply
from .origin import Origin
from .outcome import Outcome
from .policy import Attempt, Branch, Perform, Renew, Sleep, Steps
from .redact import silent_library
from .request import Request, build, closed, header_map
from .together import adrive_all
from .wire import Settings, watch_forks

if TYPE_CHECKING:
    import httpcore

T = TypeVar("T")


class AsyncDriver:
    """Carries out the steps of the policy on one event loop."""

    def __init__(
        self, origin: Origin, auth: Auth, settings: Settings, closed: threading.Event
    ) -> None:
        self._origin = origin
        self._auth = auth
        self._settings = settings
        self._closed = closed
        self._pool: httpcore.AsyncConnectionPool | None = None
        self._guard: AsyncGenerator[None] | None = None

    async def drive(self, steps: Steps[T], sink: BinaryIO | None = None) -> T:
        """Carry out steps until they return."""
        answer: Any = None
        try:
            while True:
                step = steps.send(answer)
                while self._closed.is_set():
                    step = steps.throw(closed())
                if isinstance(step, Attempt):
                    answer = await self._attempt(step, sink)
                elif isinstance(step, Sleep):
                    answer = None
                    await self._sleep(step)
                elif isinstance(step, Perform):
                    answer = await aperform(step.work.run, step.left_s)
                elif isinstance(step, Branch):
                    answer = await adrive_all(self.drive, step.flows)
                else:
                    answer = await self._renew(step)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            steps.close()

    async def aclose(self) -> None:
        """Close all connections."""
        if self._guard is not None:
            await self._guard.aclose()

    async def _sleep(self, step: Sleep) -> None:
        on_wait, why = self._settings.on_wait, step.why
        if why and on_wait is not None:
            on_wait(step.seconds, why)
            why = ""
        with notices.waiting(step.seconds, why):
            await self._settings.asleep(step.seconds)

    async def _renew(self, step: Renew) -> TransportError | None:
        """Renew in a thread, so that threads and tasks share one exchange."""
        left_s = step.deadline - self._settings.clock()
        try:
            await asyncio.to_thread(self._auth.renew, step.stale, left_s)
        except TransportError as error:
            return error
        return None

    async def _attempt(self, step: Attempt, sink: BinaryIO | None) -> Outcome:
        try:
            request = build(step.operation, self._origin, step.credential, self._settings, sink)
        except TransportError as error:
            return Outcome(error=error)
        with silent_library():
            outcome = await self._exchange(request, step.deadline)
        request.log(self._origin, outcome.reply, outcome.error)
        return outcome

    async def _exchange(self, request: Request, deadline: float) -> Outcome:
        from .network import Budget, budget

        token = budget.set(Budget(self._settings.clock, deadline))
        try:
            return await self._converse(await self._connections(), request, deadline)
        except TransportError as error:
            return Outcome(error=error)
        finally:
            budget.reset(token)

    async def _converse(
        self, pool: httpcore.AsyncConnectionPool, request: Request, deadline: float
    ) -> Outcome:
        from .breakdowns import FAILURES, transport_error
        from .pools import native

        status = None
        try:
            response = await pool.handle_async_request(
                native(request, self._origin, self._settings, deadline)
            )
            try:
                status, headers = response.status, header_map(response.headers)
                body = request.begin_body(status, headers)
                async for piece in response.stream:  # type: ignore[union-attr]
                    body.feed(piece)
                    if body.complete:
                        break
                return Outcome(Reply(status, headers, body.finish()))
            finally:
                await response.aclose()
        except TransportError as error:
            error.status = status
            raise
        except FAILURES as error:
            raise transport_error(error, status=status) from None

    async def _connections(self) -> httpcore.AsyncConnectionPool:
        """Return the connections; an event loop that ends closes them.

        A loop closes the async generators that were begun on it before it ends, which is the one
        moment at which its sockets can still be closed properly.
        """
        if self._pool is None:
            from .pools import make_async_pool

            self._pool = pool = make_async_pool(self._origin, self._settings)

            async def guard() -> AsyncGenerator[None]:
                try:
                    yield
                finally:
                    self._pool = None
                    await pool.aclose()

            self._guard = guard()
            await anext(self._guard)
        return self._pool


class LoopDrivers:
    """The drivers of a client, one for each event loop that used it."""

    def __init__(self, make: Callable[[], AsyncDriver]) -> None:
        self._make = make
        self._drivers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncDriver]
        self.after_fork()
        watch_forks(self)

    def after_fork(self) -> None:
        """Forget the parent's loops."""
        self._drivers = weakref.WeakKeyDictionary()

    def current(self) -> AsyncDriver:
        """Return the driver of the running loop."""
        loop = asyncio.get_running_loop()
        driver = self._drivers.get(loop)
        if driver is None:
            driver = self._drivers[loop] = self._make()
        return driver

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        driver = self._drivers.pop(asyncio.get_running_loop(), None)
        if driver is not None:
            await driver.aclose()

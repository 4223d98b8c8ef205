"""What to do after each outcome: send again, look it up, renew the credential, give up.

A pure generator: it yields what has to be done next and is sent what came of it. It does no I/O
and reads time and chance from the settings only, so that one policy drives the synchronous and
the asynchronous client and can be tested without either.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from ..errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    DeadlineExceeded,
    KetbridgeError,
    ProtocolError,
    RateLimited,
    TransportError,
)
from .auth import Auth, Credential
from .blocking import Done
from .failures import ambiguous, named, read, service_error
from .limits import RateKeeper, RetryQuota
from .operation import Flow, Operation, Pause, Repeat, Together, Work
from .outcome import Outcome, Sent
from .wire import Settings

T = TypeVar("T")

BACKOFF_S = 0.5
THROTTLED_BACKOFF_S = 1.0
LONGEST_BACKOFF_S = 20.0
LONGEST_ASKED_S = 60.0
"""Longest wait that is taken from ``Retry-After``; a longer one is left to the caller."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Send an operation once; answered with its Outcome."""

    operation: Operation[Any]
    credential: Credential
    deadline: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait; answered with None. ``why`` is for the user, empty where it is not worth a word."""

    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Renew:
    """Renew the credential; answered with None or with the TransportError that prevented it."""

    stale: Credential | None
    deadline: float


@dataclass(frozen=True, slots=True)
class Perform:
    """Do blocking work within ``left_s`` seconds; answered with its Done."""

    work: Work[Any]
    left_s: float


@dataclass(frozen=True, slots=True)
class Branch:
    """Carry out several flows' steps at the same time; answered with a list of their Done."""

    flows: tuple[Steps[Any], ...]


Steps: TypeAlias = Generator["Attempt | Sleep | Renew | Perform | Branch", Any, T]


@dataclass(slots=True)
class _Call:
    """Where one operation stands."""

    operation: Operation[Any]
    deadline: float
    attempts: int = 0
    paid: int = 0
    renewed: bool = False
    in_doubt: bool = False
    credential: Credential = Credential()
    claimed: float | None = None


class Policy:
    """The retry contract, for all calls of one client."""

    def __init__(self, settings: Settings, auth: Auth) -> None:
        self._settings = settings
        self._auth = auth
        self._quota = RetryQuota()
        self._rates = RateKeeper()

    def run(self, flow: Flow[T], deadline: float | None = None) -> Steps[T]:
        """Carry out a flow; without a deadline each of its operations has the default one.

        Raises:
            TransportError: an operation failed and the flow did not catch it.
        """
        answer: Any = None
        failure: Exception | None = None
        try:
            while True:
                wish = flow.send(answer) if failure is None else flow.throw(failure)
                answer, failure = None, None
                try:
                    if isinstance(wish, Pause):
                        yield from self._pause(wish, deadline)
                    elif isinstance(wish, Work):
                        done: Done = yield Perform(wish, self._left_s(deadline))
                        answer, failure = done.value, done.error
                    elif isinstance(wish, Together):
                        flows = tuple(self.run(flow, deadline) for flow in wish.flows)
                        ended: list[Done] = yield Branch(flows)
                        answer = [one.value for one in ended]
                        failure = next((one.error for one in ended if one.error), None)
                    else:
                        answer = yield from self.send(wish, deadline)
                except TransportError as error:
                    failure = error
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            flow.close()

    def send(self, operation: Operation[T], deadline: float | None = None) -> Steps[T]:
        """Carry out one operation until it succeeds or must not or need not be sent again.

        Raises:
            AmbiguousSubmissionError: it must not be done twice, and may have been done.
            TransportError: it ended in no usable answer.
        """
        if deadline is None:
            deadline = self._settings.clock() + self._settings.timeout_s
        call = _Call(operation, deadline)
        try:
            return (yield from self._until_answered(call))  # type: ignore[no-any-return]
        except KetbridgeError as error:
            if not call.in_doubt or isinstance(error, AmbiguousSubmissionError):
                raise
            raise ambiguous(operation, error) from error

    def _until_answered(self, call: _Call) -> Steps[Any]:
        while True:
            yield from self._prepare(call)
            outcome: Outcome = yield Attempt(call.operation, call.credential, call.deadline)
            call.attempts += 1
            self._give_back(call, outcome)
            error: TransportError
            if self._accepted(call, outcome):
                try:
                    reply = self._read(call, outcome)
                except ProtocolError as unreadable:
                    error = unreadable
                else:
                    self._quota.succeeded(call.paid)
                    return reply
            elif outcome.status == 401 and self._auth.renewable and not call.renewed:
                call.renewed, call.attempts = True, call.attempts - 1
                yield from self._renew(call, call.credential)
                continue
            else:
                error = self._error(call, outcome)
            call.in_doubt = call.in_doubt or outcome.leaves_doubt(call.operation)
            if call.in_doubt and call.operation.look_up is not None:
                found = yield from self._look_up(call, error)
                if found is not None:
                    return found
                self._check_repeatable(call, outcome, error)
            else:
                self._check_repeatable(call, outcome, error)
                yield from self._back_off(call, outcome, error)

    def _read(self, call: _Call, outcome: Outcome) -> Any:
        assert outcome.reply is not None
        return read(call.operation, outcome.reply, self._secrets(call))

    def _secrets(self, call: _Call) -> tuple[str, ...]:
        sent = (secret.reveal() for secret in call.operation.confidential)
        return tuple({*call.credential.secrets(), *self._auth.secrets(), *sent})

    @staticmethod
    def _accepted(call: _Call, outcome: Outcome) -> bool:
        if outcome.status in call.operation.accept:
            return True
        keyed = call.operation.repeat is Repeat.KEYED
        return keyed and call.in_doubt and outcome.status == 409

    # -- before a sending --------------------------------------------------------------------------

    def _prepare(self, call: _Call) -> Steps[None]:
        """Have a credential, see that there is time left, and keep the documented rate."""
        while True:
            yield from self._show_who(call)
            if self._settings.clock() >= call.deadline:
                raise DeadlineExceeded(
                    f"{call.operation.name}: no time was left to send it",
                    operation=call.operation.name,
                )
            limit = call.operation.rate_limit
            if limit is None:
                return
            now = self._settings.clock()
            wait_s = self._rates.claim(limit, now)
            if not wait_s:
                call.claimed = now
                return
            error = RateLimited(
                f"{call.operation.name}: the service allows {limit.calls} in {limit.period_s:g} s "
                f"and the next is possible in {wait_s:.1f} s, later than this call may take",
                operation=call.operation.name,
                retry_after_s=wait_s,
            )
            yield from self._sleep(call, wait_s, error, limit.why)

    def _show_who(self, call: _Call) -> Steps[None]:
        if call.operation.authenticate:
            credential = self._auth.credential()
            if credential is None:
                yield from self._renew(call, None)
                credential = self._auth.credential()
            if credential is None:
                raise AuthenticationFailed(
                    f"{call.operation.name}: the token had expired when it arrived",
                    operation=call.operation.name,
                )
            call.credential = credential

    def _renew(self, call: _Call, stale: Credential | None) -> Steps[None]:
        failure: TransportError | None = yield Renew(stale, call.deadline)
        if failure is not None:
            raise failure

    # -- after a sending ---------------------------------------------------------------------------

    def _give_back(self, call: _Call, outcome: Outcome) -> None:
        """Take back what a sending that never reached the service has claimed of its rate."""
        limit, claimed = call.operation.rate_limit, call.claimed
        if limit is not None and claimed is not None and outcome.sent is Sent.NO:
            self._rates.release(limit, claimed)

    def _error(self, call: _Call, outcome: Outcome) -> TransportError:
        operation = call.operation
        if outcome.reply is not None:
            return service_error(
                operation,
                outcome.reply,
                now=self._settings.wall_clock(),
                secrets=self._secrets(call),
            )
        assert outcome.error is not None
        error = named(outcome.error, operation, self._secrets(call))
        if outcome.transient and self._settings.clock() >= call.deadline:
            return DeadlineExceeded(
                f"{error}; the time of the call is over", operation=operation.name
            )
        return error

    def _check_repeatable(self, call: _Call, outcome: Outcome, error: TransportError) -> None:
        """Raise the error of an outcome after which the operation is not sent again."""
        repeat = call.operation.repeat
        idempotent = repeat in (Repeat.SAFE, Repeat.KEYED)
        absent = repeat is Repeat.RECONCILABLE and not call.in_doubt
        possible = outcome.transient and (outcome.not_taken or idempotent or absent)
        rate_used_up = _rate_used_up(call.operation, outcome)
        if not possible or (call.attempts >= self._settings.attempts and not rate_used_up):
            raise error
        if self._settings.clock() >= call.deadline:
            raise error
        if error.retry_after_s is None and not rate_used_up:
            if not self._quota.spend():
                raise error
            call.paid += 1

    def _back_off(self, call: _Call, outcome: Outcome, error: TransportError) -> Steps[None]:
        asked_s, limit = error.retry_after_s, call.operation.rate_limit
        if asked_s is None and limit is not None and _rate_used_up(call.operation, outcome):
            yield from self._sleep(call, limit.period_s / limit.calls, error, limit.why)
        elif asked_s is None:
            yield from self._sleep(call, self._jitter(call, outcome), error)
        elif asked_s > LONGEST_ASKED_S:
            raise error
        else:
            yield from self._sleep(call, asked_s, error, "the service asks to wait")

    def _look_up(self, call: _Call, error: TransportError) -> Steps[Any]:
        """Ask the service whether it took an operation whose outcome was unclear.

        Returns:
            The reply that it would have given; None where it surely did not take it.
        """
        assert call.operation.look_up is not None
        settle_s = max(call.operation.settle_s, self._jitter(call, None))
        yield from self._sleep(call, settle_s, error)
        reply = yield from self.run(call.operation.look_up(), call.deadline)
        call.in_doubt = False
        return reply

    def _jitter(self, call: _Call, outcome: Outcome | None) -> float:
        throttled = outcome is not None and outcome.status in (429, 503)
        base = THROTTLED_BACKOFF_S if throttled else BACKOFF_S
        return self._settings.rng.uniform(
            0, min(LONGEST_BACKOFF_S, base * 2 ** (call.attempts - 1))
        )

    # -- waiting -----------------------------------------------------------------------------------

    def _sleep(
        self, call: _Call, seconds: float, error: TransportError, why: str = ""
    ) -> Steps[None]:
        """Wait, or raise the error at once where the wait would pass the deadline."""
        if self._settings.clock() + seconds >= call.deadline:
            raise error
        if seconds > 0:
            yield Sleep(seconds, why)

    def _pause(self, pause: Pause, deadline: float | None) -> Steps[None]:
        if deadline is not None and self._settings.clock() + pause.seconds >= deadline:
            raise DeadlineExceeded(f"a pause of {pause.seconds:g} s would pass the deadline")
        yield Sleep(pause.seconds, pause.why)

    def _left_s(self, deadline: float | None) -> float:
        return math.inf if deadline is None else max(0.0, deadline - self._settings.clock())


def _rate_used_up(operation: Operation[Any], outcome: Outcome) -> bool:
    """Whether others use a documented rate, too, so that there will be room in a while."""
    return outcome.status == 429 and operation.rate_limit is not None

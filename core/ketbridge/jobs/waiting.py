"""Waiting for a job to end: what a poll's outcome means for the wait, as one flow."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import (
    AuthenticationFailed,
    JobLost,
    JobTimeout,
    NotFound,
    PermissionDenied,
    RequestRefused,
    TlsError,
    TransportError,
)
from ..transport.operation import Flow, Pause
from .polling import Schedule
from .state import JobState, JobStatus

GRACE_S = 10.0
"""How long a service may not know a job, or not have the result of a finished one."""
FAULT_PATIENCE_S = 900.0
"""How long every poll may fail before a wait without a deadline ends."""
LAST_S = 0.2
"""How long before the end of its time a wait asks for the last time."""
FIRST_S = 0.5
"""How long the first question may take in a wait that has less time than this, or none."""
SHORTEST_S = 0.001
"""Shortest pause: less than what rounding leaves of the time is no time."""
UNKNOWN_PATIENCE_S = 3600.0
"""How long a job may be in an unknown state before a wait without a deadline ends."""

Progress = Callable[[JobState, float], None]

_ENDS_THE_WAIT = (AuthenticationFailed, PermissionDenied, RequestRefused, TlsError)
"""Errors that asking again cannot mend."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Where time and chance come from: the settings of the cloud's transport."""

    now: Callable[[], float]
    rng: random.Random


@dataclass(slots=True)
class Wait:
    """One wait for one job.

    Attributes:
        job: the job's address, for messages.
        ask: makes the flow that asks for the state once.
        clock: time and chance.
        timeout_s: how long the wait may take; None for as long as it needs.
        progress: called with the state and the time since the start after each answer.
        schedule: how often to ask.
    """

    job: str
    ask: Callable[[], Flow[JobState]]
    clock: Clock
    timeout_s: float | None = None
    progress: Progress | None = None
    schedule: Schedule = field(default_factory=Schedule)
    _start: float = 0.0
    _failing_since: float | None = None
    _missing_since: float | None = None
    _unknown_since: float | None = None

    def flow(self) -> Flow[JobState]:
        """Ask until the job has ended.

        Raises:
            JobTimeout: the time is over and the job has not ended.
            JobLost: the service has not known the job for longer than the grace.
            TransportError: asking again cannot help.
        """
        self._start = self.clock.now()
        while True:
            state: JobState | None = None
            fault: TransportError | None = None
            try:
                state = yield from self.ask()
            except TransportError as error:
                fault = error
                self._failed(error)
            else:
                self._answered(state)
                if state.status.final:
                    return state
            wait_s = self.schedule.wait_s(self._elapsed_s(), state, self.clock.rng)
            if fault is not None and fault.retry_after_s:
                wait_s = max(wait_s, fault.retry_after_s)
            yield from self._pause(wait_s, state, fault)

    def _pause(self, wait_s: float, state: JobState | None, error: Exception | None) -> Flow[None]:
        """Wait for the next question; the last one comes just before the time is over."""
        if self.timeout_s is None:
            yield Pause(wait_s)
            return
        left_s = self._left_s(self.timeout_s) - min(LAST_S, self.timeout_s / 10)
        if left_s < SHORTEST_S:
            raise self._timeout(state, error)
        yield Pause(min(wait_s, left_s))

    def _answered(self, state: JobState) -> None:
        self._failing_since = self._missing_since = None
        now = self.clock.now()
        if self.progress is not None:
            self.progress(state, now - self._start)
        if state.status is not JobStatus.UNKNOWN:
            self._unknown_since = None
        elif self._unknown_since is None:
            self._unknown_since = now
            warnings.warn(
                f"{self.job} is in the state {state.raw!r}, which this version of Ketbridge does "
                "not know; it goes on asking",
                stacklevel=2,
            )
        elif self.timeout_s is None and now - self._unknown_since > UNKNOWN_PATIENCE_S:
            raise self._timeout(state)

    def _failed(self, error: TransportError) -> None:
        now = self.clock.now()
        if isinstance(error, NotFound):
            self._missing_since = self._missing_since or now
            if now - self._missing_since >= GRACE_S:
                raise JobLost(f"the service does not know {self.job}: {error}", job=self.job)
        elif isinstance(error, _ENDS_THE_WAIT):
            raise about(self.job, error)
        self._failing_since = self._failing_since or now
        if self.timeout_s is None and now - self._failing_since > FAULT_PATIENCE_S:
            raise about(self.job, error)
        if self.timeout_s is not None and self._left_s(self.timeout_s) <= 0:
            raise self._timeout(None, error) from error

    def _elapsed_s(self) -> float:
        return self.clock.now() - self._start

    def _left_s(self, timeout_s: float) -> float:
        return timeout_s - self._elapsed_s()

    def _timeout(self, state: JobState | None, error: Exception | None = None) -> JobTimeout:
        known = f"it is {state.raw}" if state is not None else f"the last answer was: {error}"
        return JobTimeout(
            f"{self.job} did not end within {self._elapsed_s():.1f} s, {known}; it goes on and can "
            "be asked for again",
            job=self.job,
        )


def about(job: str, error: TransportError) -> TransportError:
    """Put a job's address in front of an error's message, so that the job can be found again."""
    text = str(error)
    if job not in text:
        error.args = (f"{job}: {text}",)
    return error

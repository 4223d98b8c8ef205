"""Creating a job once, and waiting for a place among those that a machine holds.

A machine holds a limited number of jobs, finished ones included until they are deleted. The
service answers 429 then, and does not say when to come again.
"""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import (
    AmbiguousSubmissionError,
    DeadlineExceeded,
    NotFound,
    RateLimited,
    RequestRefused,
    TransportError,
    UnknownOptionError,
)
from ...transport.failures import ambiguous
from ...transport.operation import Flow, Operation, Pause, Reply
from ...transport.outcome import retry_after_s
from ...transport.wire import Settings
from . import operations
from .models import JobResponse, JobsResponse, JobStatus, RunJobBody
from .storing import REQUEST, RESULTS, Folders

FULL = 429
TAKEN = 409
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
LONGEST_ASKED_S = 60.0
"""Longest wait that is taken from ``Retry-After``; a longer one is left to the caller."""
DELETED_AT_ONCE = 8
SLOT_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a job was taken, and for a machine that is full how long it asks to wait."""

    taken: bool
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a place.

    Attributes:
        longest_s: in all, in seconds.
        clock: monotonic, in seconds.
        rng: where the pauses come from.
        delete_finished: whether finished jobs of ours are deleted to make room.
    """

    longest_s: float
    clock: Callable[[], float]
    rng: random.Random
    delete_finished: bool

    @classmethod
    def of(cls, account: Mapping[str, Any], transport: Settings) -> Patience:
        """Read the settings of an account, and where time and chance come from."""
        return cls(
            float(account.get("slot_wait_s", SLOT_WAIT_S)),
            transport.clock,
            transport.rng,
            flag(account, "delete_finished"),
        )


def flag(account: Mapping[str, Any], name: str) -> bool:
    """Read a setting that is true or false; text, which would always be true, is refused.

    Raises:
        UnknownOptionError: it is neither.
    """
    value = account.get(name, False)
    if not isinstance(value, bool):
        raise UnknownOptionError(f"the setting {name} is true or false, not {value!r}")
    return value


def create(body: RunJobBody, folders: Folders, patience: Patience) -> Flow[None]:
    """Create a job, waiting for a place where the machine is full.

    A machine that is full says so before it looks at the id, also of a job that it took from a
    sending whose answer was lost. So after that no error counts before the id was asked for.

    Raises:
        RateLimited: there was no place in time.
        AmbiguousSubmissionError: whether it was taken is not known.
        TransportError: it was not taken.
    """
    seen_full: list[Answer] = []
    try:
        yield from _until_taken(body, folders, patience, seen_full)
    except TransportError as error:
        if not seen_full or isinstance(error, AmbiguousSubmissionError):
            raise
        try:
            found = yield from find(body.id)
        except TransportError:
            raise ambiguous(operations.create_job(body), error) from error
        if found is None:
            raise


def _until_taken(
    body: RunJobBody, folders: Folders, patience: Patience, seen_full: list[Answer]
) -> Flow[None]:
    """Send a job until it is taken; notes each answer that the machine is full."""
    start, wait_s = patience.clock(), FIRST_WAIT_S
    while True:
        answer = yield from _send(body)
        if answer.taken:
            return
        seen_full.append(answer)
        if patience.delete_finished and (yield from _make_room(body.backend, folders)):
            continue
        pause_s = answer.retry_after_s
        if pause_s is None:
            pause_s = patience.rng.uniform(wait_s / 2, wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)
        left_s = patience.longest_s - (patience.clock() - start)
        if pause_s > min(left_s, LONGEST_ASKED_S):
            raise _full(body.backend, answer)
        try:
            yield Pause(pause_s, f"{body.backend} holds as many jobs as it may")
        except DeadlineExceeded:
            raise _full(body.backend, answer) from None


def _send(body: RunJobBody) -> Flow[Answer]:
    """Send a job; a doubt that is left is settled by asking for the id."""
    try:
        return (yield _asked(operations.create_job(body)))  # type: ignore[no-any-return]
    except AmbiguousSubmissionError as doubt:
        try:
            found = yield from find(body.id)
        except TransportError:
            raise doubt from None
        if found is None:
            raise
    except RequestRefused as error:
        # The id is random and ours, so whoever else used it was an earlier sending of this job.
        if error.status != TAKEN:
            raise
        try:
            found = yield from find(body.id)
        except TransportError:
            raise ambiguous(operations.create_job(body), error) from error
        if found is None:
            raise
    return Answer(True)


def _asked(create_job: Operation[None]) -> Operation[Answer]:
    """Read the answer of a machine that is full, instead of sending again in a moment."""

    def read(reply: Reply) -> Answer:
        full = reply.status == FULL
        return Answer(not full, retry_after_s(reply, time.time()) if full else None)

    return replace(create_job, accept=create_job.accept | {FULL}, read=read)  # type: ignore[arg-type,return-value]


def find(job_id: str) -> Flow[JobResponse | None]:
    """Ask for the job of an id, None where neither the service nor its list of jobs has it."""
    try:
        return (yield operations.get_job(job_id))  # type: ignore[no-any-return]
    except NotFound:
        return (yield from among_all(job_id))


def among_all(job_id: str) -> Flow[JobResponse | None]:
    """Look for a job among all of the caller's, because one 404 is soon said.

    Taking a job for absent that is not would lose it.
    """
    listed: JobsResponse = yield operations.list_jobs()
    return next((job for job in listed.jobs if job.id == job_id), None)


def _make_room(backend: str, folders: Folders) -> Flow[bool]:
    """Delete finished jobs of ours at the service, oldest first; returns whether any was.

    Only jobs whose record is in our bucket are ours, and a completed one must have its result
    there. What the service last said of each is kept beside it, so that nothing is lost.
    """
    deleted = 0
    listed = yield operations.list_jobs()
    for job in listed.jobs:
        if job.backend != backend or not job.status.known or job.status is JobStatus.RUNNING:
            continue
        if not (yield from _is_safe(job, folders)):
            continue
        yield from folders.keep_job(job)
        with contextlib.suppress(NotFound):  # somebody else was faster; there is room all the same
            yield operations.delete_job(job.id)
        deleted += 1
        if deleted == DELETED_AT_ONCE:
            break
    return deleted > 0


def _is_safe(job: JobResponse, folders: Folders) -> Flow[bool]:
    needed = RESULTS if job.status is JobStatus.COMPLETED else REQUEST
    if not (yield from folders.has(job.id, REQUEST)):
        return False
    return needed == REQUEST or (yield from folders.has(job.id, needed))


def _full(backend: str, answer: Answer) -> RateLimited:
    return RateLimited(
        f"job.create: {backend} holds as many jobs as it may, finished ones included until they "
        "are deleted: delete some, or let the account do it with delete_finished=True",
        operation="job.create",
        status=FULL,
        retry_after_s=answer.retry_after_s,
    )

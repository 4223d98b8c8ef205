"""Every cloud on the sandbox, to be put through the same faults: one entry of a table each."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from support import submissions
from support.clockwork import Clockwork

from ketbridge.accounts import Account
from ketbridge.clouds.base import Cloud
from ketbridge.clouds.ionq import IonqCloud
from ketbridge.jobs.handle import Job
from ketbridge.jobs.submission import Request
from ketbridge.sandbox import Sandbox, Timing
from ketbridge.sandbox.service import JobSeen
from ketbridge.secret import Secret


@dataclass(frozen=True)
class Case:
    """What the tests must know of a cloud.

    Attributes:
        name: name of the cloud.
        make: its class.
        request: makes a request for two equal bits on a machine that answers at once.
        submit, look_up, status, result, cancel: operation ids of its contract.
        slow: what makes of it a request that stays in the queue, see `TIMING`.
        fast: settings under which nothing waits for the service's lists.
    """

    name: str
    make: Callable[..., Cloud]
    request: Callable[..., Request]
    submit: str
    look_up: str
    status: str
    result: str
    cancel: str
    slow: Mapping[str, Any]
    fast: Mapping[str, Any]


CASES = (
    Case(
        "ionq",
        IonqCloud,
        submissions.request,
        submit="CreateJob",
        look_up="GetJobs",
        status="GetJob",
        result="GetJobProbabilities",
        cancel="CancelJob",
        slow={"backend": "qpu.aria-1"},
        fast={"settle_s": 0.0},
    ),
)

CALLS = ("submit", "status", "result", "cancel")

TIMING = {"qpu.aria-1": Timing(queue_s=600, run_s=1)}
"""How the sandbox of these tests keeps a job waiting."""


class Bench:
    """One cloud, seen from one computer, by one of the two drivers.

    Attributes:
        case: which cloud.
        clock: the time of its transport.
        cloud: the client.
    """

    def __init__(
        self, case: Case, server: Sandbox, ledger: Path, kind: str = "sync", **settings: Any
    ) -> None:
        """Open the cloud on a clock of its own.

        Args:
            case: which cloud.
            server: the sandbox; its faults are cleared now.
            ledger: file of the ledger.
            kind: ``sync`` or ``async``.
            **settings: of the account; ``clock=time.monotonic`` and so on for the real time.
        """
        self.case = case
        self.clock = Clockwork()
        self.server = server
        server.faults.clear()
        self._settings = {**self.clock.account_settings(), **case.fast, **settings}
        self._ledger = ledger
        self._token = Secret(f"user-{uuid.uuid4()}")  # a user who has no jobs yet
        self.cloud = self.open()
        self._runner = asyncio.Runner() if kind == "async" else None
        self._first = self._jobs_before = len(server.jobs())
        self._before = server.requests()

    def account(self, **changes: Any) -> Account:
        """The account that it is opened with."""
        known = {"settings": self._settings, "ledger": self._ledger, "token": self._token}
        own = self.server.accounts[self.case.name]
        fields = {**known, **changes}
        return replace(own, **{**fields, "settings": {**own.settings, **fields["settings"]}})

    def open(self, **changes: Any) -> Cloud:
        """Open the cloud once more, with another account."""
        return self.case.make(self.account(**changes))

    def operation(self, call: str) -> str:
        """Operation id of a call's own request."""
        return str(getattr(self.case, call))

    # -- calls ------------------------------------------------------------------------------------

    def submit(self, **changes: Any) -> Job:
        """Submit."""
        asked = self.case.request(**changes)
        if self._runner is None:
            return self.cloud.submit(asked)
        return self._runner.run(self.cloud.asubmit(asked))

    def finished(self) -> Job:
        """Submit a job and wait, on another connection, until it has ended; count from here."""
        self._apart(lambda cloud: cloud.submit(self.case.request()).wait(30))
        return self._newest()

    def queued(self) -> Job:
        """Submit a job, on another connection, that stays in the queue; count from here."""
        self._apart(lambda cloud: cloud.submit(self.case.request(**self.case.slow)))
        return self._newest()

    def _newest(self) -> Job:
        job_id = self.jobs()[-1].id
        self.count_from_here()
        return self.cloud.job(job_id)

    def _apart(self, act: Callable[[Cloud], Any]) -> Any:
        """Do something on another connection, without faults of time."""
        other = self.open(settings=dict(self.case.fast))
        try:
            return act(other)
        finally:
            other.close()

    def count_from_here(self) -> None:
        """Forget the jobs, requests and sleeps so far."""
        self._jobs_before = len(self.server.jobs())
        self._before = self.server.requests()
        self.clock.sleeps.clear()

    def prepared(self, call: str) -> Callable[[], Any]:
        """Prepare a call; the faults are to be added between this and the call."""
        if call == "submit":
            self.count_from_here()
            return self.submit
        job = self.queued() if call == "cancel" else self.finished()
        return lambda: self.ask(job, call)

    def ask(self, job: Job, call: str, timeout_s: float | None = 60.0) -> Any:
        """Ask for something of a job."""
        if self._runner is None:
            ways = {"status": job.state, "cancel": job.cancel}
            return ways[call]() if call in ways else job.result(timeout_s)
        coroutines = {"status": job.astate, "cancel": job.acancel}
        if call in coroutines:
            return self._runner.run(coroutines[call]())
        return self._runner.run(job.aresult(timeout_s))

    # -- what came of it ---------------------------------------------------------------------------

    def jobs(self) -> list[JobSeen]:
        """The jobs that are on the server since the count began."""
        return self.server.jobs()[self._jobs_before :]

    def requests(self, operation: str | None = None) -> int:
        """Number of requests of an operation, or of all, since the count began."""
        now = self.server.requests()
        names = now if operation is None else [operation]
        return sum(now.get(name, 0) - self._before.get(name, 0) for name in names)

    @property
    def slept_s(self) -> float:
        """Total of the sleeps since the count began."""
        return sum(self.clock.sleeps)

    def settle(self) -> list[Job | None]:
        """Settle everything that is open, without faults, from another connection."""
        self.server.faults.clear()
        entries = self.cloud.ledger.pending()
        return self._apart(lambda cloud: [cloud.settle(one.submission.id) for one in entries])

    def close(self) -> None:
        """Delete the jobs, so that the service's lists stay short, and close everything."""
        self.server.faults.clear()
        for seen in self.server.jobs()[self._first :]:
            self._apart(lambda cloud, job_id=seen.id: cloud.job(job_id).delete())
        if self._runner is not None:
            self._runner.run(self.cloud.client.aclose())
            self._runner.close()
        self.cloud.client.close()
        self.cloud.ledger.close()


@contextmanager
def bench(case: Case, server: Sandbox, ledger: Path, **settings: Any) -> Iterator[Bench]:
    """Open a bench and close it."""
    made = Bench(case, server, ledger, **settings)
    try:
        yield made
    finally:
        made.close()

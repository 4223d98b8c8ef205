"""A cloud on the sandbox, opened to be put through faults; the clouds are in `cloud_cases`."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from support.clockwork import Clockwork
from support.cloud_cases import Case

from ketbridge.accounts import Account
from ketbridge.clouds.base import Cloud
from ketbridge.jobs.handle import Job
from ketbridge.sandbox import Sandbox
from ketbridge.sandbox.service import JobSeen

ENDED_S = 30.0
"""How long a job may take that is not kept waiting."""


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
        self._user = f"user-{uuid.uuid4()}"  # one who has no jobs yet
        self.cloud = self.open()
        self._runner = asyncio.Runner() if kind == "async" else None
        self._first = self._jobs_before = len(self._seen())
        self._before = server.requests()

    def account(self, **changes: Any) -> Account:
        """The account that it is opened with."""
        own = self.server.accounts[self.case.name]
        fields = {"settings": self._settings, "ledger": self._ledger} | changes
        shown = self.case.credentials(self._user)
        settings = {**own.settings, **shown.get("settings", {}), **fields["settings"]}
        return replace(own, **{**shown, **fields, "settings": settings})

    def open(self, **changes: Any) -> Cloud:
        """Open the cloud once more, with another account."""
        return self.case.make(self.account(**changes))

    def operation(self, call: str) -> str:
        """Operation id of a call's own request."""
        return str(getattr(self.case, call))

    # -- calls ------------------------------------------------------------------------------------

    def submit(self, timeout_s: float | None = None, **changes: Any) -> Job:
        """Submit within a time."""
        asked = self.case.request(**changes)
        if self._runner is None:
            return self.cloud.submit(asked, timeout_s=timeout_s)
        return self._runner.run(self.cloud.asubmit(asked, timeout_s=timeout_s))

    def finished(self) -> Job:
        """Submit a job and wait, on another connection, until it has ended; count from here."""
        self._apart(lambda cloud: _ended(cloud.submit(self.case.request())))
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

    def have_token(self) -> None:
        """Let the client exchange its key now, where it has to; count from here."""
        if self.case.exchange:
            self.cloud.client.auth.renew(None, 30.0)
        self.count_from_here()

    def count_from_here(self) -> None:
        """Forget the jobs, requests and sleeps so far."""
        self._jobs_before = len(self._seen())
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

    def told(self, word: str) -> dict[str, Any]:
        """Members by which an answer tells a state of the service."""
        return dict(self.case.word(word))

    # -- what came of it ---------------------------------------------------------------------------

    def jobs(self) -> list[JobSeen]:
        """The jobs that are on the server since the count began."""
        return self._seen()[self._jobs_before :]

    def _seen(self) -> list[JobSeen]:
        return [seen for seen in self.server.jobs() if seen.cloud == self.case.name]

    def requests(self, operation: str | None = None) -> int:
        """Number of requests since the count began.

        Args:
            operation: its id; None for all but exchanges of keys and those to the bucket, where
                jobs read and write whenever they run.
        """
        now = self.server.requests()
        names = [operation] if operation is not None else [name for name in now if self._asks(name)]
        return sum(now.get(name, 0) - self._before.get(name, 0) for name in names)

    def _asks(self, name: str) -> bool:
        return name != self.case.exchange and not name.startswith("s3.")

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
        """Close everything; delete the jobs, so that the service's lists stay short."""
        self.server.faults.clear()
        if self.case.deletes:
            self._apart(self._delete)
        if self._runner is not None:
            self._runner.run(self.cloud.client.aclose())
            self._runner.close()
        self.cloud.close()
        self.cloud.ledger.close()

    def _delete(self, cloud: Cloud) -> None:
        for seen in self._seen()[self._first :]:
            cloud.job(seen.id).delete()


def _ended(job: Job) -> None:
    """Ask until a job has ended, oftener than one would ask a service."""
    end = time.monotonic() + ENDED_S
    while not job.status().final:
        assert time.monotonic() < end, f"{job} does not end"
        time.sleep(0.001)

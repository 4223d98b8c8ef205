"""The gate: in any order of submitting, faults, deaths and settling, no job is made twice or lost.

A client works against a real sandbox over real sockets. Faults strike its requests, and its process
dies at any of its steps: before a request, between a request and its answer, in a pause. A death
drops the client with its connections and locks, and leaves the ledger's file. At the end everything
that is open is settled. Then every call that returned a job has exactly that job on the server,
every call that failed has none or one that is known, and the server has no other.
"""

from __future__ import annotations

import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
    run_state_machine_as_test,
)
from support.cloud_bench import Bench
from support.cloud_cases import ALL, Case
from support.dying import die

from ketbridge.errors import AmbiguousSubmissionError, KetbridgeError
from ketbridge.jobs.ledger import EntryState
from ketbridge.sandbox import Fault, Sandbox

FAULTS = {
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "short": Fault.short_body(),
    "cut chunks": Fault.cut_chunks(),
    "cut gzip": Fault.cut_gzip(),
    "429": Fault.rate_limited(),
    "429 for 2 s": Fault.rate_limited(2),
    "429 for an hour": Fault.rate_limited(3600),
    "400": Fault.status(400),
    "401": Fault.unauthorized(),
    "404": Fault.not_found(),
    "500": Fault.status(500),
    "503": Fault.status(503),
    "500 after": Fault.error_after(500),
    "502 after": Fault.error_after(502),
    "malformed": Fault.body(),
    "html": Fault.html(),
    "empty": Fault.empty(),
    "unknown": Fault.unknown_status(),
}
TROUBLE = st.tuples(
    st.sampled_from(list(FAULTS)),
    st.sampled_from([0, 0, 1, 2]),
    st.integers(1, 5),
    st.integers(0, 2),
)
"""A fault, which operation it strikes, how often, and after how many requests.

The operation is the first or the second of two, or the exchange of the key for a token.
"""

STEPS = st.none() | st.integers(0, 25)
"""After how many steps the process dies, if it does."""


class Killed(BaseException):
    """The process ended here."""


class Life:
    """Counts the steps of a process, and ends it at one of them."""

    def __init__(self) -> None:
        self.steps_left: int | None = None

    def step(self) -> None:
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise Killed


class Gate(RuleBasedStateMachine):
    """One user of one cloud, whose process dies and comes back."""

    case: Case
    server: Sandbox
    counted: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        ledger = Path(self.folder.name) / "ledger.sqlite3"
        self.bench = Bench(self.case, self.server, ledger, io_timeout_s=5.0)
        self.life = Life()
        self.calls = 0
        self.returned: list[str] = []
        self._come_alive()

    def _come_alive(self) -> None:
        """Open the cloud in a process of which every step may be the last."""
        self.life.steps_left = None
        clock = self.bench.clock

        def sleep(seconds: float) -> None:
            self.life.step()
            clock.sleep(seconds)

        def now() -> float:
            self.life.step()
            return clock.now

        steered = {"sleep": sleep, "clock": now}
        self.bench.cloud = self.bench.open(settings={**self.bench.account().settings, **steered})
        self.bench.cloud.ledger.failed = self._alive(self.bench.cloud.ledger.failed)
        self.bench.cloud.ledger.accept = self._alive(self.bench.cloud.ledger.accept)

    def _alive(self, method: Any) -> Any:
        """Keep the dead from writing: what happens after `Killed` does not happen."""

        def write(submission_id: str, what: Any) -> None:
            if isinstance(what, Killed):
                return
            self.life.step()
            method(submission_id, what)

        return write

    def _die(self) -> None:
        self.bench.cloud.close()
        ledger = self.bench.cloud.ledger
        del ledger.failed, ledger.accept
        die(ledger)
        self._come_alive()

    # -- what happens ------------------------------------------------------------------------------

    @rule(
        circuits=st.sampled_from([1, 3]),
        queued=st.booleans(),
        faults=st.lists(TROUBLE, max_size=3),
        steps=STEPS,
    )
    def submit(self, circuits: int, queued: bool, faults: list[Any], steps: int | None) -> None:
        self._go_wrong(faults, ("submit", "look_up"))
        self.life.steps_left = steps
        changes = {"programs": (self.case.program,) * (circuits if self.case.several else 1)}
        changes |= self.case.slow if queued else {}
        self.calls += 1
        try:
            job = self.bench.submit(**changes)
        except AmbiguousSubmissionError as error:
            assert self.bench.cloud.ledger.entry(error.submission_id).open
            return
        except KetbridgeError:
            return
        except Killed:
            self._die()
            return
        self.returned.append(job.id)

    @rule(
        which=st.integers(0, 9),
        call=st.sampled_from(["status", "result", "cancel"]),
        faults=st.lists(TROUBLE, max_size=2),
        steps=STEPS,
    )
    def ask(self, which: int, call: str, faults: list[Any], steps: int | None) -> None:
        if not self.returned:
            return
        job = self.returned[which % len(self.returned)]
        self._go_wrong(faults, (call, "status"))
        self.life.steps_left = steps
        try:
            self.bench.ask(self.bench.cloud.job(job), call, timeout_s=20.0)
        except KetbridgeError as error:
            assert job in str(error)
        except Killed:
            self._die()

    def _go_wrong(self, faults: list[Any], calls: tuple[str, ...]) -> None:
        self.bench.server.faults.clear()
        for name, which, times, skip in faults:
            asked = [self.bench.operation(call) for call in calls]
            on = [*asked, self.case.exchange or asked[1]][which]
            self.bench.server.faults.add(FAULTS[name], on=on, times=times, skip=skip)

    @rule()
    def restart(self) -> None:
        self._die()

    @rule(faults=st.lists(TROUBLE, max_size=2), steps=STEPS)
    def settle(self, faults: list[Any], steps: int | None) -> None:
        self._go_wrong(faults, ("look_up", "look_up"))
        self.life.steps_left = steps
        for entry in self.bench.cloud.ledger.pending():
            try:
                self.bench.cloud.settle(entry.submission.id)
            except KetbridgeError:
                continue
            except Killed:
                self._die()
                return

    # -- what must be true at the end --------------------------------------------------------------

    def teardown(self) -> None:
        self._die()
        self.bench.settle()
        ledger = self.bench.cloud.ledger
        entries = ledger.history(1000)
        open_ones = ledger.pending()
        on_server = Counter(seen.id for seen in self.bench.jobs())
        known = Counter(
            entry.submission.job_id for entry in entries if entry.state is EntryState.ACCEPTED
        )
        del ledger.failed, ledger.accept
        self.bench.close()
        self.folder.cleanup()
        assert len(entries) == self.calls, "every call is in the ledger"
        assert not open_ones, "everything can be settled"
        assert known == on_server, "the ledger and the server know the same jobs"
        assert set(self.returned) <= set(on_server), "no returned job is lost"
        assert len(self.returned) == len(set(self.returned)), "no two calls are one job"
        self.counted.update(
            runs=1, calls=self.calls, jobs=len(on_server), returned=len(self.returned)
        )


def run(case: Case, server: Sandbox, runs: int, steps: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    machine = type("Gate", (Gate,), {"case": case, "server": server, "counted": counted})
    with warnings.catch_warnings(action="ignore"):
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=runs,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return counted


RUNS = {"ionq": 100, "ibm": 40, "kipu": 40, "ibm-direct": 8}
"""Fewer where most is shared with the first; IBM Direct Access also waits for its bucket."""
MANY = 100
"""Runs in which a job whose submitter died is among them for sure."""


@pytest.mark.parametrize("case", ALL, ids=str)
def test_no_job_is_made_twice_or_lost(case: Case, server: Sandbox) -> None:
    counted = run(case, server, runs=RUNS[case.name], steps=15)
    found_later = counted["jobs"] - counted["returned"]
    assert counted["returned"] > 0
    assert found_later > 0 or RUNS[case.name] < MANY


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("case", ALL, ids=str)
def test_no_job_is_made_twice_or_lost_in_2000_runs(case: Case, server: Sandbox) -> None:
    counted = run(case, server, runs=2000, steps=25)
    print(dict(counted))
    assert counted["runs"] >= 2000

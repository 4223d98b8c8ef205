"""A call submits one job: never two, and never one that nobody knows of.

A model of a service takes submissions, and faults strike before or after it took them, during the
look-up, and by killing the process. Whatever happens, a call that returns has made exactly the job
that it names; a call that raises has made none, unless it says that it does not know; and what a
killed or ambiguous call left behind is settled by asking again.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from support.clockwork import Clockwork
from support.operations import reconcilable, submit

from ketbridge.errors import (
    AmbiguousSubmissionError,
    ConnectionFailed,
    ConnectionLost,
    TransportError,
    TruncatedResponse,
)
from ketbridge.transport import NoAuth
from ketbridge.transport.body import decode_json
from ketbridge.transport.operation import Operation, Repeat, Reply, json_body
from ketbridge.transport.outcome import Outcome
from ketbridge.transport.policy import Attempt, Policy, Sleep

BEFORE = ["refused", "429", "reset before", "503 before", "500 before"]
AFTER = ["reset after", "timeout after", "cut after", "502 after", "504 after", "500 after"]
FAULTS = st.lists(st.sampled_from([*BEFORE, *AFTER, "none", "kill"]), max_size=8)


class Service:
    """Takes jobs, by tag or by key, and lists them."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, str]] = []

    def handle(self, operation: Operation[Any], tag: str) -> Reply:
        if operation.method == "GET":
            wanted = dict(operation.query)["tag"]
            found = [{"id": job_id} for known, job_id in self.jobs if known == wanted]
            return Reply(200, {}, json_body({"jobs": found}))
        if operation.repeat is Repeat.KEYED and any(known == tag for known, _ in self.jobs):
            return Reply(409, {}, b"{}")
        self.jobs.append((tag, f"job-{len(self.jobs)}"))
        return Reply(200, {}, json_body({"id": self.jobs[-1][1]}))


class Killed(Exception):
    """The process ended here."""


def meet(fault: str, service: Service, operation: Operation[Any], tag: str) -> Outcome:
    """Let an operation meet a fault on its way to the service or back."""
    kind, _, when = fault.partition(" ")
    if kind == "refused":
        return Outcome(error=ConnectionFailed("refused"))
    reply = None if kind == "429" or when == "before" else service.handle(operation, tag)
    if fault == "kill":
        raise Killed
    if kind.isdigit():
        return Outcome(Reply(int(kind), {}, b"{}"))
    if kind == "cut":
        return Outcome(error=TruncatedResponse("cut"))
    if kind in ("reset", "timeout"):
        return Outcome(error=ConnectionLost(kind))
    return Outcome(reply)


class Submitting(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.service = Service()
        self.clockwork = Clockwork()
        self.restart()
        self.calls = 0
        self.known: dict[str, str | None] = {}
        self.open: set[str] = set()
        self.refused: set[str] = set()

    @rule()
    def restart(self) -> None:
        self.policy = Policy(self.clockwork.settings(), NoAuth())

    @rule(
        faults=FAULTS,
        keyed=st.booleans(),
        timeout_s=st.sampled_from([0.5, 3.0, 100.0]),
        settle_s=st.sampled_from([0.0, 2.0]),
    )
    def submit(self, faults: list[str], keyed: bool, timeout_s: float, settle_s: float) -> None:
        self.calls += 1
        tag = f"call-{self.calls}"
        operation = reconcilable(settle_s, tag)
        if keyed:
            operation = submit(Repeat.KEYED, read=lambda reply: decode_json(reply.body))
        steps = self.policy.send(operation, self.clockwork.now + timeout_s)
        try:
            reply = self.drive(steps, faults, tag)
        except (AmbiguousSubmissionError, Killed):
            self.open.add(tag)
        except TransportError:
            self.refused.add(tag)
        else:
            self.known[tag] = reply.get("id")

    def drive(self, steps: Any, faults: list[str], tag: str) -> dict[str, str]:
        queue, answer = [*faults], None
        try:
            while True:
                step = steps.send(answer)
                answer = None
                if isinstance(step, Attempt):
                    fault = queue.pop(0) if queue else "none"
                    answer = meet(fault, self.service, step.operation, tag)
                    self.clockwork.now += 0.1
                else:
                    assert isinstance(step, Sleep)
                    self.clockwork.sleep(step.seconds)
        except StopIteration as end:
            return end.value
        finally:
            steps.close()

    @rule()
    def settle(self) -> None:
        """What was left open is asked for again, without faults."""
        for tag in sorted(self.open):
            look_up = reconcilable(0.0, tag).look_up
            assert look_up is not None
            found = self.drive(self.policy.run(look_up(), self.clockwork.now + 100), [], tag)
            if found is None:
                self.refused.add(tag)
            else:
                self.known[tag] = found["id"]
        self.open.clear()

    @invariant()
    def one_call_made_at_most_one_job(self) -> None:
        tags = [tag for tag, _ in self.service.jobs]
        assert len(tags) == len(set(tags))

    @invariant()
    def no_job_is_lost(self) -> None:
        for tag, job_id in self.service.jobs:
            assert tag in self.open or self.known.get(tag, job_id) in (job_id, None)
            assert tag not in self.refused

    @invariant()
    def every_known_job_is_there(self) -> None:
        assert set(self.known) <= {tag for tag, _ in self.service.jobs}


def run(examples: int) -> None:
    run_state_machine_as_test(
        Submitting,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_one_call_is_one_job() -> None:
    run(60)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_one_call_is_one_job_in_2500_runs() -> None:
    run(2500)

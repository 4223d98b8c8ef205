"""Any order of submitting, failing, dying and settling loses no entry and takes no word back."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from support.submissions import submission

from ketbridge.errors import ConnectionFailed, ConnectionLost
from ketbridge.jobs.ledger import Ledger


class LedgerMachine(RuleBasedStateMachine):
    """The ledger beside a dictionary of what it must know."""

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "ledger.sqlite3"
        self.ledger = Ledger(self.path)
        self.known: dict[str, str] = {}

    def teardown(self) -> None:
        self.ledger.close()
        self.folder.cleanup()

    @rule(target=sent)
    def begin(self) -> str:
        made = submission()
        self.ledger.begin(made)
        self.known[made.id] = "pending"
        return made.id

    @rule(of=sent)
    def accept(self, of: str) -> None:
        self.ledger.accept(of, f"job-{of}")
        self.known[of] = "accepted"

    @rule(of=sent)
    def surely_fail(self, of: str) -> None:
        self.ledger.failed(of, ConnectionFailed("x"))
        if self.known[of] != "accepted":
            self.known[of] = "refused"

    @rule(of=sent)
    def fail_in_doubt(self, of: str) -> None:
        if self.known[of] in ("pending", "unclear"):
            self.ledger.failed(of, ConnectionLost("x"))
            self.known[of] = "unclear"

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.ledger = Ledger(self.path)

    @invariant()
    def knows_what_it_was_told(self) -> None:
        entries = self.ledger.history(1000)
        assert {entry.submission.id: entry.state.value for entry in entries} == self.known

    @invariant()
    def finds_each_job_and_keeps_each_open_program(self) -> None:
        for entry in self.ledger.history(1000):
            body = entry.submission.request.programs[0].body
            assert bool(body) == entry.open
            if entry.state == "accepted":
                found = self.ledger.find("ionq", f"job-{entry.submission.id}")
                assert found == entry.submission


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)

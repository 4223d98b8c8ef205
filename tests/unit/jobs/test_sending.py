"""What is being sent is known to every process, until its own process ends."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.dying import die
from support.open_files import open_files
from support.submissions import submission

from ketbridge.errors import ConnectionLost
from ketbridge.jobs.ledger import Ledger

TESTS = Path(__file__).parents[2]

SENDER = """
import sys
from pathlib import Path
from support.open_files import open_files
from support.submissions import submission
from ketbridge.jobs.ledger import Ledger
made = submission()
Ledger(Path(sys.argv[1])).begin(made)
print(made.id, flush=True)
sys.stdin.read()
"""


def test_a_submission_is_being_sent_until_its_outcome_is_known(ledger):
    taken, lost = submission(), submission()
    for one in (taken, lost):
        ledger.begin(one)
    assert [ledger.is_sending(one.id) for one in (taken, lost)] == [True, True]
    ledger.accept(taken.id, "job-1")
    assert [ledger.is_sending(one.id) for one in (taken, lost)] == [False, True]
    ledger.failed(lost.id, ConnectionLost("x"))
    assert not ledger.is_sending(lost.id)


def test_another_process_sees_it_until_the_sender_is_killed(ledger):
    sender = subprocess.Popen(
        [sys.executable, "-c", SENDER, str(ledger.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS,
    )
    assert sender.stdout is not None
    sent = sender.stdout.readline().strip()
    before = ledger.is_sending(sent)
    sender.kill()
    sender.communicate()
    assert (before, ledger.is_sending(sent)) == (True, False)
    assert ledger.entry(sent).open


def test_two_ledgers_of_one_file_do_not_take_each_others_locks(ledger, tmp_path):
    made = submission()
    ledger.begin(made)
    other = Ledger(ledger.path)
    other.begin(second := submission())
    other.accept(second.id, "job-2")
    other.close()
    assert _seen_by_another_process(ledger.path, made.id)


def test_a_forked_child_does_not_send_what_its_parent_sends(ledger):
    ledger.begin(made := submission())
    child = os.fork()
    if child == 0:  # the child sees the parent's lock, and its end does not release it
        os._exit(0 if ledger.is_sending(made.id) else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert _seen_by_another_process(ledger.path, made.id)


def test_a_submission_that_cannot_be_written_down_is_not_being_sent(ledger):
    ledger.begin(made := submission())
    with pytest.raises(Exception, match="UNIQUE"):
        ledger.begin(made)
    assert not ledger.is_sending(made.id)


def test_no_file_stays_open_when_nothing_is_being_sent(ledger):
    before = open_files()
    ledger.begin(made := submission())
    ledger.accept(made.id, "job-1")
    assert not ledger.is_sending(made.id)
    ledger.close()
    assert open_files() <= before


def test_what_a_process_that_died_was_sending_can_be_settled(ledger):
    ledger.begin(made := submission())
    die(ledger)
    assert not ledger.is_sending(made.id)
    assert ledger.entry(made.id).open


def _seen_by_another_process(path: Path, submission_id: str) -> bool:
    code = (
        "import sys; from pathlib import Path; from ketbridge.jobs.ledger import Ledger;"
        "print(Ledger(Path(sys.argv[1])).is_sending(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(path), submission_id]
    return subprocess.check_output(command, text=True) == "True\n"

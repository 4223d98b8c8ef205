"""Processes that share a ledger, and that die while they use it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from ketbridge.jobs.ledger import EntryState, Ledger

TESTS = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from support.submissions import submission
from ketbridge.jobs.ledger import Ledger
ledger = Ledger(Path(sys.argv[1]))
for number in range(int(sys.argv[2])):
    sent = submission()
    ledger.begin(sent)
    print(sent.id, "begun", flush=True)
    ledger.accept(sent.id, "job-" + sent.id)
    print(sent.id, "accepted", flush=True)
"""


def start(file: Path, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS,
    )


def test_processes_that_open_a_new_ledger_at_once_all_write_into_it(tmp_path):
    file = tmp_path / "ledger.sqlite3"
    writers = [start(file, 20) for _ in range(3)]
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    ledger = Ledger(file)
    assert [entry.state for entry in ledger.history(100)] == [EntryState.ACCEPTED] * 60
    ledger.close()


def test_what_a_killed_process_said_it_had_written_is_there(tmp_path):
    file = tmp_path / "ledger.sqlite3"
    for delay_s in (0.0, 0.01, 0.03):
        writer = start(file, 100_000)
        said = [writer.stdout.readline()]
        time.sleep(delay_s)
        writer.send_signal(signal.SIGKILL)
        said += writer.communicate()[0].splitlines()
        ledger = Ledger(file)
        for line in said:
            words = line.split()
            if len(words) < 2:
                continue
            entry = ledger.entry(words[0])
            assert entry is not None
            if words[1] == "accepted":
                assert entry.state is EntryState.ACCEPTED
        assert len(ledger.pending()) <= 1 + [0.0, 0.01, 0.03].index(delay_s)
        ledger.close()

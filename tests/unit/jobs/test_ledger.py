from __future__ import annotations

import dataclasses
import os
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from support.submissions import BELL, request, submission

from ketbridge.accounts import Account
from ketbridge.address import CloudAddress
from ketbridge.errors import (
    AmbiguousSubmissionError,
    ConnectionFailed,
    ConnectionLost,
    DeadlineExceeded,
    LedgerError,
    ProtocolError,
    RateLimited,
    RequestRefused,
)
from ketbridge.jobs.ledger import EntryState, Ledger
from ketbridge.programs import Readout


def states(ledger: Ledger) -> list[EntryState]:
    return [entry.state for entry in ledger.history()]


def test_a_submission_is_kept_whole_until_it_is_accepted(ledger):
    other = dataclasses.replace(BELL, body=b"\x00\xff", readout=Readout((None, 4)), arguments="[1]")
    sent = submission(
        at="work:ionq",
        programs=(BELL, other, BELL),
        name="näme 🙂",
        tags=("a", "b"),
        metadata={"k": "v"},
        session="s",
        seed=3,
        options={"noise": {"model": "aria-1"}},
        sdk="qiskit",
    )
    ledger.begin(sent)
    assert ledger.pending()[0].submission == sent


def test_an_accepted_submission_is_found_by_its_job_without_its_bodies(ledger):
    sent = submission()
    ledger.begin(sent)
    ledger.accept(sent.id, "job-1")
    found = ledger.find("ionq", "job-1")
    assert found is not None
    assert (found.id, found.job_id) == (sent.id, "job-1")
    assert found.request == request(programs=(dataclasses.replace(BELL, body=b""),))
    assert ledger.pending() == []


def test_the_same_job_is_found_whichever_account_opens_it(ledger):
    sent = submission(at="work:ionq")
    ledger.begin(sent)
    ledger.accept(sent.id, "job-1")
    assert ledger.find("ionq", "job-1") is not None
    assert ledger.find("kipu", "job-1") is None


@pytest.mark.parametrize(
    "error", [ConnectionFailed("x"), RequestRefused("x", status=422), RateLimited("x", status=429)]
)
def test_an_error_that_surely_means_no_closes_the_entry(ledger, error):
    sent = submission()
    ledger.begin(sent)
    ledger.failed(sent.id, error)
    assert ledger.pending() == []
    assert states(ledger) == [EntryState.REFUSED]


@pytest.mark.parametrize(
    "error",
    [
        AmbiguousSubmissionError("x"),
        ConnectionLost("x"),
        DeadlineExceeded("x"),
        ProtocolError("x"),
        KeyboardInterrupt(),
        RuntimeError("x"),
    ],
)
def test_any_other_end_leaves_the_entry_open(ledger, error):
    sent = submission()
    ledger.begin(sent)
    ledger.failed(sent.id, error)
    (entry,) = ledger.pending()
    assert entry.state is EntryState.UNCLEAR
    assert entry.error
    assert entry.submission == sent


def test_acceptance_is_never_taken_back(ledger):
    sent = submission()
    ledger.begin(sent)
    ledger.close_entry(sent.id, "not there")
    ledger.accept(sent.id, "job-1")
    ledger.failed(sent.id, ConnectionFailed("x"))
    assert states(ledger) == [EntryState.ACCEPTED]
    with pytest.raises(LedgerError, match="job-1"):
        ledger.accept(sent.id, "job-2")


def test_an_unknown_submission_is_an_error(ledger):
    with pytest.raises(LedgerError, match="no submission"):
        ledger.accept("nothing", "job-1")


def test_the_history_is_newest_first_and_can_be_narrowed(ledger):
    for number in range(5):
        sent = submission(at="ionq" if number % 2 else "work:ionq", name=str(number))
        ledger.begin(sent)
        if number > 2:
            ledger.accept(sent.id, f"job-{number}")

    def names(**wanted):
        return [entry.submission.request.name for entry in ledger.history(**wanted)]

    assert names() == ["4", "3", "2", "1", "0"]
    assert names(limit=2) == ["4", "3"]
    assert names(at="work:ionq") == ["4", "2", "0"]
    assert names(state=EntryState.ACCEPTED) == ["4", "3"]
    assert names(backend="elsewhere") == []


def test_a_result_that_can_be_read_once_is_kept_until_the_job_is_forgotten(ledger):
    sent = submission()
    ledger.begin(sent)
    ledger.accept(sent.id, "job-1")
    ledger.store_result("ionq", "job-1", b"\x00first")
    ledger.store_result("ionq", "job-1", b"more", part="logs")
    assert ledger.result("ionq", "job-1") == b"\x00first"
    assert ledger.result("ionq", "job-1", "logs") == b"more"
    ledger.forget("ionq", "job-1")
    assert ledger.result("ionq", "job-1") is None
    assert ledger.find("ionq", "job-1") is None


def test_the_files_are_for_their_owner_only(ledger):
    ledger.begin(submission())
    files = list(ledger.path.parent.glob("ledger.sqlite3*"))
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_accounts_of_one_file_share_a_ledger(home):
    one = Ledger.of(Account(CloudAddress("ionq")))
    assert one is Ledger.of(Account(CloudAddress("kipu", "work")))
    assert one.path == home / "ledger.sqlite3"
    assert one is not Ledger.of(Account(CloudAddress("ionq"), ledger=home / "other"))


def test_a_folder_that_cannot_be_made_is_an_error_that_names_the_way_out(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="KETBRIDGE_HOME"):
        Ledger(tmp_path / "file" / "ledger.sqlite3").begin(submission())


def test_a_full_disk_is_an_error_before_anything_is_sent(ledger):
    ledger.begin(submission())
    connection = ledger._database._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    big = dataclasses.replace(BELL, body=bytes(100_000))
    with pytest.raises(LedgerError, match="full"):
        ledger.begin(submission(programs=(big,)))
    assert len(ledger.history()) == 1


def test_a_file_that_is_no_ledger_is_an_error(tmp_path):
    (tmp_path / "ledger").write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(tmp_path / "ledger").pending()


def test_a_ledger_of_a_newer_version_is_left_alone(tmp_path):
    file = tmp_path / "ledger.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(LedgerError, match="newer Ketbridge"):
        Ledger(file).begin(submission())


def test_threads_may_share_a_ledger(ledger):
    def work() -> None:
        for _ in range(10):
            sent = submission()
            ledger.begin(sent)
            ledger.accept(sent.id, f"job-{sent.id}")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states(ledger) == [EntryState.ACCEPTED] * 50
    assert len(ledger.history(1000)) == 80


def _in_child(work) -> int:
    """Fork, do the work in the child, and return the child's exit status."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_a_forked_child_and_its_parent_go_on_with_the_same_ledger(ledger):
    ledger.begin(submission(name="before"))
    assert _in_child(lambda: ledger.begin(submission(name="child"))) == 0
    ledger.begin(submission(name="parent"))
    names = {entry.submission.request.name for entry in ledger.history()}
    assert names == {"before", "child", "parent"}


def test_a_fork_during_another_threads_transactions_does_no_harm(ledger):
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            ledger.begin(submission())

    writer = threading.Thread(target=write)
    writer.start()
    try:
        codes = [_in_child(lambda: ledger.begin(submission(name="child"))) for _ in range(10)]
    finally:
        stop.set()
        writer.join()
    assert codes == [0] * 10
    names = [entry.submission.request.name for entry in ledger.history(100_000)]
    assert names.count("child") == 10
    assert _check(ledger.path) == "ok"


def _check(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        connection.close()

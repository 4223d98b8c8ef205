"""Threads, forks, interrupts and closed clients: one call is one job, and nothing is left open."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import ALL, IONQ
from support.open_files import open_files

from ketbridge.errors import KetbridgeError
from ketbridge.sandbox import Fault

CLOUDS = ALL
SYNC = pytest.mark.parametrize("kind", ["sync"])


def on_server(bench: Bench) -> list[str]:
    return sorted(seen.id for seen in bench.jobs())


@SYNC
@pytest.mark.parametrize(
    ("case", "number"), [(case, 200 if case is IONQ else 50) for case in ALL], ids=str
)
def test_200_threads_make_200_jobs(bench, number):
    """One thread a job; on the other clouds with fewer, because the locks are the same."""
    bench.submit()
    bench.count_from_here()
    before = open_files()
    bench.server.faults.add(Fault.reset_after(), on=bench.case.submit, times=20, skip=20)
    with ThreadPoolExecutor(number) as threads:
        made = list(threads.map(lambda _: bench.cloud.submit(bench.case.request()), range(number)))
    assert on_server(bench) == sorted(job.id for job in made)
    sent_again = bench.requests(bench.case.submit) - number
    assert 0 < sent_again <= 20 if bench.case.keyed else sent_again == 0
    assert bench.cloud.ledger.pending() == []
    bench.cloud.close()
    end = time.monotonic() + 30  # the server still runs the jobs, with files of its own
    while (left := open_files()) > before and time.monotonic() < end:
        time.sleep(0.02)
    assert left <= before


@SYNC
def test_threads_that_ask_for_one_result_get_the_same(bench):
    job = bench.finished()
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: job.result(30), range(16)))
    assert all(each == found[0] for each in found)
    assert bench.jobs() == []


@SYNC
def test_a_forked_child_and_its_parent_make_a_job_each(bench):
    bench.submit()
    bench.count_from_here()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, bench.cloud.submit(bench.case.request()).id.encode())
        finally:
            os._exit(0)
    mine = bench.submit().id
    os.waitpid(child, 0)
    os.close(writing)
    childs = os.read(reading, 100).decode()
    os.close(reading)
    assert on_server(bench) == sorted([mine, childs])
    assert bench.cloud.ledger.pending() == []
    assert {entry.submission.job_id for entry in bench.cloud.ledger.history()} >= {mine, childs}


@SYNC
def test_ctrl_c_in_a_sleep_leaves_a_submission_that_can_be_settled(bench):
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    bench.cloud = bench.open(settings={**bench.account().settings, "sleep": interrupted})
    bench.server.faults.add(Fault.reset_after(), on=bench.case.submit)
    with pytest.raises(KeyboardInterrupt):
        bench.submit()
    assert [job.id for job in bench.settle()] == on_server(bench)
    assert len(bench.jobs()) == 1


@SYNC
def test_ctrl_c_in_a_sleep_leaves_the_job_running_and_prints_its_address(bench, capsys):
    job_id = bench.queued().id

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    settings = {**bench.account().settings, "sleep": interrupted}
    bench.cloud = bench.open(settings=settings)
    with pytest.raises(KeyboardInterrupt):
        bench.cloud.job(job_id).result()
    assert f"{bench.cloud.account.at}/{job_id}" in capsys.readouterr().err
    assert bench.requests(bench.case.cancel) == 0


@SYNC
@pytest.mark.parametrize("fault", [Fault.silence(), Fault.drip(0.05)])
def test_a_client_that_is_closed_while_it_submits_leaves_what_can_be_settled(bench, fault):
    """Closing must not make a submission on its way look like one that was never sent."""
    if fault.name == "drip" and "submit" in bench.case.silent:
        pytest.skip("an answer without a body cannot drip")
    bench.cloud = bench.open(settings={**bench.account().settings, "io_timeout_s": 30.0})
    bench.server.faults.add(fault, on=bench.case.submit)
    raised: list[BaseException] = []

    def submit() -> None:
        try:
            bench.submit()
        except KetbridgeError as error:
            raised.append(error)

    thread = threading.Thread(target=submit)
    thread.start()
    end = time.monotonic() + 10
    while not bench.jobs() and time.monotonic() < end:
        time.sleep(0.005)
    bench.cloud.client.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(raised) == len(bench.jobs()) == 1
    assert [job.id for job in bench.settle()] == on_server(bench)


async def test_a_task_that_is_cancelled_leaves_what_can_be_settled(case, server, tmp_path):
    import asyncio

    bench = Bench(case, server, tmp_path / "ledger.sqlite3")
    bench.server.faults.add(Fault.silence(), on=bench.case.submit)
    task = asyncio.create_task(bench.cloud.asubmit(bench.case.request()))
    while not bench.jobs():
        await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (entry,) = bench.cloud.ledger.pending()
    assert not bench.cloud.ledger.is_sending(entry.submission.id)
    assert [job.id for job in bench.settle()] == on_server(bench)
    await bench.cloud.client.aclose()
    bench.close()


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError, RecursionError])
@SYNC
def test_any_other_end_of_a_call_keeps_the_entry_open(bench, error):
    """After whatever the policy does not know, the job may exist."""

    def broken(seconds: float) -> None:
        raise error

    bench.cloud = bench.open(settings={**bench.account().settings, "sleep": broken})
    bench.server.faults.add(Fault.error_after(502), on=bench.case.submit)
    with pytest.raises(error):
        bench.submit()
    (entry,) = bench.cloud.ledger.pending()
    assert entry.open and not bench.cloud.ledger.is_sending(entry.submission.id)
    assert [job.id for job in bench.settle()] == on_server(bench)

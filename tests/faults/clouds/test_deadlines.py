"""In real time: whatever goes wrong, a call ends within its deadline, and no job is lost."""

from __future__ import annotations

import asyncio
import time
import warnings

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import CALLS, SYNC, rows

from ketbridge.errors import KetbridgeError
from ketbridge.sandbox import Fault

DEADLINE_S = 0.6
MARGIN_S = 0.5

REAL_TIME = {
    "clock": time.monotonic,
    "sleep": time.sleep,
    "asleep": asyncio.sleep,
    "on_wait": None,
    "timeout_s": DEADLINE_S,
}

FAULTS = {
    "none": None,
    "latency": Fault.latency(2000),
    "silence": Fault.silence(),
    "silence before": Fault.silence(taken=False),
    "drip": Fault.drip(0.3),
    "reset before": Fault.reset_before(),
    "reset after": Fault.reset_after(),
    "short": Fault.short_body(),
    "cut chunks": Fault.cut_chunks(),
    "cut gzip": Fault.cut_gzip(),
    "html": Fault.html(),
    "unknown": Fault.unknown_status(),
    "huge": Fault.huge(4000),
    "redirect": Fault.redirect("http://127.0.0.1:9/"),
    "429": Fault.rate_limited(),
    "429 for 5 s": Fault.rate_limited(5),
    **{str(code): Fault.status(code) for code in (400, 401, 404, 500, 503)},
    "502 after": Fault.error_after(502),
}


@pytest.fixture
def bench(case, kind, server, tmp_path):
    made = Bench(case, server, tmp_path / "ledger.sqlite3", kind, **REAL_TIME)
    yield made
    made.close()


@pytest.mark.parametrize("call", CALLS)
@rows("fault", FAULTS, few=["silence", "drip", "429 for 5 s", "502 after"], driven=SYNC)
def test_a_call_ends_within_its_deadline(bench, call, fault):
    _check(bench, call, fault)


@pytest.mark.parametrize("kind", ["async"])
@pytest.mark.parametrize("fault", ["silence", "drip", "429", "huge", "reset after"])
def test_an_asynchronous_call_ends_within_its_deadline(bench, fault):
    _check(bench, "submit", FAULTS[fault])


def _check(bench: Bench, call: str, fault: Fault | None) -> None:
    ask = _prepared(bench, call)
    if fault is not None:
        bench.server.faults.add(fault)
    began, made = time.monotonic(), None
    with warnings.catch_warnings(action="ignore"):
        try:
            made = ask()
        except KetbridgeError as error:
            assert str(error)
        took_s = time.monotonic() - began
    assert took_s <= DEADLINE_S + MARGIN_S
    settled = [job.id for job in bench.settle() if job]
    on_server = [seen.id for seen in bench.jobs()]
    if call != "submit":
        assert on_server == []
    elif made is None:
        assert settled == on_server
        assert len(on_server) <= 1
    else:
        assert on_server == [made.id]


def _prepared(bench: Bench, call: str):
    if call != "result":
        return bench.prepared(call)
    job = bench.finished()
    return lambda: bench.ask(job, "result", DEADLINE_S)

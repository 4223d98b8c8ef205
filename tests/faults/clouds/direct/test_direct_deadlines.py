"""In real time: whatever service and store do, a call ends within its deadline."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings

import pytest
from support.ibm_programs import sampled

from ketbridge.errors import KetbridgeError
from ketbridge.sandbox import Fault

DEADLINE_S = 0.8
MARGIN_S = 0.5
LINGER_S = 0.3
"""How long a thread of a call may go on after it."""

REAL_TIME = {
    "clock": time.monotonic,
    "sleep": time.sleep,
    "asleep": asyncio.sleep,
    "on_wait": None,
    "timeout_s": DEADLINE_S,
}

FAULTS = {
    "latency": Fault.latency(2000),
    "silence": Fault.silence(),
    "drip": Fault.drip(0.3),
    "reset after": Fault.reset_after(),
    "429": Fault.rate_limited(),
    "429 for 5 s": Fault.rate_limited(5),
    "500": Fault.status(500),
    "502 after": Fault.error_after(502),
}

PLACES = {
    "submit": ("job.create", "s3.PutObject"),
    "status": ("job.read",),
    "result": ("job.read", "s3.GetObject"),
    "cancel": ("job.cancel",),
}
"""Operations that a call consists of."""


def blocking_threads() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "ketbridge-blocking"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize(
    ("call", "operation"),
    [(call, place) for call, places in PLACES.items() for place in places],
)
def test_a_call_ends_within_its_deadline(opened, call, operation, fault):
    bench = opened(**REAL_TIME)
    bench.cloud.store.lend("a", "get", 60)  # loads the library, which no deadline can cut
    job = None if call == "submit" else bench.queued() if call == "cancel" else bench.finished()
    bench.still()
    bench.server.faults.add(fault, on=operation)
    began, made = time.monotonic(), None
    with warnings.catch_warnings(action="ignore"):
        try:
            if job is None:
                made = bench.cloud.submit(sampled(), timeout_s=DEADLINE_S)
            else:
                bench.ask(job, call, DEADLINE_S)
        except KetbridgeError as error:
            assert str(error)
        took_s = time.monotonic() - began
    while time.monotonic() - began < took_s + LINGER_S and blocking_threads():
        time.sleep(0.02)
    assert blocking_threads() == []
    assert took_s <= DEADLINE_S + MARGIN_S
    settled = [found.id for found in bench.settle() if found]
    if job is not None:
        assert bench.ids() == []
    else:
        assert bench.ids() == ([made.id] if made is not None else settled)
        assert len(bench.ids()) <= 1

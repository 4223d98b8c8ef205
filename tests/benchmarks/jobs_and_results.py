"""What a job costs on the client's side, and how soon its result is there."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from benchmarks.measure import Row, best_s, in_python
from qiskit import QuantumCircuit

import ketbridge
from ketbridge.clouds.ionq import bodies
from ketbridge.jobs.submission import Request, Submission
from ketbridge.sandbox import Sandbox, Timing
from ketbridge.transport.operation import Reply
from qiskit_ketbridge import backend
from qiskit_ketbridge.translate import encode

NOW = {"simulator": Timing()}
JOBS = 1_000
IN_FLIGHT = 16
PEER_JOBS = 3
DURATIONS_S = (0.3, 1.0, 3.0)
SHOTS = 1_000_000
QUBITS = 20


def rows(peer: Path) -> Iterator[Row]:
    """Measure.

    Args:
        peer: Python in which qiskit-ionq is installed.
    """
    with ketbridge.sandbox.start(timing=NOW) as server:
        cloud = _connect(server)
        ledger_s = _ledger_s(cloud)
        yield _round_trip(server, cloud, ledger_s)
        yield Row(
            "what the ledger adds to it", f"{ledger_s * 1e3:.2f} ms", "-", ledger_s * 1e3, 2, "ms"
        )
        yield _many(server, cloud, peer)
        yield _requests(server)
    yield from _delays()
    yield from _decoding()


def _connect(server: Sandbox) -> Any:
    account = server.accounts["ionq"]
    assert account.token is not None
    return ketbridge.connect("ionq", token=account.token.reveal(), url=account.url)


def _bell() -> QuantumCircuit:
    circuit = QuantumCircuit(2, 2)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.measure([0, 1], [0, 1])
    return circuit


def _request() -> Request:
    return Request("simulator", [encode(_bell(), ketbridge.Format.IONQ_QIS)], 100)


def _until_done(server: Sandbox) -> None:
    while server.jobs()[-1].status not in ("completed", "failed", "canceled"):
        time.sleep(0.002)


def _round_trip(server: Sandbox, cloud: Any, ledger_s: float) -> Row:
    """Submit, poll once, fetch, without the ledger and without the time in which the job runs."""
    asked = _request()
    payload = {
        **{"type": "ionq.circuit.v1", "backend": "simulator", "shots": 100},
        "input": json.loads(asked.programs[0].body),
    }
    http = httpx.Client(
        base_url=cloud.account.url,
        headers={"Authorization": f"apiKey {cloud.account.token.reveal()}"},
    )

    def ours() -> tuple[float, float]:
        start = time.perf_counter()
        job = cloud.submit(asked)
        sent = time.perf_counter()
        _until_done(server)
        asked_again = time.perf_counter()
        job.result()
        return sent - start, time.perf_counter() - asked_again

    def bare() -> tuple[float, float]:
        start = time.perf_counter()
        job = http.post("jobs", json=payload).json()
        sent = time.perf_counter()
        _until_done(server)
        asked_again = time.perf_counter()
        found = http.get(f"jobs/{job['id']}").json()
        http.get(found["results"]["probabilities"]["url"].removeprefix("/v0.4/")).json()
        return sent - start, time.perf_counter() - asked_again

    times = {kind: min(sum(kind()) for _ in range(100)) for kind in (ours, bare)}
    times[ours] -= ledger_s
    return Row(
        "submit + poll + result on loopback",
        f"{times[ours] * 1e3:.1f} ms",
        f"{times[bare] * 1e3:.1f} ms bare httpx",
        times[ours] / times[bare],
        1.5,
    )


def _ledger_s(cloud: Any) -> float:
    asked = _request()

    def entry() -> None:
        submission = Submission(asked, "ionq")
        cloud.ledger.begin(submission)
        cloud.ledger.accept(submission.id, submission.id)

    return best_s(entry, 100)


def _many(server: Sandbox, cloud: Any, peer: Path) -> Row:
    asked = _request()

    async def one(gate: asyncio.Semaphore) -> None:
        async with gate:
            job = await cloud.asubmit(asked)
            await job.aresult()

    async def every() -> None:
        gate = asyncio.Semaphore(IN_FLIGHT)
        await asyncio.gather(*(one(gate) for _ in range(JOBS)))

    start = time.perf_counter()
    asyncio.run(every())
    ours_s = (time.perf_counter() - start) / JOBS
    account = server.accounts["ionq"]
    environment = {"IONQ_API_URL": str(account.url), "IONQ_API_KEY": account.token.reveal()}
    theirs_s = in_python(peer, "peer_qiskit_ionq.py", "jobs", str(PEER_JOBS), **environment)
    return Row(
        f"{JOBS} Bell jobs, {IN_FLIGHT} in flight",
        f"{ours_s * 1e3:.1f} ms/job",
        f"{theirs_s * 1e3:.0f} ms/job qiskit_ionq, one by one",
        theirs_s / ours_s,
        10,
        at_least=True,
    )


def _requests(server: Sandbox) -> Row:
    """Count from cold: a new cloud, nothing cached, the job done at the first poll."""
    account = server.accounts["ionq"]
    before = sum(server.requests().values())
    cold = backend("ionq/simulator", token=account.token.reveal(), url=account.url)
    job = cold.run(_bell(), shots=100)
    _until_done(server)
    job.result().get_counts()
    made = sum(server.requests().values()) - before
    return Row("requests for a Bell job from cold", str(made), "6 qiskit_ionq", made, 4, "requests")


def _delays() -> Iterator[Row]:
    for duration_s in DURATIONS_S:
        timing = {"simulator": Timing(queue_s=duration_s / 2, run_s=duration_s / 2)}
        with ketbridge.sandbox.start(timing=timing) as server:
            cloud = _connect(server)
            cloud.submit(_request()).result()
            delays = [_delay_s(cloud) for _ in range(5)]
        late_s = statistics.mean(delays)
        goal_s = max(0.15 * duration_s, 0.3)
        what = f"result delay of a job of {duration_s:g} s, mean"
        yield Row(what, f"{late_s:.3f} s", "2.5 s at a 5 s poll", late_s, goal_s, "s")


def _delay_s(cloud: Any) -> float:
    job = cloud.submit(_request())
    job.result()
    now = time.time()
    return now - job.state().ended.timestamp()


def _decoding() -> Iterator[Row]:
    outcomes = np.random.default_rng(1).integers(0, 1 << QUBITS, SHOTS).tolist()
    reply = Reply(200, {}, json.dumps(outcomes).encode())

    def ours() -> Any:
        return ketbridge.Measurements.from_shots(bodies.shots(reply), QUBITS)

    def plain() -> Any:
        return np.unique(np.array(json.loads(reply.body)), return_counts=True)

    ours_s, plain_s = best_s(ours, 3), best_s(plain, 3)
    what = f"{SHOTS} shots, {QUBITS} qubits: JSON to counts and memory"
    ours_mb, plain_mb = _peak_mb(ours), _peak_mb(plain)
    yield Row(what, f"{ours_s:.2f} s", f"{plain_s:.2f} s numpy", ours_s / plain_s, 2)
    yield Row(
        "the same, peak memory",
        f"{ours_mb:.0f} MB",
        f"{plain_mb:.0f} MB numpy",
        ours_mb / plain_mb,
        3,
    )


def _peak_mb(action: Callable[[], Any]) -> float:
    tracemalloc.start()
    action()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6

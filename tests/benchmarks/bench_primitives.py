"""Many circuits through the primitives: requests, time to send, time to write sets of values."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from benchmarks.measure import Row, best_s
from qiskit import QuantumCircuit
from qiskit.circuit.library import efficient_su2
from qiskit.primitives.containers.bindings_array import BindingsArray

import ketbridge
from ketbridge.sandbox import Sandbox
from qiskit_ketbridge import EstimatorV2, KetbridgeBackend, SamplerV2, backend
from qiskit_ketbridge.primitives.flight import Template
from qiskit_ketbridge.primitives.options import SamplerOptions

CIRCUITS = 1_000
SETS = 1_000
QUBITS = 20


def rows(peer: Path) -> Iterator[Row]:
    """Measure; nothing here is compared with another client, so ``peer`` is not used."""
    with ketbridge.sandbox.start() as server:
        yield from _sampler(server)
        yield _estimator(server)
        yield _values(server)


def _backend(server: Sandbox) -> KetbridgeBackend:
    account = server.accounts["ionq"]
    return backend("ionq/simulator", token=account.token, url=account.url)


def _sampler(server: Sandbox) -> Iterator[Row]:
    circuits = [_turned(0.003 * number) for number in range(CIRCUITS)]
    sampler = SamplerV2(mode=_backend(server))
    before = _requests(server)
    start = time.perf_counter()
    job = sampler.run(circuits, shots=100)
    sent_s = time.perf_counter() - start
    job.result()
    done_s = time.perf_counter() - start
    requests = _requests(server) - before
    what = f"{CIRCUITS} circuits through SamplerV2"
    yield Row(f"{what}: requests", f"{requests} and the polls", "-", requests, 4, "requests")
    theirs = f"{done_s:.1f} s with the simulation"
    yield Row(f"{what}: until they are sent", f"{sent_s:.2f} s", theirs, sent_s, 2, "s")


def _estimator(server: Sandbox) -> Row:
    """A Hamiltonian of 100 terms for 50 sets of values: one job of as many circuits as bases."""
    rng = np.random.default_rng(1)
    terms = {"".join(rng.choice(list("IIXYZ"), 6)): 1.0 for _ in range(100)}
    ansatz = efficient_su2(6, reps=1)
    estimator = EstimatorV2(mode=_backend(server))
    before = _requests(server)
    values = rng.uniform(0, 1, (50, ansatz.num_parameters))
    job = estimator.run([(ansatz, terms, values)], precision=0.1)
    job.result()
    requests = _requests(server) - before
    what = f"{len(terms)} terms, 50 sets of values through EstimatorV2: requests"
    return Row(what, f"{requests} and the polls", "-", requests, 4, "requests")


def _requests(server: Sandbox) -> int:
    """Count the requests so far, but not the polls, of which there are more the slower it is."""
    return sum(number for name, number in server.requests().items() if name != "GetJob")


def _values(server: Sandbox) -> Row:
    ansatz = efficient_su2(QUBITS, reps=3, entanglement="linear")
    ansatz.measure_all()
    values = np.random.default_rng(1).uniform(0, 1, (SETS, ansatz.num_parameters))
    bindings = BindingsArray({tuple(ansatz.parameters): values})
    template = Template(ansatz, _backend(server), SamplerOptions(transpile=False))
    taken_s = best_s(lambda: template.programs(bindings, range(SETS)), runs=1)
    what = f"{SETS} sets of {ansatz.num_parameters} values for {QUBITS} qubits, bound and written"
    per_gate = f"{taken_s / SETS / ansatz.size() * 1e6:.1f} us/gate"
    return Row(what, f"{taken_s:.2f} s", per_gate, taken_s, 3, "s")


def _turned(angle: float) -> QuantumCircuit:
    circuit = QuantumCircuit(2)
    circuit.ry(angle, 0)
    circuit.cx(0, 1)
    return circuit.measure_all(inplace=False)

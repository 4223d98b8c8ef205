"""Import times, and circuits to bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from benchmarks.circuits import random_circuit
from benchmarks.measure import OURS, Row, best_s, import_s, in_python
from braket.circuits import Circuit
from braket.circuits.serialization import IRType

from braket_ketbridge import translate as from_braket
from ketbridge import Format
from qiskit_ketbridge import translate as from_qiskit

GATES = 100_000
BRAKET_GATES = 1_000


def rows(peer: Path) -> Iterator[Row]:
    """Measure.

    Args:
        peer: Python in which qiskit-ionq is installed.
    """
    yield from _imports(peer)
    yield _qiskit(peer)
    yield _linear()
    yield _braket()


def _imports(peer: Path) -> Iterator[Row]:
    core_ms = import_s(OURS, "import ketbridge") * 1e3
    yield Row("import ketbridge", f"{core_ms:.1f} ms", "-", core_ms, 60, "ms")
    use = "from qiskit_ketbridge import EstimatorV2, KetbridgeProvider, SamplerV2, backend"
    ours_ms = import_s(OURS, use, before="import qiskit") * 1e3
    theirs_ms = import_s(peer, "import qiskit_ionq", before="import qiskit") * 1e3
    what = "import provider, backend and primitives of qiskit_ketbridge, after qiskit"
    peers = f"{theirs_ms:.1f} ms qiskit_ionq"
    yield Row(what, f"+{ours_ms:.1f} ms", peers, ours_ms, 50, "ms")


def _qiskit(peer: Path) -> Row:
    ours_s = _translation_s(GATES)
    theirs_s = in_python(peer, "peer_qiskit_ionq.py", "translation", str(GATES))
    what = f"Qiskit to IonQ JSON, 20 qubits, {GATES} gates"
    ours, theirs = (f"{time_s / GATES * 1e6:.2f} us/gate" for time_s in (ours_s, theirs_s))
    return Row(what, ours, f"{theirs} qiskit_ionq", ours_s / theirs_s, 0.2)


def _linear() -> Row:
    small, large = _translation_s(GATES), _translation_s(10 * GATES, runs=1) / 10
    ours, theirs = (f"{time_s / GATES * 1e6:.2f} us/gate" for time_s in (large, small))
    return Row(f"the same, {10 * GATES} gates", ours, f"{theirs} at {GATES}", large / small, 1.3)


def _translation_s(gates: int, runs: int = 3) -> float:
    circuit = random_circuit(gates)
    return best_s(lambda: from_qiskit.encode(circuit, Format.IONQ_QIS).encoded(), runs)


def _braket() -> Row:
    rng = random.Random(1)
    circuit = Circuit()
    for _ in range(BRAKET_GATES):
        first, second = rng.sample(range(20), 2)
        kind = rng.random()
        if kind < 0.3:
            circuit.h(first)
        elif kind < 0.6:
            circuit.rx(first, rng.uniform(-3, 3))
        else:
            circuit.cnot(first, second)
    ours_s = best_s(lambda: from_braket.encode(circuit, Format.IONQ_QIS).encoded(), 10)
    theirs_s = best_s(lambda: circuit.to_ir(IRType.OPENQASM).json(), 10)
    what = f"Braket to IonQ JSON, 20 qubits, {BRAKET_GATES} gates"
    theirs = f"{theirs_s * 1e3:.1f} ms to_ir(OPENQASM)"
    return Row(what, f"{ours_s * 1e3:.1f} ms", theirs, ours_s / theirs_s, 0.4)

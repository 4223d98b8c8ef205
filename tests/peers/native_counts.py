"""Gates of our native compilation against those of qiskit-ionq's, circuit by circuit."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

from peers.native_circuits import ENTANGLERS, circuits
from qiskit.transpiler import generate_preset_pass_manager

from ketbridge import sandbox
from qiskit_ketbridge import backend

HERE = Path(__file__).parent
MACHINES = {"zz": "qpu.forte-1", "ms": "qpu.aria-1"}

Counts = tuple[int, int]
"""Two-qubit gates and one-qubit gates."""


def problems(server: sandbox.Sandbox, peer: Path) -> Iterator[tuple[str, str | None]]:
    """Compare at level 3; yield what was compared and the circuits that need more gates of ours.

    Args:
        server: where our backends are.
        peer: Python in which qiskit-ionq is installed.
    """
    theirs = of_peer(peer)
    for entangler in ENTANGLERS:
        ours = of_ours(server, entangler)
        worse = [
            f"{name}: ours {ours[name]}, {how} {counts}"
            for (name, which, how), counts in theirs.items()
            if which == entangler and any(a > b for a, b in zip(ours[name], counts, strict=True))
        ]
        about = f"native gates with {entangler}: not more than its own for {len(ours)} circuits"
        yield about, "\n".join(worse) or None


def of_ours(server: sandbox.Sandbox, entangler: str) -> dict[str, Counts]:
    """Count the gates of our compilation, by circuit."""
    account = server.accounts["ionq"]
    place = backend(
        f"ionq/{MACHINES[entangler]}", gateset="native", token=account.token, url=account.url
    )
    passes = generate_preset_pass_manager(3, place, seed_transpiler=1)
    found = {}
    for name, circuit in circuits().items():
        counts = passes.run(circuit).count_ops()
        found[name] = counts.get(entangler, 0), counts.get("gpi", 0) + counts.get("gpi2", 0)
    return found


def of_peer(peer: Path) -> dict[tuple[str, str, str], Counts]:
    """Count the gates of qiskit-ionq's compilation, by circuit, entangler and way."""
    done = subprocess.run(
        [peer, HERE / "qiskit_ionq_native.py"], capture_output=True, text=True, check=True
    )
    return {
        (name, entangler, how): (two, one)
        for name, entangler, how, two, one in json.loads(done.stdout)
    }

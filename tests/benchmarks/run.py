"""``make bench``: one table of figures, each with its goal; nothing fails if a goal is missed.

Other clients are measured in the same run, in environments of their own below ``.peers``.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.measure import Row
from peers.run import peers, python_of
from rich.console import Console
from rich.table import Table

from ketbridge import sandbox


def main() -> None:
    """Measure everything and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KETBRIDGE_HOME"] = folder
        peer = _peer_python()
        rows = _measured(peer)
    table = Table(title="Ketbridge: speed, and the goal for it", title_justify="left")
    for name in ("what", "ours", "compared with", "value", "goal", "reached"):
        table.add_column(name)
    for row in rows:
        sign = "≥" if row.at_least else "≤"
        table.add_row(
            row.what,
            row.ours,
            row.peer,
            f"{row.value:.2f} {row.unit}",
            f"{sign} {row.goal:g} {row.unit}",
            "yes" if row.reached else "NO",
        )
    Console(width=max(Console().width, 150)).print(table)
    missed = sum(not row.reached for row in rows)
    print(f"{len(rows) - missed} goals reached, {missed} missed")


def _peer_python() -> Path:
    """Make the environment of qiskit-ionq, or find the one that `make peers` made."""
    with sandbox.start() as server:
        return next(python_of(peer) for peer in peers(server) if peer.name == "qiskit-ionq")


def _measured(peer: Path) -> list[Row]:
    from benchmarks import bench_ibm, bench_primitives, imports_and_translation, jobs_and_results

    rows = []
    for part in (imports_and_translation, jobs_and_results, bench_primitives, bench_ibm):
        for row in part.rows(peer):
            print(f"{row.what}: {row.ours} (goal {row.goal:g} {row.unit})", flush=True)
            rows.append(row)
    return rows


if __name__ == "__main__":
    main()

"""How things are measured: the best of several runs, here or in another Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: what was measured.
        ours: our figure, with its unit.
        peer: what it is compared with, with its unit.
        value: the figure that the goal is about: a ratio, or a time or number of ours.
        goal: the largest value that is good enough.
        unit: of ``value`` and ``goal``; empty for a ratio.
        at_least: whether the goal is the smallest value instead.
    """

    what: str
    ours: str
    peer: str
    value: float
    goal: float
    unit: str = ""
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal


def best_s(action: Callable[[], Any], runs: int = 5) -> float:
    """Return the shortest time of several runs, in seconds."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def in_python(python: Path | str, script: str, *arguments: str, **environment: str) -> Any:
    """Run a script of this folder in a Python and return the JSON that it prints."""
    done = subprocess.run(
        [python, HERE / script, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def import_s(python: Path | str, statement: str, before: str = "pass", runs: int = 7) -> float:
    """Return the shortest time that an import takes in a fresh Python, in seconds."""
    code = (
        f"import time; {before}; start = time.perf_counter(); {statement}; "
        "print(time.perf_counter() - start)"
    )
    times = [subprocess.run([python, "-c", code], capture_output=True, check=True, text=True)
             for _ in range(runs)]  # fmt: skip
    return min(float(done.stdout) for done in times)


OURS = sys.executable

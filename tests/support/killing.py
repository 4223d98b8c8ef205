"""Processes that submit and are killed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path

from support.cloud_cases import Case

TESTS = Path(__file__).parents[1]


def submitter(case: Case, folder: Path, **settings: float) -> subprocess.Popen[str]:
    """Start a process that submits to the sandbox of the environment; it is about to send."""
    request = folder / "request.pickle"
    request.write_bytes(pickle.dumps(case.request()))
    words = [f"{name}={value}" for name, value in {**case.fast, **settings}.items()]
    child = subprocess.Popen(
        [sys.executable, "-m", "support.submitter", case.name, str(request), *words],
        stdout=subprocess.PIPE,
        text=True,
        cwd=TESTS,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child

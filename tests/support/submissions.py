"""Submissions of small programs, for tests of what keeps and sends them."""

from __future__ import annotations

from typing import Any

from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout

BELL = Program(
    Format.IONQ_QIS,
    b'{"qubits":2,"gateset":"qis","circuit":[{"gate":"h","targets":[0]},'
    b'{"gate":"x","targets":[1],"controls":[0]}]}',
    Readout.of_qubits([0, 1]),
    2,
    "bell",
    {"sdk": {"deep": [1, None]}},
)


def request(**changes: Any) -> Request:
    """A request for one Bell circuit on the simulator."""
    return Request(**{"backend": "simulator", "programs": (BELL,), "shots": 100, **changes})


def submission(at: str = "ionq", **changes: Any) -> Submission:
    """A submission of such a request."""
    return Submission(request(**changes), at)

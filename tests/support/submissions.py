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

BELL_QASM2 = Program(
    Format.OPENQASM2,
    b'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; cx q[0], q[1]; '
    b"measure q -> c;",
    Readout.of_qubits([0, 1]),
    2,
    "bell",
)


def request(**changes: Any) -> Request:
    """A request for one Bell circuit on the simulator."""
    return Request(**{"backend": "simulator", "programs": (BELL,), "shots": 100, **changes})


def submission(at: str = "ionq", **changes: Any) -> Submission:
    """A submission of such a request."""
    return Submission(request(**changes), at)

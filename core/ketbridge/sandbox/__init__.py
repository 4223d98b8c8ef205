"""The services on this computer: for notebooks without an account and for offline tests.

`start` opens a sandbox on 127.0.0.1, `shared` gives the one of this process. What is simulated
truthfully and what is invented is said in each module: the wire format and the states are those of
the services' contracts, circuits run on Qiskit Aer, and noise figures, prices and queue times are
ours wherever no document gives them.
"""

from __future__ import annotations

from .engine import Timing
from .faults import Fault, Faults
from .ibm.choices import IbmChoices
from .ibm_direct.choices import DirectChoices
from .server import Sandbox, shared, start

__all__ = [
    "DirectChoices",
    "Fault",
    "Faults",
    "IbmChoices",
    "Sandbox",
    "Timing",
    "shared",
    "start",
]

"""What a job's program gets and gives; plain data that goes to and from a worker."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INVALID = "3211"
SHOTS = "3218"
NOT_ISA = "1517"
"""Codes of the service's registry of errors: job not valid, number of shots, non-ISA circuit."""


@dataclass(frozen=True, slots=True)
class Task:
    """One job for a worker.

    Attributes:
        program: id of the program.
        params: its input.
        snapshot: name of the machine's snapshot.
        noisy: whether the machine's errors are simulated.
    """

    program: str
    params: Mapping[str, Any]
    snapshot: str
    noisy: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program returned.

    Attributes:
        text: the result, in JSON.
        executions: number of circuits times their shots, which is what the machine's time is.
        media_type: of the result.
    """

    text: str
    executions: int
    media_type: str = "text/plain"

"""What a worker gets of a job; plain data."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

INVALID = "InvalidInput"


@dataclass(frozen=True, slots=True)
class Plan:
    """One job for a worker.

    Attributes:
        runner: module that runs it.
        job_id: its id.
        machine: id of its machine.
        native_id: the machine's name at its provider.
        qubits: number of qubits of the machine.
        shots: how many are drawn.
        input: the circuit or circuits, as they were sent.
        params: ``input_params`` as they were sent.
        snapshot: of an IBM machine.
        noisy: whether an IBM machine's errors are simulated.
        pairs: neighbouring qubits of the machine, from 0; None where all are.
        resonators: of an IQM machine; where there are any, they alone join its qubits.
        created: when it was submitted, in ISO 8601.
    """

    runner: str
    job_id: str
    machine: str
    native_id: str
    qubits: int
    shots: int
    input: Any
    params: Mapping[str, Any]
    snapshot: str = ""
    noisy: bool = False
    pairs: tuple[tuple[int, int], ...] | None = None
    resonators: int = 0
    created: str = ""

    @property
    def seed(self) -> int:
        """Seed of the sampling, made of the job's id."""
        return zlib.crc32(self.job_id.encode()) & 0x7FFFFFFF

"""What a user asks a cloud to run, and the record of having asked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..programs import Program


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asks a cloud to run: programs for one backend in one submission.

    Attributes:
        backend: name of the backend.
        programs: the circuits; all of one format.
        shots: shots of each circuit.
        name: name of the job.
        tags: the user's labels; a cloud without tags keeps them in its metadata.
        metadata: the user's own strings, stored with the job where the service has a place.
        session: id of the session that the job belongs to.
        seed: seed of everything random in simulating and in sampling from probabilities.
        options: options of this cloud by name, as `Cloud.options` lists them.
        sdk: what wrote the programs: ``qiskit``, ``braket`` or an empty string.
    """

    backend: str
    programs: Sequence[Program]
    shots: int
    name: str = ""
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    seed: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    sdk: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """A request on its way: written to the ledger before any byte of it is sent.

    Attributes:
        request: what is asked.
        at: the cloud and account as text, for example ``work:ionq``.
        id: a UUID; it travels with the job, so that the job can be recognised later.
        created: when it was made, with a zone.
        job_id: the service's id of the job, once it is known.
    """

    request: Request
    at: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    job_id: str | None = None

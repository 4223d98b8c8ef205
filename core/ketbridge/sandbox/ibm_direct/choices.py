"""What a sandbox can be told about IBM Direct Access."""

from __future__ import annotations

from dataclasses import dataclass, field

RESERVED = "reserved"
WORDS = ("online", "offline", "paused", RESERVED)


@dataclass(frozen=True, slots=True)
class DirectChoices:
    """How IBM Direct Access behaves in a sandbox.

    Attributes:
        status: ``offline``, ``paused`` or ``reserved`` for machines that are not ``online``, by
            name; may be changed while it runs. A reserved machine refuses jobs with 423.
        most_jobs: how many jobs a machine holds, finished ones included until they are deleted.
        logs_late_s: how much later than the end of a job its logs are written, in seconds.

    Raises:
        ValueError: a word is no status.
    """

    status: dict[str, str] = field(default_factory=dict)
    most_jobs: int = 1000
    logs_late_s: float = 0.05

    def __post_init__(self) -> None:
        for word in self.status.values():
            if word not in WORDS:
                raise ValueError(f"{word!r} is no status: there is {', '.join(WORDS)}")

    def of(self, backend: str) -> str:
        """Return the status of a machine."""
        return self.status.get(backend, "online")

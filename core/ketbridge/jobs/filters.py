"""Which jobs of a list are wanted, in the same words for every cloud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .state import JobInfo, JobStatus


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs of a list are wanted; what is left out does not count.

    Attributes:
        statuses: in one of these states; empty for any.
        word: in the state that the service calls so.
        backend: on the machine of that name.
        since: made then or later, with a zone; a job whose time is not known is left out.
        tags: with all of these tags.
    """

    statuses: frozenset[JobStatus] = frozenset()
    word: str | None = None
    backend: str | None = None
    since: datetime | None = None
    tags: frozenset[str] = frozenset()

    def fits(self, info: JobInfo) -> bool:
        """Say whether a job is wanted."""
        created = info.state.created
        return (
            (not self.statuses or info.state.status in self.statuses)
            and self.word in (None, info.state.raw)
            and self.backend in (None, info.backend)
            and (self.since is None or (created is not None and created >= self.since))
            and self.tags.issubset(info.tags)
        )

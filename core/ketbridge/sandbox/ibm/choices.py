"""What a sandbox can be told about IBM's service."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IbmChoices:
    """How IBM's service behaves in a sandbox.

    Attributes:
        noise: whether the machines' errors are simulated; or the names of those machines.
        backends: names of the snapshots that are the fleet; None for the usual ones.
        jobs_per_minute: how many jobs a user may submit in a minute; None for any number. The
            service's own limit is 5.
        limit_s: seconds of machines that all jobs together may use; None for no limit.
        token_lifetime_s: how long a token of IAM is good, in seconds.
    """

    noise: bool | Collection[str] = False
    backends: Sequence[str] | None = None
    jobs_per_minute: int | None = None
    limit_s: int | None = None
    token_lifetime_s: float = 3600.0

    def noisy(self, backend: str) -> bool:
        """Tell whether a machine's errors are simulated."""
        return self.noise if isinstance(self.noise, bool) else backend in self.noise

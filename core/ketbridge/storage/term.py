"""The time that a call with the store has."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from ..errors import DeadlineExceeded

if TYPE_CHECKING:
    from ..transport.network import Budget

LEAST_BYTES_S = 16_384
"""Without a deadline a transfer may take as long as it likes, if it is faster than this."""


class Term:
    """A deadline; without one, a time that every byte that comes or goes makes longer."""

    def __init__(self, left_s: float, patience_s: float) -> None:
        """Begin.

        Args:
            left_s: seconds until the deadline; infinity where there is none.
            patience_s: without a deadline, the seconds that a call has which moves no bytes.
        """
        self._bound = not math.isinf(left_s)
        self._end = time.monotonic() + (left_s if self._bound else patience_s)
        self._earned_s = 0.0

    @property
    def budget(self) -> Budget:
        """The same for the steps of a connection."""
        from ..transport.network import Budget

        return Budget(self._clock, self._end)

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self._clock() >= self._end

    def moved(self, size: int) -> None:
        """Count bytes that came or went."""
        if not self._bound:
            self._earned_s += size / LEAST_BYTES_S

    def check(self) -> None:
        """Go on only while there is time.

        Raises:
            DeadlineExceeded: there is none.
        """
        if self.over:
            raise self.late()

    def late(self) -> DeadlineExceeded:
        """Make the error of a call whose time is over."""
        if self._bound:
            return DeadlineExceeded("the store took longer than there was time")
        return DeadlineExceeded(f"the store was slower than {LEAST_BYTES_S} bytes a second")

    def _clock(self) -> float:
        return time.monotonic() - self._earned_s

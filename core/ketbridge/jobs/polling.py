"""When to ask next for the state of a job.

The wait before the next question is a fixed part of the time that has passed already, so that the
result of any job comes late by the same part of its duration at most, and a long job takes few
requests: their number grows with the logarithm of the duration until the longest wait is reached.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .state import JobState, JobStatus


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often to ask. With the defaults a result is late by 10 % of the duration on average.

    Attributes:
        shortest_s: wait after the first question.
        share: the wait as a part of the time that has passed.
        longest_s: longest wait.
        hint_share: the wait as a part of the time that the service expects a job to queue.
        longest_hinted_s: longest wait that such an expectation leads to.
        jitter: by what part each wait is longer or shorter at random, so that many jobs that
            were submitted together do not ask together.
    """

    shortest_s: float = 0.1
    share: float = 0.2
    longest_s: float = 10.0
    hint_share: float = 0.2
    longest_hinted_s: float = 60.0
    jitter: float = 0.1

    def wait_s(self, elapsed_s: float, state: JobState | None, rng: random.Random) -> float:
        """Return how long to wait before asking again, in seconds.

        Args:
            elapsed_s: time since the first question.
            state: the newest state; None where the last question had no answer.
            rng: source of the jitter.
        """
        wait_s = min(max(self.share * elapsed_s, self.shortest_s), self.longest_s)
        if state is not None and state.status is JobStatus.QUEUED and state.expected_wait_s:
            hinted_s = min(self.hint_share * state.expected_wait_s, self.longest_hinted_s)
            wait_s = max(wait_s, hinted_s)
        return wait_s * rng.uniform(1 - self.jitter, 1 + self.jitter)

"""What is shown while a job is waited for: a line in a terminal, a bar in a notebook."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ketbridge import JobState, JobStatus, notices
from ketbridge.screens import NotebookBar, bar_html, screen_of

__all__ = [
    "NotebookBar",
    "Progress",
    "bar_html",
    "duration",
    "fraction",
    "line",
    "screen_of",
    "shown",
]

Progress = Callable[[JobState, float], None]

FIRST_S = 0.5
"""How long a wait shows nothing: short ones come and go unseen."""


@contextmanager
def shown(what: str, wanted: bool | Progress | None = None) -> Iterator[Progress | None]:
    """Give what is to be called at each answer of a wait.

    What else takes long meanwhile, such as a large result, is shown in the same place.

    Args:
        what: what is waited for, for the line.
        wanted: False for nothing; a function that is called instead; None or True for a bar in a
            notebook, a line where standard error is a terminal, and nothing elsewhere.
    """
    if callable(wanted):
        yield wanted
        return
    screen = None if wanted is False else screen_of(sys.stderr)
    if screen is None:
        with notices.told_by(None):
            yield None
        return

    def show(state: JobState, elapsed_s: float) -> None:
        if elapsed_s >= FIRST_S:
            screen.show(line(what, state, elapsed_s), fraction(state, elapsed_s))

    try:
        with notices.told_by(screen.show):
            yield show
    finally:
        screen.close()


def line(what: str, state: JobState, elapsed_s: float) -> str:
    """Say in one line where a job is."""
    words = [f"{what}: {state.raw or state.status.value}"]
    if state.status is JobStatus.QUEUED and state.queue_position is not None:
        words.append(f"{state.queue_position} ahead")
    expected_s = _expected_s(state)
    if expected_s:
        words.append(f"about {duration(expected_s)} expected")
    return ", ".join(words) + f" ({duration(elapsed_s)})"


def fraction(state: JobState, elapsed_s: float) -> float:
    """Guess how much of a job is done, 0..1: by its predicted times, else by its state."""
    if state.status.final:
        return 1.0
    expected_s = _expected_s(state)
    if expected_s:
        return min(0.95, elapsed_s / (elapsed_s + expected_s))
    return 0.5 if state.status is JobStatus.RUNNING else 0.1


def duration(time_s: float) -> str:
    """Write a time in at most two units."""
    if time_s < 10:
        return f"{time_s:.1f} s"
    whole = round(time_s)
    if whole < 60:
        return f"{whole} s"
    minutes, seconds = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def _expected_s(state: JobState) -> float:
    waiting_s = state.expected_wait_s if state.status is JobStatus.QUEUED else 0.0
    return (waiting_s or 0.0) + (state.expected_run_s or 0.0)

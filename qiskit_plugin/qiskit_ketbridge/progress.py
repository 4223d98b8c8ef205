"""What is shown while a job is waited for: a line in a terminal, a bar in a notebook."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

from ketbridge import JobState, JobStatus

Progress = Callable[[JobState, float], None]

FIRST_S = 0.5
"""How long a wait shows nothing: short ones come and go unseen."""


class Screen(Protocol):
    """Where a line of text and how far the job is are shown."""

    def show(self, text: str, fraction: float) -> None:
        """Show a line; ``fraction`` of the job, 0..1, is done."""

    def close(self) -> None:
        """Leave the place as it is to be afterwards."""


@contextmanager
def shown(what: str, wanted: bool | Progress | None = None) -> Iterator[Progress | None]:
    """Give what is to be called at each answer of a wait.

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
        yield None
        return

    def show(state: JobState, elapsed_s: float) -> None:
        if elapsed_s >= FIRST_S:
            screen.show(line(what, state, elapsed_s), fraction(state, elapsed_s))

    try:
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


def screen_of(stream: TextIO) -> Screen | None:
    """Return where progress is shown; None where nobody looks."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if type(shell).__name__ == "ZMQInteractiveShell":
        return NotebookBar()
    if not stream.isatty():
        return None
    return TerminalLine(stream)


class TerminalLine:
    """One line of a terminal, written again and again, and gone at the end."""

    def __init__(self, stream: TextIO) -> None:
        """Use a terminal; with rich installed the line has a spinner and keeps to the width."""
        self._stream = stream
        self._status: Any = None
        self._width = 0

    def show(self, text: str, fraction: float) -> None:
        """Show a line."""
        if self._status is None and not self._width:
            self._status = _rich_status(self._stream, text)
        if self._status is not None:
            self._status.update(text)
            return
        self._stream.write(f"\r{text:<{self._width}}")
        self._stream.flush()
        self._width = len(text)

    def close(self) -> None:
        """Wipe the line away."""
        if self._status is not None:
            self._status.stop()
        elif self._width:
            self._stream.write(f"\r{'':<{self._width}}\r")
            self._stream.flush()


class NotebookBar:
    """A bar below a notebook's cell: a widget with ipywidgets, HTML without."""

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, text: str, fraction: float) -> None:
        """Show the bar."""
        from IPython.display import HTML, display

        shown = HTML(bar_html(text, fraction))
        if self._handle is None:
            self._handle = display(shown, display_id=True)
        else:
            self._handle.update(shown)

    def close(self) -> None:
        """Remove the bar."""
        from IPython.display import HTML

        if self._handle is not None:
            self._handle.update(HTML(""))


def bar_html(text: str, fraction: float) -> str:
    """Make a bar with a line of text as HTML."""
    return f'<progress max="1" value="{fraction:.2f}"></progress> {html.escape(text)}'


def _rich_status(stream: TextIO, text: str) -> Any:
    """Start rich's spinner; None where rich is not installed."""
    try:
        from rich.console import Console
        from rich.markup import escape
        from rich.status import Status
    except ModuleNotFoundError:
        return None

    class Plain(Status):
        """A status whose text is no markup."""

        def update(self, status: Any = None, **options: Any) -> None:
            super().update(escape(status) if isinstance(status, str) else status, **options)

    status = Plain(escape(text), console=Console(file=stream))
    status.start()
    return status


def _expected_s(state: JobState) -> float:
    waiting_s = state.expected_wait_s if state.status is JobStatus.QUEUED else 0.0
    return (waiting_s or 0.0) + (state.expected_run_s or 0.0)

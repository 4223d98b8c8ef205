"""Where a line for people is shown: in a terminal, or as a bar in a notebook."""

from __future__ import annotations

import html
import importlib
import sys
from typing import Any, Protocol, TextIO


class Screen(Protocol):
    """Where a line of text is shown, and how much is done."""

    def show(self, text: str, fraction: float) -> None:
        """Show a line; ``fraction`` of the work, 0..1, is done."""

    def close(self) -> None:
        """Leave the place as it is to be afterwards."""


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
        ipython: Any = importlib.import_module("IPython.display")
        shown = ipython.HTML(bar_html(text, fraction))
        if self._handle is None:
            self._handle = ipython.display(shown, display_id=True)
        else:
            self._handle.update(shown)

    def close(self) -> None:
        """Remove the bar."""
        ipython: Any = importlib.import_module("IPython.display")
        if self._handle is not None:
            self._handle.update(ipython.HTML(""))


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

"""What the commands print: tables on stdout, progress on stderr, JSON for programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ..jobs.handle import Job
    from ..jobs.state import JobState

PLAIN_WIDTH = 100
"""Width of tables in columns where there is no terminal to ask."""

OTHER = "other"
"""What the table of counts calls all outcomes that are not listed."""

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """Add ``--json`` to a command, as its argument ``as_json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def print_json(data: Any) -> None:
    """Print data as JSON; times as ISO 8601 in UTC."""
    click.echo(json.dumps(data, indent=2, default=_plain))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def console(*, err: bool = False) -> Console:
    """Return a console for stdout or stderr, without colours where there is no terminal."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PLAIN_WIDTH
    return Console(stderr=err, width=width, highlight=False)


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """Make an empty table with a line below its head; the columns in ``right`` hold numbers."""
    from rich import box
    from rich.table import Table

    made = Table(
        box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
        show_edge=False,
        header_style="bold",
    )
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", no_wrap=name in right)
    return made


def print_table(made: Table) -> None:
    """Print a table on stdout, without the blanks that fill its lines and the lines around it."""
    screen = console()
    with screen.capture() as captured:
        screen.print(made)
    lines = [line.rstrip() for line in captured.get().splitlines()]
    click.echo("\n".join(lines).strip("\n"))


_EIGHTHS: tuple[str, ...] = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def bar(share: float, width: int) -> str:
    """Draw a share in 0..1 as a bar of at most ``width`` characters, at least one if not zero."""
    if not _encodes("█▏"):
        return "#" * max(round(share * width), int(share > 0))
    eighths = max(round(share * width * 8), int(share > 0))
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest]


def _encodes(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def seconds(value: float | None) -> str:
    """Write a time for people: ``40 ms``, ``1.25 s``, ``3 min``, ``2.5 h``; a dash for None."""
    if value is None:
        return "-"
    for limit, size, unit, digits in (
        (1, 0.001, "ms", 0),
        (60, 1, "s", 1),
        (3600, 60, "min", 0),
        (172_800, 3600, "h", 1),
    ):
        if value < limit:
            return f"{value / size:.{digits}f} {unit}"
    return f"{value / 86_400:.0f} days"


def queue_s(state: JobState) -> float | None:
    """Return how long a job waited before it ran, in seconds; None where that is not known."""
    if state.created is None or state.started is None:
        return None
    return max((state.started - state.created).total_seconds(), 0.0)


def run_s(state: JobState) -> float | None:
    """Return how long a job ran, in seconds; None where that is not known."""
    if state.run_s is not None or state.started is None or state.ended is None:
        return state.run_s
    return max((state.ended - state.started).total_seconds(), 0.0)


def state_json(state: JobState) -> dict[str, Any]:
    """Return a state as JSON data: the fields of `JobState` but the service's own answer."""
    fields = asdict(state)
    del fields["detail"]
    return {**fields, "status": state.status.value}


def counts_table(counts: Mapping[str, int | float], most: int = 20) -> Table:
    """Make a table of outcomes with bars, the most frequent first.

    Args:
        counts: counts or probabilities by bit string.
        most: how many outcomes are shown; the others are added up in a last line.
    """
    made = table("outcome", "", "count", right=("count",))
    rows = top(counts, most)
    largest = max((amount for _, amount in rows), default=1) or 1
    for outcome, amount in rows:
        shown = str(amount) if isinstance(amount, int) else f"{amount:.4f}"
        made.add_row(outcome, bar(amount / largest, 40), shown)
    return made


def top(counts: Mapping[str, int | float], most: int) -> list[tuple[str, int | float]]:
    """Return the most frequent outcomes, and how often all others came, as ``other``.

    Outcomes that are as frequent as each other come in ascending order.
    """
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if len(ranked) <= most:
        return ranked
    return [*ranked[: most - 1], (OTHER, sum(amount for _, amount in ranked[most - 1 :]))]


def wait(job: Job, timeout_s: float | None = None) -> JobState:
    """Wait for a job with a progress line on a terminal.

    Ctrl-C leaves the job running; the job itself says where it can be found again.

    Raises:
        JobTimeout: the time is over before the job is.
    """
    with spinner(f"{job.address}: submitted") as say:

        def progress(state: JobState, elapsed_s: float) -> None:
            ahead = f", {state.queue_position} ahead" if state.queue_position else ""
            say(f"{job.address}: {state.status.value}{ahead}, {seconds(elapsed_s)}")

        return job.wait(timeout_s, progress=progress)


@contextmanager
def spinner(text: str) -> Iterator[Callable[[str], None]]:
    """Show a line that can be changed while something runs; nothing where there is no terminal.

    What else takes long meanwhile is shown in the same line.
    """
    from .. import notices

    screen = console(err=True)
    if not screen.is_terminal:
        yield lambda _: None
        return
    from rich.markup import escape

    with (
        screen.status(text) as status,
        notices.told_by(lambda line, _: status.update(escape(line))),
    ):
        yield status.update

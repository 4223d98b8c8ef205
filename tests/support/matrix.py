"""What works on a machine and what is refused and why, as lines to read."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

_WIDTH, _INDENT = 100, 2


def printed(machine: str, reasons: Mapping[str, str | None]) -> None:
    """Print what works on a machine, and each reason of a refusal once.

    Args:
        machine: its name.
        reasons: why each thing does not work; None where it works.
    """
    together: dict[str | None, list[str]] = {None: []}
    for thing, reason in reasons.items():
        together.setdefault(reason, []).append(thing)
    print(f"\n{machine}")
    for reason, things in together.items():
        if things:
            words = "works" if reason is None else f"refused: {reason}"
            print(textwrap.indent(_paragraph(", ".join(things), words), " " * _INDENT))


def _paragraph(head: str, words: str) -> str:
    return textwrap.fill(f"{head} - {words}", _WIDTH - _INDENT, subsequent_indent=" " * 4)


def in_words(reasons: Mapping[str, str | None]) -> bool:
    """Say whether every reason is a sentence."""
    return all(reason is None or len(reason.split()) > 3 for reason in reasons.values())

"""Lines for people while something takes long: a wait that was asked for, megabytes on their way.

Whoever shows a line already, such as a command or a plugin, takes them over with `told_by`.
Otherwise they are shown in a terminal or below a notebook's cell, and nowhere else.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeAlias

from .screens import Screen, screen_of

Tell: TypeAlias = Callable[[str, float], None]
"""Called with a line and with how much is done, 0..1."""
Moved: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes that are done and, where it is known, the bytes that there are."""

FIRST_S = 1.0
"""What takes less is over before it is worth a line."""
EVERY_S = 0.1

_tell: contextvars.ContextVar[Tell | None] = contextvars.ContextVar("ketbridge_tell")


@contextlib.contextmanager
def told_by(tell: Tell | None) -> Iterator[None]:
    """Have the lines of whatever is done meanwhile shown by a function; None for not at all."""
    token = _tell.set(tell)
    try:
        yield
    finally:
        _tell.reset(token)


@contextlib.contextmanager
def waiting(seconds: float, why: str) -> Iterator[None]:
    """Say why there is a wait, and how long it is; nothing where there is no reason to give."""
    with _place() as tell:
        if why and seconds >= FIRST_S:
            tell(f"{why}: waiting for {seconds:.0f} s", 0.0)
        yield


@contextlib.contextmanager
def transfer(what: str) -> Iterator[Moved]:
    """Give what is to be called as bytes move, and show how far they are.

    Args:
        what: what is moved.
    """
    began = told = time.monotonic()
    with _place() as tell:

        def moved(done: int, total: int | None) -> None:
            nonlocal told
            now = time.monotonic()
            if now - began < FIRST_S or now - told < EVERY_S:
                return
            told = now
            of = "" if not total else f" of {total / 1e6:.1f}"
            tell(f"{what}: {done / 1e6:.1f}{of} MB", done / total if total else 0.0)

        yield moved


@contextlib.contextmanager
def _place() -> Iterator[Tell]:
    """Give what shows a line; a screen is looked for with the first one, and wiped at the end."""
    own: list[Screen | None] = []

    def show(text: str, fraction: float) -> None:
        tell = _tell.get(_nobody)
        if tell is None:
            return
        if tell is not _nobody:
            tell(text, fraction)
            return
        if not own:
            own.append(screen_of(sys.stderr))
        if own[0] is not None:
            own[0].show(text, fraction)

    try:
        yield show
    finally:
        for screen in own:
            if screen is not None:
                screen.close()


def _nobody(text: str, fraction: float) -> None:
    """Stand for nobody having taken the lines over."""

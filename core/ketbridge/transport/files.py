"""Files that are written piece by piece."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that gets its name when it is whole, and is removed when it will not be."""
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as sink:
            yield sink
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

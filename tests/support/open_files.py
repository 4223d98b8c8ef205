"""How many files and sockets this process has open."""

from __future__ import annotations

import psutil


def open_files() -> int:
    """Count file descriptors."""
    return psutil.Process().num_fds()

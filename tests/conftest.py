"""What every test can rely on, however the run was started."""

from __future__ import annotations

import signal


def pytest_configure() -> None:
    """Let Ctrl-C be tested where the run was started in the background of a shell.

    Such a shell has SIGINT ignored, which every process that is started from there inherits.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)

"""Where Ketbridge keeps its files, and how it keeps them from other users."""

from __future__ import annotations

import os
from pathlib import Path

HOME = "KETBRIDGE_HOME"
"""Environment variable that names one folder for everything that Ketbridge keeps."""


def config_folder() -> Path:
    """Folder of ``accounts.toml``: ``KETBRIDGE_HOME``, or the system's folder for settings."""
    return _chosen("user_config_path")


def data_folder() -> Path:
    """Folder of the ledger: ``KETBRIDGE_HOME``, or the system's folder for data."""
    return _chosen("user_data_path")


def make_private(folder: Path) -> None:
    """Make a folder, where it is missing, that only this user can enter.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _chosen(kind: str) -> Path:
    home = os.environ.get(HOME)
    if home:
        return Path(home).expanduser()
    import platformdirs

    folder: Path = getattr(platformdirs, kind)("ketbridge", appauthor=False)
    return folder

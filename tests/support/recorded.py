"""Answers of the real services, where a folder of them lies beside the project.

They are not part of the project; tests that read them are skipped where the folder is absent.
``KETBRIDGE_RECORDED`` names another folder.
"""

from __future__ import annotations

import os
from pathlib import Path

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "recorded"

RECORDED = Path(os.environ.get("KETBRIDGE_RECORDED") or _BESIDE)

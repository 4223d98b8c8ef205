"""One sandbox for everything that goes wrong with the four clouds."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.cloud_cases import SANDBOX

from ketbridge import sandbox
from ketbridge.sandbox import Sandbox


@pytest.fixture(scope="session")
def server() -> Iterator[Sandbox]:
    with ThreadPoolExecutor(2) as pool, sandbox.start(executor=pool, **SANDBOX) as running:
        yield running

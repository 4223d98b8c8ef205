"""IBM Direct Access, whose jobs also read and write a bucket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import DIRECT
from support.ibm_programs import sampled

from ketbridge.sandbox import Sandbox

CASE = replace(DIRECT, request=sampled)

LATE_S = 0.3
"""Longer than the logs of a job come after its end."""


class DirectBench(Bench):
    """A bench that waits for what jobs that have ended still write."""

    def ids(self) -> list[str]:
        """Ids of the jobs that are on the server since the count began."""
        return [seen.id for seen in self.jobs()]

    def still(self) -> None:
        """Wait until the service writes no more logs of jobs that have ended; count from here."""
        before = -1
        while before != (before := self.server.requests().get("s3.PutObject", 0)):
            time.sleep(LATE_S)
        self.count_from_here()


@pytest.fixture
def kind() -> str:
    """The driver; tests of both say so."""
    return "sync"


@pytest.fixture
def opened(kind: str, server: Sandbox, tmp_path: Path) -> Iterator[Callable[..., DirectBench]]:
    """Open the cloud with settings of the test."""
    made: list[DirectBench] = []

    def bench(**settings: Any) -> DirectBench:
        made.append(DirectBench(CASE, server, tmp_path / "ledger.sqlite3", kind, **settings))
        return made[-1]

    yield bench
    for one in made:
        one.close()


@pytest.fixture
def bench(request: pytest.FixtureRequest, opened: Callable[..., DirectBench]) -> DirectBench:
    """The cloud on a clock of its own; it waits long for an answer unless none is to come."""
    values = getattr(request.node, "callspec", None)
    fault = values.params.get("fault") if values else None
    return opened(io_timeout_s=0.4 if getattr(fault, "name", "") == "silence" else 20.0)

"""Every cloud on the sandbox, to be put through the same faults: one entry of a table each.

What a service does otherwise than the first is data of its entry, with the reason beside it. Most
rows test what all clouds share, so that a table of faults is run whole on the first cloud, by both
drivers, and on each other cloud by one of them with the rows that reach its own code; see `rows`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from support import ibm_programs, submissions

from ketbridge.clouds.base import Cloud
from ketbridge.clouds.ibm import IbmCloud
from ketbridge.clouds.ibm_direct import IbmDirectCloud
from ketbridge.clouds.ionq import IonqCloud
from ketbridge.clouds.kipu import KipuCloud
from ketbridge.jobs.state import JobStatus
from ketbridge.jobs.submission import Request
from ketbridge.programs import Program
from ketbridge.sandbox import DirectChoices, Timing
from ketbridge.sandbox.ibm.instance import CRN
from ketbridge.secret import Secret


def _key(user: str) -> dict[str, Any]:
    return {"token": Secret(user)}


def _password(user: str) -> dict[str, Any]:
    login = {"username": user, "password": Secret(f"password-of-{user}", "password")}
    return {"token": None, "settings": login}


@dataclass(frozen=True)
class Case:
    """What the tests must know of a cloud.

    Attributes:
        name: name of the cloud.
        make: its class.
        request: makes a request for two equal bits on a machine that answers at once.
        submit, look_up, status, result, cancel: operation ids of its contract.
        slow: what makes of it a request that stays in the queue, see `TIMING`.
        fast: settings under which nothing waits for the service's lists.
        machine: address of a machine in the sandbox, for the plugins.
        describing: operation ids of the questions that describe it.
        word: the members by which the answer of ``status`` tells a state.
        queued: the service's word for a job that waits.
        waits: what that is in the words of Ketbridge.
        optional: members of that answer that may be missing.
        exchange: operation id by which tokens are given for the key; empty where the key goes with
            each request, so that there is nothing to renew.
        credentials: members of an account of a user of that name.
        silent: calls whose right answer has no body, so that none can be cut and an empty one is
            right.
        checked: calls that the service refuses once they are done, so that after a lost answer it
            is asked how things stand.
        keyed: whether the service refuses a second job of one id. An unclear submission is then
            sent again instead of being looked up.
        several: whether one job can hold several circuits.
        unread: whether a readout without bits is one that is written in the circuit, as it is in
            QPY, so that it says nothing of what is measured.
        identifiers: whether registers have names that Python can use, because the results that the
            service gives back have them as attributes.
        keeps: members of a request that the service gives back.
        longest_tag: how many characters a tag can have.
        most_shots: upper end of the range of shots, before anything is known of the machine.
        needs: what an account needs besides its credential and its URL.
        deletes: whether jobs can be deleted at any time.
    """

    name: str
    make: Callable[..., Cloud]
    request: Callable[..., Request]
    submit: str
    look_up: str
    status: str
    result: str
    cancel: str
    slow: Mapping[str, Any]
    fast: Mapping[str, Any]
    machine: str
    describing: frozenset[str]
    word: Callable[[str], Mapping[str, Any]] = lambda word: {"status": word}
    queued: str = "ready"
    waits: JobStatus = JobStatus.QUEUED
    optional: tuple[str, ...] = ()
    exchange: str = ""
    credentials: Callable[[str], dict[str, Any]] = _key
    silent: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    keyed: bool = False
    several: bool = True
    unread: bool = False
    identifiers: bool = False
    keeps: tuple[str, ...] = ()
    longest_tag: int = 10**6
    most_shots: int = 2**31 - 1
    needs: Mapping[str, Any] = field(default_factory=dict)
    deletes: bool = True

    def __str__(self) -> str:
        return self.name

    @property
    def program(self) -> Program:
        """The circuit of its request."""
        return self.request().programs[0]

    @property
    def sendings_of_401(self) -> int:
        """How often a request is sent that is always refused: once more with a fresh token."""
        return 2 if self.exchange else 1


IONQ = Case(
    "ionq",
    IonqCloud,
    submissions.request,
    submit="CreateJob",
    look_up="GetJobs",
    status="GetJob",
    result="GetJobProbabilities",
    cancel="CancelJob",
    slow={"backend": "qpu.aria-1"},
    fast={"settle_s": 0.0},
    machine="sandbox:ionq/simulator",
    describing=frozenset({"getBackend"}),
    optional=("shots", "name"),
    keeps=("name", "tags", "metadata", "programs"),
    most_shots=1_000_000,
)

IBM = Case(
    "ibm",
    IbmCloud,
    functools.partial(ibm_programs.sampled, shots=100),
    submit="create_job",
    look_up="list_jobs",
    status="get_job",
    result="get_job_results_jid",
    cancel="cancel_job_jid",
    slow={"backend": "ibm_lagos"},
    fast={"settle_s": 0.0},
    machine=f"sandbox:ibm/{ibm_programs.MACHINE}",
    describing=frozenset(
        {"get_backend_configuration", "get_backend_properties", "get_backend_status"}
    ),
    word=lambda word: {"status": word, "state": {"status": word}},
    queued="Queued",
    optional=("backend", "tags", "usage", "cost", "user_id"),
    exchange="x-IamToken",
    silent=frozenset({"cancel"}),
    checked=frozenset({"cancel"}),
    unread=True,
    identifiers=True,
    keeps=("tags",),
    longest_tag=24,
    needs={"instance": CRN},
    deletes=False,  # one that waits has to be cancelled first, and its lists are asked by tag
)

KIPU = Case(
    "kipu",
    KipuCloud,
    functools.partial(submissions.request, backend="azure.ionq.simulator"),
    submit="createJob",
    look_up="searchJobs",
    status="getJob",
    result="getJobResult",
    cancel="cancelJob",
    slow={"backend": "qudora.sim.xg1", "programs": (submissions.BELL_QASM2,)},
    fast={"settle_s": 0.0},
    machine="sandbox:kipu/azure.ionq.simulator",
    describing=frozenset({"getBackend"}),
    queued="PENDING",
    optional=("name", "provider", "runtime", "sdk_provider"),
    silent=frozenset({"cancel"}),
    several=False,
    keeps=("name", "tags"),
    most_shots=2**63 - 1,
    deletes=False,  # the service has no way to
)

DIRECT = Case(
    "ibm-direct",
    IbmDirectCloud,
    functools.partial(ibm_programs.sampled, shots=100),
    submit="job.create",
    look_up="job.read",
    status="job.read",
    result="s3.GetObject",
    cancel="job.cancel",
    slow={"backend": "ibm_lagos"},
    fast={"settle_s": 0.0},
    machine=f"sandbox:ibm-direct/{ibm_programs.MACHINE}",
    describing=frozenset({"backend-configuration.read", "backend-properties.read", "backend.read"}),
    queued="Running",
    waits=JobStatus.RUNNING,  # the service has one word for both
    exchange="x-IamToken",
    silent=frozenset({"submit", "cancel"}),
    checked=frozenset({"cancel"}),
    keyed=True,
    unread=True,
    identifiers=True,
    keeps=("name", "tags", "metadata", "programs"),  # in the bucket
    deletes=False,  # one that waits has to be cancelled first
)

KIPU_LOGIN = replace(KIPU, exchange="kipu.token", credentials=_password)
"""The Hub with a user name and a password instead of a token."""

CASES = (IONQ, IBM, KIPU)
"""The clouds of the tables; IBM Direct Access has its own, because its bucket takes part in all."""

ALL = (*CASES, DIRECT)

EXCHANGES = (IBM, DIRECT, KIPU_LOGIN)
"""Where a key or password is exchanged for tokens."""

DRIVEN = ((IONQ, "sync"), (IONQ, "async"), (IBM, "sync"), (KIPU, "async"))
"""Which cloud is asked by which driver."""

SYNC = tuple((case, "sync") for case in CASES)

CALLS = ("submit", "status", "result", "cancel")

TIMING = {
    "qpu.aria-1": Timing(queue_s=600, run_s=1),
    "ibm_lagos": Timing(queue_s=600, run_s=1),
    "qudora.sim.xg1": Timing(queue_s=600, run_s=1),
}
"""How the sandbox of these tests keeps a job waiting."""

SANDBOX: Mapping[str, Any] = {"timing": TIMING, "direct": DirectChoices(most_jobs=10**6)}
"""What it is started with; as many jobs as there are tests find a place."""


def rows(
    name: str,
    table: Mapping[str, Any],
    few: Iterable[str],
    driven: Iterable[tuple[Case, str]] = DRIVEN,
) -> pytest.MarkDecorator:
    """Put a table through the clouds.

    Args:
        name: the test's argument.
        table: values by their names.
        few: the rows for the clouds after the first, whose code they reach; the others differ in
            what is the transport's alone.
        driven: the clouds and the driver of each.
    """
    parameters = [
        pytest.param(case, kind, table[row], id=f"{case.name}-{kind}-{row}")
        for case, kind in driven
        for row in (table if case is IONQ else few)
    ]
    return pytest.mark.parametrize(("case", "kind", name), parameters)

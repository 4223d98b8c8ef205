"""Sending what one call asks for, in as many jobs as the machine makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ketbridge import Format

from .costs import refuse_above

if TYPE_CHECKING:
    from ketbridge.clouds.base import Cloud
    from ketbridge.jobs.handle import Job
    from ketbridge.jobs.submission import Request


ONE_A_JOB = frozenset({Format.IONQ_QASM3})
"""Formats of which a job holds one program only."""


def send_all(cloud: Cloud, requests: Sequence[Request], max_cost: float | None) -> list[Job]:
    """Submit requests, each at most once; nothing is sent before all of them are checked.

    Args:
        cloud: where they go.
        requests: what is asked.
        max_cost: nothing is sent if the service's estimate of all is above it; None for no limit.

    Returns:
        The jobs, in the order of the requests.

    Raises:
        ProgramError: one cannot run, or they cost more than allowed; nothing was sent.
        TransportError: a job was not taken. Jobs taken before it go on; the error's notes give
            their addresses.
    """
    for request in requests:
        cloud.check(request)
    refuse_above(cloud, requests, max_cost)
    jobs: list[Job] = []
    for request in requests:
        try:
            jobs.append(cloud.submit(request))
        except BaseException as error:
            for job in jobs:
                error.add_note(f"{job.address} was taken before this and goes on")
            raise
    return jobs

"""Jobs of the past: which are wanted, and many of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from qiskit.providers import JobStatus

from ketbridge import JobStatus as State
from ketbridge.errors import ProgramError
from ketbridge.jobs.filters import JobFilter

from .jobs import STATUS, KetbridgeJob

if TYPE_CHECKING:
    from ketbridge.clouds.base import Cloud

Status: TypeAlias = JobStatus | State | str


def job_filter(
    status: Status | Iterable[Status] | None,
    backend: str | None,
    since: datetime | None,
    tags: Iterable[str],
) -> JobFilter:
    """Say in Ketbridge's words which jobs are wanted.

    Args:
        status: of Qiskit, of Ketbridge, or the service's word; or several of the first two.
        backend: name of the machine.
        since: made then or later; without a zone it is local time.
        tags: all of these.

    Raises:
        ProgramError: the status is none.
    """
    if isinstance(tags, str):
        raise ProgramError(f"tags is a list of strings, not {tags!r}")
    statuses, word = _statuses(status)
    moment = None if since is None else since.astimezone(UTC)
    return JobFilter(statuses, word, backend, moment, frozenset(tags))


def jobs(
    cloud: Cloud, wanted: JobFilter, limit: int | None, filters: dict[str, Any]
) -> Iterator[KetbridgeJob]:
    """Go through the wanted jobs; the service filters as far as it can, the rest is left out here.

    Args:
        cloud: whose jobs.
        wanted: which.
        limit: how many at most; None for all.
        filters: the cloud's own, besides.
    """
    from ketbridge.clouds.paging import Pages

    asked = {**cloud.filters_of(wanted), **filters}
    pages = Pages(cloud, lambda cursor: cloud.jobs_flow(cursor, asked))
    found = (info for info in pages if wanted.fits(info))
    return (KetbridgeJob(cloud.job(info.id), info=info) for info in islice(found, limit))


def cancel(cloud: Cloud, given: Iterable[KetbridgeJob | str]) -> tuple[str, ...]:
    """Ask for jobs to be cancelled; returns the ids that the service confirms."""
    ids = _ids(given)
    return cloud.run(cloud.cancel_many_flow(ids)) if ids else ()


def delete(cloud: Cloud, given: Iterable[KetbridgeJob | str]) -> tuple[str, ...]:
    """Delete jobs there and in this computer's record; returns the ids that are confirmed."""
    ids = _ids(given)
    deleted = cloud.run(cloud.delete_many_flow(ids)) if ids else ()
    for job_id in deleted:
        cloud.ledger.forget(cloud.name, job_id)
    return deleted


def _ids(given: Iterable[KetbridgeJob | str]) -> list[str]:
    if isinstance(given, str | KetbridgeJob):
        raise ProgramError("give a list of jobs or of their ids")
    ids = [one.job_id() if isinstance(one, KetbridgeJob) else one for one in given]
    return list(dict.fromkeys(ids))


def _statuses(status: Any) -> tuple[frozenset[State], str | None]:
    if status is None:
        return frozenset(), None
    if isinstance(status, str):
        return frozenset(), status
    listed = [status] if isinstance(status, JobStatus | State) else list(status)
    found: set[State] = set()
    for one in listed:
        if isinstance(one, State):
            found.add(one)
        elif isinstance(one, JobStatus):
            found |= {state for state, known in STATUS.items() if known is one}
        else:
            raise ProgramError(
                f"a status is Qiskit's, Ketbridge's or one word of the service, not {one!r}"
            )
    if not found:
        raise ProgramError(f"no job of a cloud is ever {status!r}")
    return frozenset(found), None

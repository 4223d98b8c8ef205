"""The jobs of the service: found by id, filtered, paged."""

from __future__ import annotations

from datetime import datetime

from starlette.datastructures import QueryParams

from ..service import HttpError
from .records import Record
from .wire import moment, truth, whole

LONGEST_PAGE = 200
LAST_OFFSET = (1 << 31) - 1
NOT_FOUND = 3250


class Store:
    """All jobs, in the order of their submission."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}

    def add(self, record: Record) -> None:
        """Keep a job."""
        self._records[record.id] = record

    def find(self, job_id: str) -> Record:
        """Return a job.

        Raises:
            HttpError: there is none of that id (404).
        """
        record = self._records.get(job_id)
        if record is None:
            raise HttpError(404, f"Job not found. Job ID: {job_id[:64]}", code=NOT_FOUND)
        return record

    def remove(self, record: Record) -> None:
        """Forget a job."""
        del self._records[record.id]

    def all(self) -> list[Record]:
        """List all jobs, oldest first."""
        return list(self._records.values())

    def ahead(self, record: Record) -> int:
        """Count the jobs that its machine took before it and has not ended."""
        earlier = 0
        for other in self.all():
            if other is record:
                break
            earlier += other.pending and other.backend == record.backend
        return earlier

    def page(self, query: QueryParams) -> tuple[list[Record], int, int, int]:
        """Return one page of the jobs, how many there are, and the limit and offset taken.

        Raises:
            HttpError: a time cannot be read (400).
        """
        limit = whole(query, "limit", LONGEST_PAGE, 1, LONGEST_PAGE)
        offset = whole(query, "offset", 0, 0, LAST_OFFSET)
        after, before = moment(query, "created_after"), moment(query, "created_before")
        found = [
            record
            for record in self.all()
            if _matches(record, query) and _between(record.ticket.submitted, after, before)
        ]
        if query.get("sort", "DESC").upper() != "ASC":
            found.reverse()
        return found[offset : offset + limit], len(found), limit, offset


def _matches(record: Record, query: QueryParams) -> bool:
    wanted = {
        "program": record.program,
        "backend": record.backend,
        "session_id": record.session,
    }
    pending = truth(query, "pending")
    return (
        all(query[name] == value for name, value in wanted.items() if query.get(name))
        and (pending is None or record.pending is pending)
        and set(tags_of(query)).issubset(record.tags)
    )


def tags_of(query: QueryParams) -> list[str]:
    """List the tags that a query asks for; a job must have all of them."""
    return [tag for tag in query.getlist("tags") if tag]


def _between(when: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or when >= after) and (before is None or when <= before)

"""The jobs of the service: found by id, filtered, paged."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.datastructures import QueryParams

from ..service import HttpError
from .records import Record

PAGE = 25
LONGEST_PAGE = 100
FILTERS = ("status", "parent_job_id", "session_id", "submitter_id")


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
            raise HttpError(404, f"Job {job_id[:64]} was not found.")
        return record

    def family(self, job_id: str) -> list[Record]:
        """Return a job and its children.

        Raises:
            HttpError: there is none of that id (404).
        """
        record = self.find(job_id)
        children = (self._records.get(child) for child in record.children)
        return [record, *(child for child in children if child is not None)]

    def remove(self, job_id: str) -> None:
        """Forget a job and its children.

        Raises:
            HttpError: there is none of that id (404).
        """
        for record in self.family(job_id):
            del self._records[record.id]

    def sent(self) -> list[Record]:
        """List the jobs that are nobody's children, oldest first."""
        return [record for record in list(self._records.values()) if record.parent is None]

    def page(
        self, query: QueryParams, session: str | None = None
    ) -> tuple[list[Record], str | None]:
        """Return one page of the jobs, newest first, and the cursor of the next page.

        Children are listed only where their parent is asked for.

        Raises:
            HttpError: the limit or the cursor cannot be used (400).
        """
        found = [record for record in self._newest() if _matches(record, query, session)]
        begin = 0
        if query.get("next"):
            places = [place for place, record in enumerate(found) if record.id == query["next"]]
            if not places:
                raise HttpError(400, 'The cursor "next" is not known.')
            begin = places[0]
        end = begin + _limit(query)
        return found[begin:end], found[end].id if end < len(found) else None

    def _newest(self) -> Iterator[Record]:
        return reversed(list(self._records.values()))


def _matches(record: Record, query: QueryParams, session: str | None) -> bool:
    shown = {
        "status": record.status,
        "parent_job_id": record.parent,
        "session_id": record.session,
        "submitter_id": record.submitter,
    }
    ids = [part for value in query.getlist("ids") for part in value.split(",")]
    targets = query.get("target", "")
    wanted_parent = query.get("parent_job_id")
    return (
        all(query[name] == shown[name] for name in FILTERS if query.get(name))
        and (session is None or record.session == session)
        and (not ids or record.id in ids)
        and (not targets or record.backend in targets.split(","))
        and (record.parent is None or bool(ids) or wanted_parent == record.parent)
    )


def _limit(query: QueryParams) -> int:
    text = query.get("limit") or str(PAGE)
    if not text.isdigit() or int(text) < 1:
        raise HttpError(400, '"limit" must be a whole number, at least 1.')
    return min(int(text), LONGEST_PAGE)

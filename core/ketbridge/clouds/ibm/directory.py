"""The search for instances and the catalogue of plans, which are places beside the service.

What is asked and where is as the service's own client has it: neither is in the documents of the
API. The access token goes to both, the API key to neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...transport.operation import Flow, Operation, Repeat, json_body, path, query
from ..wire import Answer, model

SEARCH_URL = "https://api.global-search-tagging.cloud.ibm.com"
CATALOG_URL = "https://globalcatalog.cloud.ibm.com/api/v1"
FIELDS = ("crn", "service_plan_unique_id", "name", "doc", "tags")
PAGE = 100
MAX_PAGES = 20


class Resource(Answer):
    """An instance that the search found; ``doc`` has ``extensions`` if machines belong to it."""

    crn: str
    name: str = ""
    service_plan_unique_id: str | None = None
    tags: tuple[str, ...] | None = None
    doc: dict[str, Any] | None = None


class SearchResult(Answer):
    """A page of what the search found, and the cursor of the next."""

    items: tuple[Resource, ...] = ()
    search_cursor: str | None = None


class Pricing(Answer):
    """How a plan is paid."""

    type: str = "unknown"


class PlanMetadata(Answer):
    """What the catalogue knows of a plan besides its names."""

    pricing: Pricing = Pricing()


class Words(Answer):
    """Names of a plan in a language."""

    display_name: str = ""


class Plan(Answer):
    """A plan of the catalogue."""

    overview_ui: dict[str, Words] | None = None
    metadata: PlanMetadata = PlanMetadata()

    @property
    def name(self) -> str:
        """Its name in English, in small letters."""
        words = (self.overview_ui or {}).get("en")
        return words.display_name.lower() if words and words.display_name else "unknown"


@dataclass(frozen=True, slots=True)
class InstanceInfo:
    """An instance of the service that an account may use.

    Attributes:
        crn: what names it to the service.
        name: what its owner calls it; several may have the same.
        region: where it is.
        tags: labels of its owner's.
        plan_id: id of its plan in the catalogue.
        plan: name of its plan; empty before the catalogue was asked.
        pricing: how it is paid, ``free`` for nothing; empty before the catalogue was asked.
    """

    crn: str
    name: str
    region: str
    tags: tuple[str, ...] = ()
    plan_id: str = ""
    plan: str = ""
    pricing: str = ""


def found() -> Flow[list[InstanceInfo]]:
    """Search for all instances to which machines belong; to be run at the search."""
    everything: list[InstanceInfo] = []
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = yield search(cursor)
        everything += [_info(item) for item in page.items if (item.doc or {}).get("extensions")]
        cursor = page.search_cursor
        if not cursor or not page.items:
            break
    return everything


def search(cursor: str | None = None) -> Operation[SearchResult]:
    """Search for instances, one page."""
    body = {"query": "service_name:quantum-computing", "fields": FIELDS}
    return Operation(
        "instance search",
        "POST",
        "/v3/resources/search",
        model(SearchResult),
        Repeat.SAFE,
        query(limit=PAGE),
        body=json_body(body if cursor is None else {**body, "search_cursor": cursor}),
    )


def plan(plan_id: str) -> Operation[Plan]:
    """Ask the catalogue for a plan; to be sent to the catalogue."""
    return Operation(
        "plan of an instance", "GET", path("/{plan_id}", plan_id=plan_id), model(Plan), Repeat.SAFE
    )


def _info(item: Resource) -> InstanceInfo:
    parts = item.crn.split(":")
    region = parts[5] if len(parts) > 5 else ""
    return InstanceInfo(
        item.crn, item.name, region, item.tags or (), item.service_plan_unique_id or ""
    )

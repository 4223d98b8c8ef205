"""What a client asks before the service itself: IAM, the search for instances, the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from ..service import HttpError, JobSeen, Route, json_answer
from .access import Access
from .instance import CRN, INSTANCE_NAME, PLAN, PLAN_NAME, REGION

GRANT = "urn:ibm:params:oauth:grant-type:apikey"


class _Directory:
    cloud = "ibm"
    prefix = ""

    def __init__(self, access: Access) -> None:
        self._access = access

    def error(self, status: int, message: str, **more: object) -> Response:
        """Word an error as the places beside the service do."""
        return json_answer({"errors": [{"message": message, **more}]}, status)

    def jobs(self) -> Sequence[JobSeen]:
        """List no jobs: there are none here."""
        return []


class Identity(_Directory):
    """IAM, mounted at ``/identity``: tokens for API keys."""

    prefix = "/identity"

    def routes(self) -> list[Route]:
        """List its operation."""
        return [Route("x-IamToken", "POST", "/token", self._token)]

    def error(self, status: int, message: str, **more: object) -> Response:
        """Word an error as IAM does."""
        code = more.get("code", f"BXNIM0{status}E")
        return json_answer({"errorCode": code, "errorMessage": message}, status)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        key = form.get("apikey")
        if form.get("grant_type") != GRANT or not key:
            raise HttpError(400, "Send grant_type and apikey as a form.", code="BXNIM0109E")
        return json_answer(self._access.token(key))


class Search(_Directory):
    """The search for resources, mounted at ``/gs``: it finds the sandbox's instance."""

    prefix = "/gs"

    def routes(self) -> list[Route]:
        """List its operation."""
        return [Route("x-SearchResources", "POST", "/v3/resources/search", self._search)]

    async def _search(self, request: Request) -> Response:
        self._access.bearer(request)
        instance = {
            "crn": CRN,
            "name": INSTANCE_NAME,
            "service_name": "quantum-computing",
            "service_plan_unique_id": PLAN,
            "region": REGION,
            "tags": [],
            "doc": {"extensions": [{"key": "backends", "value": "all"}]},
        }
        return json_answer({"items": [instance], "limit": 100})


class Catalog(_Directory):
    """The catalogue, mounted at ``/gc``: it describes the sandbox's plan."""

    prefix = "/gc"

    def routes(self) -> list[Route]:
        """List its operation."""
        return [Route("x-GetPlan", "GET", "/api/v1/{plan}", self._plan)]

    async def _plan(self, request: Request) -> Response:
        self._access.bearer(request)
        if request.path_params["plan"] != PLAN:
            raise HttpError(404, "There is no such entry.")
        return json_answer(
            {
                "id": PLAN,
                "name": PLAN_NAME.lower(),
                "kind": "plan",
                "overview_ui": {"en": {"display_name": PLAN_NAME}},
                "metadata": {"pricing": {"type": "free"}},
            }
        )

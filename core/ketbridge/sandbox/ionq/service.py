"""IonQ's operations: what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..engine import Engine, Stage, Timing
from ..service import Handler, HttpError, JobSeen, Route, json_answer
from . import billing, results, usage
from .access import Access, Caller
from .compile import compiled
from .desk import Desk
from .intake import bad_request, json_object
from .machines import MACHINES, Machine, characterizations, describe
from .records import Record, detailed, listed
from .sessions import Sessions
from .store import Store

ERRORS = {
    400: "Bad Request",
    401: "Unauthorized Error",
    404: "Not Found Error",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
}
CAN_CANCEL = ("canceled", "submitted", "ready", "started")


class IonqService:
    """The service, mounted at ``/v0.4``.

    Args:
        engine: runs its jobs.
        timing: how long machines take, by name, where it is not the machine's own.
        api_key: the only key that is accepted; None for nearly every one.
        quota_usd: what all jobs may cost; None for no limit.
    """

    cloud = "ionq"
    prefix = "/v0.4"

    def __init__(
        self,
        engine: Engine,
        *,
        timing: Mapping[str, Timing],
        api_key: str | None = None,
        quota_usd: float | None = None,
    ) -> None:
        self._engine = engine
        own = {machine.name: machine.timing for machine in MACHINES.values()}
        engine.timing.update({**own, **timing})
        self._access = Access(api_key)
        self._store = Store()
        self._sessions = Sessions(self._access.organization)
        self._desk = Desk(engine, self._store, self._sessions, quota_usd)

    def routes(self) -> list[Route]:
        """List its operations, literal paths before those with parameters."""
        private = self._private
        return [
            Route("getWhoami", "GET", "/whoami", private(self._whoami)),
            Route("getBackends", "GET", "/backends", self._backends),
            Route("getBackend", "GET", "/backends/{backend}", self._backend),
            Route(
                "getCharacterizationsForBackend",
                "GET",
                "/backends/{backend}/characterizations",
                self._characterizations,
            ),
            Route(
                "getCharacterization",
                "GET",
                "/backends/{backend}/characterizations/{id}",
                private(self._characterization),
            ),
            Route("CreateJob", "POST", "/jobs", private(self._create)),
            Route("GetJobs", "GET", "/jobs", private(self._jobs)),
            Route("DeleteJobs", "DELETE", "/jobs", private(self._delete_many)),
            Route("EstimateJobCost", "GET", "/jobs/estimate", private(self._estimate)),
            Route("CancelJobs", "PUT", "/jobs/status/cancel", private(self._cancel_many)),
            Route("GetJob", "GET", "/jobs/{id}", private(self._job)),
            Route("DeleteJob", "DELETE", "/jobs/{id}", private(self._delete)),
            Route("GetJobCost", "GET", "/jobs/{id}/cost", private(self._cost)),
            Route("CancelJob", "PUT", "/jobs/{id}/status/cancel", private(self._cancel)),
            Route("GetCompiledFile", "GET", "/jobs/{id}/circuits/{lang}", private(self._compiled)),
            *self._result_routes(),
            Route("CreateSession", "POST", "/sessions", private(self._open)),
            Route("GetSessions", "GET", "/sessions", private(self._session_list)),
            Route("EndSession", "POST", "/sessions/{id}/end", private(self._end)),
            Route("GetSession", "GET", "/sessions/{id}", private(self._session)),
            Route("GetSessionJobs", "GET", "/sessions/{id}/jobs", private(self._session_jobs)),
            Route("get-usages", "GET", "/organizations/{id}/usage", private(self._usage)),
        ]

    def _result_routes(self) -> list[Route]:
        """List the operations that give results; those named x- are in no contract."""
        private, job, variant = self._private, "/jobs/{id}", "/jobs/{id}/variants/{variant}"
        return [
            Route(
                "GetJobProbabilities",
                "GET",
                f"{job}/results/probabilities",
                private(self._probabilities),
            ),
            Route("x-GetJobHistogram", "GET", f"{job}/results/histogram", private(self._histogram)),
            Route("x-GetJobShots", "GET", f"{job}/results/shots", private(self._shots)),
            Route("x-GetArtifact", "GET", f"{job}/artifacts/{{artifact}}", private(self._artifact)),
            *(
                Route(
                    f"GetVariant{what.title()}",
                    "GET",
                    f"{variant}/results/{what}",
                    private(self._variant(what)),
                )
                for what in ("probabilities", "histogram", "shots")
            ),
        ]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as this service does."""
        body = {"statusCode": status, "error": ERRORS.get(status, "Error"), "message": message}
        return json_answer({**body, **more}, status)

    def jobs(self) -> list[JobSeen]:
        """List the jobs that were sent and not deleted, oldest first, without children."""
        return [
            JobSeen(
                self.cloud,
                record.id,
                record.status,
                record.backend,
                record.name,
                record.payload.get("metadata"),
            )
            for record in self._store.sent()
        ]

    def _private(self, handler: Callable[[Request, Caller], Any]) -> Handler:
        async def checked(request: Request) -> Response:
            caller = self._access.caller(request)
            answer: Response = await handler(request, caller)
            return answer

        return checked

    # -- who and where ----------------------------------------------------------------------------

    async def _whoami(self, request: Request, caller: Caller) -> Response:
        return json_answer(
            {"key_id": caller.key, "key_name": "Sandbox key", "project_id": caller.project}
        )

    async def _backends(self, request: Request) -> Response:
        now = datetime.now(UTC)
        return json_answer([describe(machine, self._engine, now) for machine in MACHINES.values()])

    async def _backend(self, request: Request) -> Response:
        return json_answer(describe(_machine(request), self._engine, datetime.now(UTC)))

    async def _characterizations(self, request: Request) -> Response:
        query = request.query_params
        limit, page = _whole(query.get("limit"), 10), _whole(query.get("page"), 1)
        begin, end = query.get("start", ""), query.get("end", "~")
        found = [
            entry
            for entry in characterizations(_machine(request), datetime.now(UTC))
            if begin <= entry["date"] <= end
        ]
        limit = min(limit, 10)
        shown = found[(page - 1) * limit : page * limit]
        left = max(0, -(-len(found) // limit) - page)
        return json_answer({"characterizations": shown, "pages": left})

    async def _characterization(self, request: Request, caller: Caller) -> Response:
        for entry in characterizations(_machine(request), datetime.now(UTC)):
            if entry["id"] == request.path_params["id"]:
                return json_answer(entry)
        raise HttpError(404, "There is no such characterization.")

    # -- jobs -------------------------------------------------------------------------------------

    async def _create(self, request: Request, caller: Caller) -> Response:
        record = self._desk.take(await json_object(request), caller)
        return json_answer(
            {"id": record.id, "status": "submitted", "session_id": record.session}, 201
        )

    async def _jobs(self, request: Request, caller: Caller) -> Response:
        return self._page(request, None)

    def _page(self, request: Request, session: str | None) -> Response:
        found, cursor = self._store.page(request.query_params, session)
        return json_answer({"jobs": [listed(record) for record in found], "next": cursor})

    async def _job(self, request: Request, caller: Caller) -> Response:
        return json_answer(detailed(self._found(request)))

    async def _delete(self, request: Request, caller: Caller) -> Response:
        job_id = request.path_params["id"]
        self._remove(job_id)
        return json_answer({"id": job_id, "status": "deleted"})

    async def _delete_many(self, request: Request, caller: Caller) -> Response:
        ids = await self._known_ids(request)
        for job_id in ids:
            self._remove(job_id)
        return json_answer({"ids": ids, "status": "deleted"})

    def _remove(self, job_id: str) -> None:
        self._engine.cancel(self._store.find(job_id).ticket)
        self._store.remove(job_id)

    async def _cancel(self, request: Request, caller: Caller) -> Response:
        job_id = request.path_params["id"]
        self._cancel_one(job_id)
        return json_answer({"id": job_id, "status": "canceled"})

    async def _cancel_many(self, request: Request, caller: Caller) -> Response:
        ids = await self._known_ids(request)
        for job_id in ids:
            self._cancel_one(job_id)
        return json_answer({"ids": ids, "status": "canceled"})

    def _cancel_one(self, job_id: str) -> None:
        record = self._store.find(job_id)
        if record.status not in CAN_CANCEL:
            raise HttpError(400, f"Job {job_id} is {record.status} and cannot be canceled.")
        self._engine.cancel(record.ticket)

    async def _known_ids(self, request: Request) -> list[str]:
        ids = (await json_object(request)).get("ids")
        if not isinstance(ids, list) or not all(isinstance(job_id, str) for job_id in ids):
            raise bad_request('"ids" must be a list of strings.', "ids")
        for job_id in ids:
            self._store.find(job_id)
        return list(dict.fromkeys(ids))

    async def _compiled(self, request: Request, caller: Caller) -> Response:
        text = await compiled(
            self._found(request), request.path_params["lang"], self._engine.workers
        )
        return json_answer(text)

    def _found(self, request: Request) -> Record:
        return self._store.find(request.path_params["id"])

    # -- results ----------------------------------------------------------------------------------

    async def _probabilities(self, request: Request, caller: Caller) -> Response:
        record, *children = self._store.family(request.path_params["id"])
        sharpen = request.query_params.get("sharpen", "").lower() in ("true", "1")
        return json_answer(results.probabilities(record, children, sharpen))

    async def _histogram(self, request: Request, caller: Caller) -> Response:
        return json_answer(results.histogram(self._found(request)))

    async def _shots(self, request: Request, caller: Caller) -> Response:
        return json_answer(results.shots(self._found(request)))

    async def _artifact(self, request: Request, caller: Caller) -> Response:
        return json_answer(results.artifact(self._found(request), request.path_params["artifact"]))

    def _variant(self, what: str) -> Callable[[Request, Caller], Any]:
        async def answer(request: Request, caller: Caller) -> Response:
            return json_answer(
                results.variant(self._found(request), request.path_params["variant"], what)
            )

        return answer

    # -- money ------------------------------------------------------------------------------------

    async def _estimate(self, request: Request, caller: Caller) -> Response:
        asked = billing.Asked.read(request.query_params)
        machine = MACHINES.get(asked.backend)
        if machine is None:
            raise bad_request(
                f'"backend" must be one of {", ".join(MACHINES)}.', "backend", source="query"
            )
        return json_answer(
            billing.estimate(asked, machine, self._engine, self._access.organization)
        )

    async def _cost(self, request: Request, caller: Caller) -> Response:
        record = self._found(request)
        shown: dict[str, Any] = {
            "dry_run": record.dry_run,
            "estimated_cost": {"value": record.cost_usd, "unit": "usd"},
        }
        if record.ticket.stage is Stage.DONE:
            shown["cost"] = {"value": record.cost_usd, "unit": "usd"}
        return json_answer(shown)

    async def _usage(self, request: Request, caller: Caller) -> Response:
        return json_answer(
            usage.report(request.path_params["id"], self._store.sent(), request.query_params)
        )

    # -- sessions ---------------------------------------------------------------------------------

    async def _open(self, request: Request, caller: Caller) -> Response:
        session = self._sessions.open(await json_object(request), caller)
        return json_answer(session.shown(), 201)

    async def _session_list(self, request: Request, caller: Caller) -> Response:
        asked = request.query_params.get("active")
        active = None if asked is None else asked.lower() in ("true", "1")
        return json_answer(self._sessions.listed(active))

    async def _session(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._sessions.find(request.path_params["id"]).shown())

    async def _end(self, request: Request, caller: Caller) -> Response:
        session = self._sessions.find(request.path_params["id"])
        session.end(caller.user)
        return json_answer(session.shown())

    async def _session_jobs(self, request: Request, caller: Caller) -> Response:
        return self._page(request, self._sessions.find(request.path_params["id"]).id)


def _machine(request: Request) -> Machine:
    name = request.path_params["backend"]
    if name not in MACHINES:
        raise HttpError(404, f"There is no backend {name[:64]!r}.")
    return MACHINES[name]


def _whole(text: str | None, default: int) -> int:
    if text is None:
        return default
    if not text.isdigit() or int(text) < 1:
        raise bad_request("A page and a limit are whole numbers, at least 1.", source="query")
    return int(text)

"""The operations of IBM Qiskit Runtime: what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..engine import Engine, Timing
from ..service import Handler, HttpError, JobSeen, Route, json_answer
from . import analytics, records, wire, workloads
from .access import Access, Caller
from .account import Account
from .choices import IbmChoices
from .desk import Desk
from .fleet import Device, Fleet, listed, status
from .intake import BACKEND_NOT_FOUND, check_tags
from .records import Record, shown
from .sessions import Sessions
from .store import Store

SEARCH_LENGTHS = (3, 100)


class IbmService:
    """The service, mounted at ``/api/v1``.

    Args:
        engine: runs its jobs.
        access: reads the tokens.
        fleet: the machines.
        choices: what it was told.
        timing: how long machines take, by name, where it is not the machine's own.
    """

    cloud = "ibm"
    prefix = "/api/v1"

    def __init__(
        self,
        engine: Engine,
        access: Access,
        fleet: Fleet,
        choices: IbmChoices,
        *,
        timing: Mapping[str, Timing],
    ) -> None:
        self._engine = engine
        self._access = access
        self._fleet = fleet
        engine.timing.update(timing)
        self._store = Store()
        self._sessions = Sessions(lambda: self._fleet.devices)
        self._account = Account(choices.limit_s)
        self._desk = Desk(
            engine,
            self._fleet,
            self._store,
            self._sessions,
            self._account,
            noisy=choices.noisy,
            jobs_per_minute=choices.jobs_per_minute,
        )

    def routes(self) -> list[Route]:
        """List its operations, literal paths before those with parameters."""
        return [
            Route("get_versions", "GET", "/versions", self._versions),
            *self._job_routes(),
            *self._machine_routes(),
            *self._session_routes(),
            *self._account_routes(),
        ]

    def _job_routes(self) -> list[Route]:
        own, job = self._private, "/jobs/{id}"
        return [
            Route("list_jobs", "GET", "/jobs", own(self._jobs)),
            Route("create_job", "POST", "/jobs", own(self._create)),
            Route("get_job_results_jid", "GET", f"{job}/results", own(self._results)),
            Route("get_jog_logs_jid", "GET", f"{job}/logs", own(self._logs)),
            Route("cancel_job_jid", "POST", f"{job}/cancel", own(self._cancel)),
            Route("get_job_metrics_jid", "GET", f"{job}/metrics", own(self._metrics)),
            Route("replace_job_tags", "PUT", f"{job}/tags", own(self._replace_tags)),
            Route("get_job", "GET", job, own(self._job)),
            Route("delete_job", "DELETE", job, own(self._delete)),
            Route("list_tags", "GET", "/tags", own(self._tags)),
        ]

    def _machine_routes(self) -> list[Route]:
        own, machine = self._private, "/backends/{id}"
        return [
            Route("list_backends", "GET", "/backends", own(self._backends)),
            Route("get_backend_properties", "GET", f"{machine}/properties", own(self._properties)),
            Route(
                "get_backend_configuration",
                "GET",
                f"{machine}/configuration",
                own(self._configuration),
            ),
            Route("get_backend_status", "GET", f"{machine}/status", own(self._status)),
            Route("get_backend_defaults", "GET", f"{machine}/defaults", own(self._defaults)),
        ]

    def _session_routes(self) -> list[Route]:
        own, session = self._private, "/sessions/{id}"
        return [
            Route("create_session", "POST", "/sessions", own(self._open)),
            Route("get_session", "GET", session, own(self._session)),
            Route("update_session", "PATCH", session, own(self._update)),
            Route("delete_session_close", "DELETE", f"{session}/close", own(self._close)),
        ]

    def _account_routes(self) -> list[Route]:
        own, usage, typed = self._private, "/analytics/usage", wire.typed_error
        limit = "/instances/configuration"
        return [
            Route("get_instance", "GET", "/instance", own(self._instance)),
            Route("get_instance_configuration", "GET", limit, own(self._limit)),
            Route("replace_instance_configuration", "PUT", limit, own(self._set_limit)),
            Route("get_usage", "GET", "/instances/usage", own(self._usage), typed),
            Route("get_account", "GET", "/accounts/{id}", own(self._plans)),
            Route("find_instance_workloads", "GET", "/workloads", own(self._workloads), typed),
            Route("analytics_usage", "GET", usage, own(self._analysed(analytics.usage)), typed),
            Route(
                "get_usage_analytics_grouped",
                "GET",
                f"{usage}_grouped",
                own(self._analysed(analytics.grouped)),
                typed,
            ),
            Route(
                "get_usage_analytics_grouped_by_date",
                "GET",
                f"{usage}_grouped_by_date",
                own(self._analysed(analytics.by_date)),
                typed,
            ),
            Route("analytics_filters", "GET", "/analytics/filters", own(self._filters), typed),
        ]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as most operations do."""
        return wire.error(status, message, **more)

    def jobs(self) -> list[JobSeen]:
        """List the jobs that were sent and not deleted, oldest first."""
        return [
            JobSeen(
                self.cloud,
                record.id,
                record.status,
                record.backend,
                None,
                None,
                tuple(record.tags),
            )
            for record in self._store.all()
        ]

    def _private(self, handler: Callable[[Request, Caller], Any]) -> Handler:
        async def checked(request: Request) -> Response:
            wire.version_of(request)
            caller = self._access.caller(request)
            answer: Response = await handler(request, caller)
            return answer

        return checked

    # -- machines ---------------------------------------------------------------------------------

    async def _versions(self, request: Request) -> Response:
        return json_answer({"versions": list(wire.VERSIONS)})

    async def _backends(self, request: Request, caller: Caller) -> Response:
        devices = self._fleet.devices
        if (wire.version_of(request) or "") < wire.FIRST_WITH_DEVICES:
            return json_answer({"devices": list(devices)})
        wait = "wait_time_seconds" in request.query_params.get("fields", "")
        return json_answer(
            {"devices": [listed(device, self._engine, wait) for device in devices.values()]}
        )

    async def _configuration(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._device(request).configuration)

    async def _properties(self, request: Request, caller: Caller) -> Response:
        wire.moment(request.query_params, "updated_before")
        return json_answer(self._device(request).properties)

    async def _status(self, request: Request, caller: Caller) -> Response:
        return json_answer(status(self._device(request), self._engine))

    async def _defaults(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._device(request).defaults)

    def _device(self, request: Request) -> Device:
        name = request.path_params["id"]
        device = self._fleet.devices.get(name)
        if device is None:
            raise HttpError(404, f"Backend not found: {name[:64]}.", code=BACKEND_NOT_FOUND)
        calibration = request.query_params.get("calibration_id")
        if calibration not in (None, device.calibration_id):
            raise HttpError(404, f"{name} has no calibration {str(calibration)[:64]!r}.")
        return device

    # -- jobs -------------------------------------------------------------------------------------

    async def _create(self, request: Request, caller: Caller) -> Response:
        payload = await wire.json_object(request)
        record = self._desk.take(payload, caller, wire.is_new(request))
        answer: dict[str, Any] = {"id": record.id, "backend": record.backend}
        for name in ("session_id", "calibration_id"):
            if record.payload.get(name) is not None:
                answer[name] = record.payload[name]
        if record.private:
            answer["private"] = True
        return json_answer(answer)

    async def _jobs(self, request: Request, caller: Caller) -> Response:
        found, count, limit, offset = self._store.page(request.query_params)
        params = wire.truth(request.query_params, "exclude_params") is False
        new = wire.is_new(request)
        jobs = [shown(record, new=new, params=params, usage=True) for record in found]
        return json_answer({"jobs": jobs, "count": count, "limit": limit, "offset": offset})

    async def _job(self, request: Request, caller: Caller) -> Response:
        params = wire.truth(request.query_params, "exclude_params") is not True
        new = wire.is_new(request)
        return json_answer(shown(self._found(request), new=new, params=params, usage=not new))

    async def _results(self, request: Request, caller: Caller) -> Response:
        record = self._found(request)
        if record.outcome is None:
            return Response(status_code=204)
        if record.private:
            if record.read:
                raise HttpError(404, "The result of a private job can be read once.")
            record.read = True
        return Response(record.outcome.text, media_type=record.outcome.media_type)

    async def _logs(self, request: Request, caller: Caller) -> Response:
        return Response(records.log(self._found(request)), media_type="text/plain")

    async def _metrics(self, request: Request, caller: Caller) -> Response:
        record, new = self._found(request), wire.is_new(request)
        place = self._store.ahead(record)
        return json_answer(records.metrics(record, self._engine, place, new=new))

    async def _cancel(self, request: Request, caller: Caller) -> Response:
        self._desk.cancel(self._found(request))
        return Response(status_code=204)

    async def _delete(self, request: Request, caller: Caller) -> Response:
        self._desk.delete(self._found(request))
        return Response(status_code=204)

    async def _replace_tags(self, request: Request, caller: Caller) -> Response:
        tags = (await wire.json_object(request)).get("tags")
        if tags is None:
            raise HttpError(400, '"tags" is required.')
        self._found(request).tags = check_tags(tags, wire.is_new(request))
        return Response(status_code=204)

    async def _tags(self, request: Request, caller: Caller) -> Response:
        search = request.query_params.get("search", "")
        low, high = SEARCH_LENGTHS
        if request.query_params.get("type") != "job" or not low <= len(search) <= high:
            raise HttpError(400, f'"type" must be job, and "search" of {low} to {high} characters.')
        tags = {tag for record in self._store.all() for tag in record.tags if search in tag}
        fitting = sorted(tag for tag in tags if len(tag) <= records.OLD_TAG_LENGTH)
        return json_answer({"tags": fitting[: records.OLD_TAGS]} if fitting else {})

    def _found(self, request: Request) -> Record:
        return self._store.find(request.path_params["id"])

    # -- sessions ---------------------------------------------------------------------------------

    async def _open(self, request: Request, caller: Caller) -> Response:
        session = self._sessions.open(await wire.json_object(request), caller.user)
        return json_answer(session.shown())

    async def _session(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._sessions.find(request.path_params["id"]).shown())

    async def _update(self, request: Request, caller: Caller) -> Response:
        session = self._sessions.find(request.path_params["id"])
        accepting = (await wire.json_object(request)).get("accepting_jobs")
        if not isinstance(accepting, bool):
            raise HttpError(400, '"accepting_jobs" must be true or false.')
        if not accepting:
            session.stop_taking()
        elif session.closed is None:
            session.accepting = True
        return Response(status_code=204)

    async def _close(self, request: Request, caller: Caller) -> Response:
        self._desk.close(self._sessions.find(request.path_params["id"]))
        return Response(status_code=204)

    # -- account ----------------------------------------------------------------------------------

    async def _instance(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._account.instance(list(self._fleet.devices)))

    async def _limit(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._account.configuration())

    async def _set_limit(self, request: Request, caller: Caller) -> Response:
        payload = await wire.json_object(request)
        self._account.set_limit(payload.get("instance_limit"), self._store.all())
        return Response(status_code=204)

    async def _usage(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._account.usage(self._store.all()))

    async def _plans(self, request: Request, caller: Caller) -> Response:
        plan = request.query_params.get("plan_id")
        return json_answer(self._account.plans(list(self._fleet.devices), plan))

    async def _workloads(self, request: Request, caller: Caller) -> Response:
        found = workloads.page(
            self._store.all(), self._sessions.all(), request.query_params, caller
        )
        return json_answer(found)

    def _analysed(self, analyse: Callable[..., dict[str, Any]]) -> Callable[..., Any]:
        async def answer(request: Request, caller: Caller) -> Response:
            found = analyse(self._store.all(), self._sessions.all(), request.query_params)
            return json_answer(found)

        return answer

    async def _filters(self, request: Request, caller: Caller) -> Response:
        return json_answer(analytics.filters(self._store.all(), list(self._fleet.devices)))

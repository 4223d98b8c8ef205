"""The operations of the Hub: what each of them does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..engine import Engine, Timing
from ..ibm.choices import IbmChoices
from ..service import Handler, HttpError, JobSeen, Route, json_answer
from . import describing, documents
from .access import Access, Caller
from .desk import Desk
from .machines import Machine, machines
from .records import Record, as_workload, shown
from .sessions import Session, opened
from .wire import instant, json_object, page

LEAST_BUSY = "IBM"
"""The only provider whose least busy machine the service knows."""
EXECUTION = "/service-executions/{execution}"


class KipuService:
    """The service, mounted at ``/quantum``.

    Args:
        engine: runs its jobs.
        access: reads the tokens.
        ibm: whether errors of IBM's machines are simulated.
        timing: how long machines take, by id, where it is not the machine's own.
    """

    cloud = "kipu"
    prefix = "/quantum"

    def __init__(
        self, engine: Engine, access: Access, ibm: IbmChoices, *, timing: Mapping[str, Timing]
    ) -> None:
        self._engine = engine
        self._access = access
        self._machines = machines()
        own = {machine.id: machine.timing for machine in self._machines.values()}
        engine.timing.update({**own, **timing})
        self._desk = Desk(engine, self._machines, ibm.noisy)
        self._records: dict[str, Record] = {}
        self._sessions: dict[str, Session] = {}

    def routes(self) -> list[Route]:
        """List its operations, literal paths before those with parameters."""
        own = self._private
        return [
            Route("getBackends", "GET", "/backends", self._backends),
            Route("getLeastBusyBackend", "GET", "/backends/least-busy", own(self._least_busy)),
            Route("getBackend", "GET", "/backends/{id}", own(self._backend)),
            Route("getBackendStatus", "GET", "/backends/{id}/status", own(self._backend_status)),
            Route("getBackendConfig", "GET", "/backends/{id}/config", own(self._config)),
            Route(
                "getBackendCalibration",
                "GET",
                "/backends/{id}/calibration",
                own(self._backend_calibration),
            ),
            Route("searchJobs", "GET", "/jobs", own(self._jobs)),
            Route("createJob", "POST", "/jobs", own(self._create)),
            Route("createSession", "POST", "/sessions", own(self._open)),
            Route("getSession", "GET", "/sessions/{session}", own(self._session)),
            Route("getJobResult", "GET", "/jobs/{job}/result", own(self._result)),
            *self._twice(),
        ]

    def _twice(self) -> list[Route]:
        """List the operations that there are for one's own jobs and for a service execution's."""
        table = (
            ("get{}Workloads", "GET", "/workloads", self._workloads),
            ("get{}Job", "GET", "/jobs/{job}", self._job),
            ("cancel{}Job", "DELETE", "/jobs/{job}", self._cancel),
            ("get{}JobStatus", "GET", "/jobs/{job}/status", self._job_status),
            ("get{}JobResultStream", "GET", "/jobs/{job}/result-stream", self._result_stream),
            ("get{}JobInput", "GET", "/jobs/{job}/input", self._input),
            ("get{}JobCalibration", "GET", "/jobs/{job}/calibration", self._job_calibration),
            ("close{}Session", "DELETE", "/sessions/{session}", self._close),
            ("update{}SessionState", "PATCH", "/sessions/{session}", self._update),
            ("get{}SessionStatus", "GET", "/sessions/{session}/status", self._session_status),
            ("get{}SessionJobs", "GET", "/sessions/{session}/jobs", self._session_jobs),
        )
        return [
            Route(name.format(word), method, prefix + path, self._private(handler))
            for prefix, word in (("", ""), (EXECUTION, "ServiceExecution"))
            for name, method, path, handler in table
        ]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error; the contract gives errors no body, public clients read ``detail``."""
        words = {item.value: item.phrase for item in HTTPStatus}
        body = {"title": words.get(status, "Error"), "status": status, "detail": message}
        return json_answer({**body, **more}, status)

    def jobs(self) -> list[JobSeen]:
        """List the jobs that were sent, oldest first."""
        return [
            JobSeen(
                self.cloud,
                record.id,
                record.status,
                record.machine.id,
                record.payload.get("name"),
                None,
                tuple(record.payload.get("tags", ())),
            )
            for record in list(self._records.values())
        ]

    def _private(self, handler: Callable[[Request, Caller], Any]) -> Handler:
        async def checked(request: Request) -> Response:
            answer: Response = await handler(request, self._access.caller(request))
            return answer

        return checked

    # -- machines ---------------------------------------------------------------------------------

    async def _backends(self, request: Request) -> Response:
        engine = None if self._access.known(request) is None else self._engine
        wanted = request.query_params.get("provider", "").upper().replace("-", "_")
        listed = [
            describing.described(machine, engine)
            for machine in self._machines.values()
            if wanted in ("", machine.provider)
        ]
        return json_answer(listed)

    async def _backend(self, request: Request, caller: Caller) -> Response:
        return json_answer(describing.described(self._machine(request), self._engine))

    async def _backend_status(self, request: Request, caller: Caller) -> Response:
        return json_answer(describing.state(self._machine(request), self._engine))

    async def _config(self, request: Request, caller: Caller) -> Response:
        return json_answer(documents.config(self._machine(request)))

    async def _backend_calibration(self, request: Request, caller: Caller) -> Response:
        at = instant(request.query_params, "effectiveAt")
        return _or_nothing(describing.calibration(self._machine(request), at))

    async def _least_busy(self, request: Request, caller: Caller) -> Response:
        query = request.query_params
        if query.get("provider", "").upper() != LEAST_BUSY:
            raise HttpError(400, f'"provider" must be {LEAST_BUSY}.')
        least = query.get("minQubits", "0")
        if not least.isdigit():
            raise HttpError(400, '"minQubits" must be a whole number.')
        fitting = [
            machine
            for machine in self._machines.values()
            if machine.provider == LEAST_BUSY and machine.qubits >= int(least)
        ]
        if not fitting:
            raise HttpError(404, f"No backend has {least} qubits.")
        best = min(fitting, key=lambda machine: self._engine.waiting_on(machine.id))
        return json_answer(describing.described(best, self._engine))

    def _machine(self, request: Request) -> Machine:
        return self._desk.machine(request.path_params["id"])

    # -- jobs -------------------------------------------------------------------------------------

    async def _create(self, request: Request, caller: Caller) -> Response:
        record = self._desk.make(await json_object(request), caller)
        session_id = record.payload.get("session_id")
        session = None if session_id is None else self._held(session_id, caller)
        answer = json_answer(shown(record), 201)  # before it begins: the state is never a final one
        self._desk.begin(record, session)
        self._records[record.id] = record
        return answer

    async def _jobs(self, request: Request, caller: Caller) -> Response:
        execution = request.query_params.get("serviceExecutionId")
        own = [shown(one) for one in self._records.values() if _seen(one.owner, caller, execution)]
        return json_answer(page(own, request.query_params))

    async def _job(self, request: Request, caller: Caller) -> Response:
        return json_answer(shown(self._found(request, caller)))

    async def _cancel(self, request: Request, caller: Caller) -> Response:
        self._engine.cancel(self._found(request, caller).ticket)
        return Response(status_code=204)

    async def _job_status(self, request: Request, caller: Caller) -> Response:
        return json_answer({"status": self._found(request, caller).status})

    async def _result(self, request: Request, caller: Caller) -> Response:
        return Response(self._text(request, caller), media_type="application/json")

    async def _result_stream(self, request: Request, caller: Caller) -> Response:
        return Response(
            self._text(request, caller),
            media_type="application/octet-stream",
            headers={"content-disposition": 'attachment; filename="result.json"'},
        )

    def _text(self, request: Request, caller: Caller) -> str:
        record = self._found(request, caller)
        if record.result is None:
            raise HttpError(404, f"Job {record.id} has no result: it is {record.status}.")
        return record.result

    async def _input(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._found(request, caller).input)

    async def _job_calibration(self, request: Request, caller: Caller) -> Response:
        record = self._found(request, caller)
        return _or_nothing(describing.calibration(record.machine, record.ticket.submitted))

    def _found(self, request: Request, caller: Caller) -> Record:
        name = request.path_params["job"]
        record = self._records.get(name)
        if record is None or not _seen(record.owner, caller, request.path_params.get("execution")):
            raise HttpError(404, f"There is no job {name[:64]!r}.")
        return record

    # -- sessions and workloads -------------------------------------------------------------------

    async def _open(self, request: Request, caller: Caller) -> Response:
        payload = await json_object(request)
        session = opened(payload, self._desk.machine(payload.get("backend_id")), caller)
        self._sessions[session.id] = session
        return json_answer(session.shown(), 201)

    async def _session(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._asked(request, caller).shown())

    async def _session_status(self, request: Request, caller: Caller) -> Response:
        return json_answer({"status": self._asked(request, caller).status})

    async def _session_jobs(self, request: Request, caller: Caller) -> Response:
        return json_answer([shown(record) for record in self._asked(request, caller).jobs])

    async def _update(self, request: Request, caller: Caller) -> Response:
        session = self._asked(request, caller)
        session.accept((await json_object(request)).get("accept_jobs"))
        return json_answer(session.shown())

    async def _close(self, request: Request, caller: Caller) -> Response:
        self._asked(request, caller).close()
        return Response(status_code=204)

    async def _workloads(self, request: Request, caller: Caller) -> Response:
        execution = request.path_params.get("execution")
        jobs = [one for one in self._records.values() if _seen(one.owner, caller, execution)]
        sessions = [one for one in self._sessions.values() if _seen(one.owner, caller, execution)]
        shown_all = [as_workload(job) for job in jobs]
        shown_all += [session.as_workload() for session in sessions]
        shown_all.sort(key=lambda entry: entry["created_at"])
        return json_answer(page(shown_all, request.query_params))

    def _asked(self, request: Request, caller: Caller) -> Session:
        execution = request.path_params.get("execution")
        return self._held(request.path_params["session"], caller, execution)

    def _held(self, name: str, caller: Caller, execution: str | None = None) -> Session:
        session = self._sessions.get(name)
        if session is None or not _seen(session.owner, caller, execution):
            raise HttpError(404, f"There is no session {name[:64]!r}.")
        return session


def _seen(owner: Caller, caller: Caller, execution: str | None) -> bool:
    """Tell whether a caller sees what an owner made: its own, or all of a service execution."""
    return owner == caller if execution is None else owner.execution == execution


def _or_nothing(found: dict[str, Any] | None) -> Response:
    return Response(status_code=204) if found is None else json_answer(found)

"""The operations of IBM Direct Access: what each of them does."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..engine import Engine, Stage, Ticket, Timing
from ..ibm.access import Access, Caller
from ..ibm.choices import IbmChoices
from ..ibm.fleet import Device, Fleet
from ..ibm.programs import run
from ..ibm.programs.task import INVALID, Task
from ..ibm.wire import json_object
from ..service import Handler, HttpError, JobSeen, Route, json_answer
from ..workers import Work, WorkError
from . import exchange
from .choices import RESERVED, DirectChoices
from .intake import check_payload
from .machines import configuration
from .records import Record, shown

VERSION = "2025-08-15"
VERSIONS = ("2025-01-01", VERSION)
TOO_LONG = "1305"


class DirectService:
    """The service, mounted at ``/direct``.

    Args:
        engine: runs its jobs.
        access: reads the tokens.
        fleet: which machines, and whether their errors are simulated.
        choices: how it behaves.
        timing: how long machines take, by name, where it is not the machine's own.
    """

    cloud = "ibm-direct"
    prefix = "/direct"

    def __init__(
        self,
        engine: Engine,
        access: Access,
        fleet: IbmChoices,
        choices: DirectChoices,
        *,
        timing: Mapping[str, Timing],
    ) -> None:
        self._engine = engine
        self._access = access
        self._noisy = fleet.noisy
        self._fleet = Fleet(fleet.backends)
        self._choices = choices
        own = {device.name: device.timing for device in self._fleet.devices.values()}
        engine.timing.update({**own, **timing})
        self._records: dict[str, Record] = {}
        self._writing: set[asyncio.Task[None]] = set()

    def routes(self) -> list[Route]:
        """List its operations."""
        own, machine, job = self._private, "/v1/backends/{name}", "/v1/jobs/{id}"
        return [
            Route("version.read", "GET", "/version", self._version),
            Route("versions.list", "GET", "/versions", own(self._versions)),
            Route("backends.list", "GET", "/v1/backends", own(self._backends)),
            Route("backend.read", "GET", machine, own(self._backend)),
            Route(
                "backend-configuration.read",
                "GET",
                f"{machine}/configuration",
                own(self._configuration),
            ),
            Route("backend-properties.read", "GET", f"{machine}/properties", own(self._properties)),
            Route("jobs.read", "GET", "/v1/jobs", own(self._jobs)),
            Route("job.create", "POST", "/v1/jobs", own(self._create)),
            Route("job.read", "GET", job, own(self._job)),
            Route("job.delete", "DELETE", job, own(self._delete)),
            Route("job.cancel", "POST", f"{job}/cancel", own(self._cancel)),
        ]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as this service does; one without a member at fault has a null list."""
        entry: dict[str, Any] = {"message": message, "code": str(more.get("code", status))}
        if "target" in more:
            entry["target"] = {"type": "field", "name": more["target"]}
        body = {
            "status_code": status,
            "title": HTTPStatus(status).phrase,
            "trace": uuid.uuid4().hex,
            "correlation_id": str(uuid.uuid4()),
            "errors": [entry],
        }
        return json_answer(body, status)

    def jobs(self) -> list[JobSeen]:
        """List the jobs that were sent to it and not deleted, oldest first."""
        return [
            JobSeen(self.cloud, record.id, record.status, record.backend, None, None)
            for record in list(self._records.values())
        ]

    def _private(self, handler: Callable[[Request, Caller], Any]) -> Handler:
        async def checked(request: Request) -> Response:
            answer: Response = await handler(request, self._access.bearer(request))
            return answer

        return checked

    # -- versions and machines --------------------------------------------------------------------

    async def _version(self, request: Request) -> Response:
        return json_answer({"version": VERSION})

    async def _versions(self, request: Request, caller: Caller) -> Response:
        return json_answer({"versions": list(VERSIONS)})

    async def _backends(self, request: Request, caller: Caller) -> Response:
        return json_answer(
            {"backends": list(map(self._listed, self._fleet.devices.values())) or None}
        )

    async def _backend(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._listed(self._device(request)))

    async def _configuration(self, request: Request, caller: Caller) -> Response:
        return json_answer(configuration(self._device(request)))

    async def _properties(self, request: Request, caller: Caller) -> Response:
        return json_answer(self._device(request).properties)

    def _listed(self, device: Device) -> dict[str, Any]:
        """Show a machine; a reserved one is online, because the service has no word for it."""
        status = self._choices.of(device.name)
        shown = {"name": device.name, "status": "online" if status == RESERVED else status}
        if shown["status"] != "online":
            shown["message"] = "Maintenance"
        return {**shown, "version": str(device.configuration["backend_version"])}

    def _device(self, request: Request) -> Device:
        device = self._fleet.devices.get(request.path_params["name"])
        if device is None:
            raise HttpError(404, f"There is no backend {request.path_params['name'][:64]!r}.")
        return device

    # -- jobs -------------------------------------------------------------------------------------

    async def _jobs(self, request: Request, caller: Caller) -> Response:
        own = [shown(record) for record in self._records.values() if record.user == caller.user]
        return json_answer({"jobs": own or None})

    async def _job(self, request: Request, caller: Caller) -> Response:
        return json_answer(shown(self._found(request, caller)))

    async def _create(self, request: Request, caller: Caller) -> Response:
        payload = await json_object(request)
        device = check_payload(payload, self._fleet, self._choices)
        if payload["id"] in self._records:
            raise HttpError(409, f"There is a job {payload['id']} already.")
        held = sum(record.backend == device.name for record in self._records.values())
        if held >= self._choices.most_jobs:
            raise HttpError(429, f"Backend {device.name} holds {held} jobs: delete some.")
        record = Record(payload, Ticket(device.name), device.shot_s, caller.user)
        record.ticket.prepare = lambda: self._prepare(record, device)
        record.ticket.deliver = lambda outcomes: self._deliver(record, outcomes)
        self._records[record.id] = record
        self._engine.submit(record.ticket)
        assert record.ticket.task is not None
        record.ticket.task.add_done_callback(lambda _: self._ended(record))
        return Response(status_code=204)

    async def _cancel(self, request: Request, caller: Caller) -> Response:
        record = self._found(request, caller)
        if not record.pending:
            raise HttpError(409, f"The job is {record.status} and cannot be cancelled.")
        self._engine.cancel(record.ticket)
        return Response(status_code=204)

    async def _delete(self, request: Request, caller: Caller) -> Response:
        record = self._found(request, caller)
        if record.pending:
            raise HttpError(409, f"The job is {record.status}: cancel it before it is deleted.")
        del self._records[record.id]
        return Response(status_code=204)

    def _found(self, request: Request, caller: Caller) -> Record:
        record = self._records.get(request.path_params["id"])
        if record is None or record.user != caller.user:
            raise HttpError(404, f"There is no job {request.path_params['id'][:64]!r}.")
        return record

    # -- what a job reads and writes --------------------------------------------------------------

    async def _prepare(self, record: Record, device: Device) -> Sequence[Work]:
        """Read the input of a job whose turn has come."""
        text = await exchange.read(record.url("input") or "")
        try:
            params = json.loads(text)
        except (ValueError, RecursionError):
            params = None
        if not isinstance(params, dict) or not isinstance(params.get("pubs"), list):
            raise WorkError(INVALID, "The input is no JSON of a program.")
        task = Task(
            str(record.payload["program_id"]), params, device.snapshot, self._noisy(device.name)
        )
        return [(run, (task,))]

    async def _deliver(self, record: Record, outcomes: Sequence[Any]) -> None:
        """Write the results of a job."""
        (outcome,) = outcomes
        record.count(outcome)
        if record.used_ns > record.payload["timeout_secs"] * 1e9:
            raise WorkError(TOO_LONG, "The job ran longer than its timeout_secs.")
        await exchange.write(record.url("results") or "", outcome.text.encode())

    def _ended(self, record: Record) -> None:
        """Write the logs of a job that has ended, a little later."""
        if record.url("logs") is None or record.ticket.stage is Stage.CANCELLED:
            return
        task = asyncio.get_running_loop().create_task(self._write_logs(record))
        self._writing.add(task)
        task.add_done_callback(self._writing.discard)

    async def _write_logs(self, record: Record) -> None:
        await asyncio.sleep(self._choices.logs_late_s)
        lines = [f"{record.payload['program_id']} on {record.backend}: {record.status}"]
        if record.ticket.failure is not None:
            lines.append(": ".join(record.ticket.failure))
        try:
            await exchange.write(record.url("logs") or "", "\n".join(lines).encode())
        except WorkError:  # the job has ended; there is nobody to tell
            return

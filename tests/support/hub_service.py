"""A small Kipu Hub on loopback: the login, a few machines, jobs that end with a set result.

What the real service would refuse is refused: no credential, an unknown machine, a body without
its required members. What goes wrong on purpose is set by attributes.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "canary-token-of-the-tests"
PASSWORD = "canary-password-of-the-tests"
MOMENT = "2026-02-01 12:00:00"
EXECUTION = "123e4567-e89b-42d3-a456-426614174000"


def machine(name: str, provider: str, *formats: str, **more: Any) -> dict[str, Any]:
    """Describe a machine as the Hub does."""
    configuration = {
        "qubit_count": 3,
        "connectivity": {"fully_connected": True},
        "shots_range": {"min": 1, "max": 1000},
        "supported_input_formats": list(formats),
        "gates": [{"name": "h", "native_gate": True}],
        "instructions": ["h", "measure"],
    } | more.pop("configuration", {})
    return {
        "id": name,
        "provider": provider,
        "type": "SIMULATOR",
        "has_calibration": False,
        "configuration": configuration,
    } | more


MACHINES = {
    one["id"]: one
    for one in (
        machine("aws.sim.sv1", "AWS", "BRAKET_OPEN_QASM_V3"),
        machine("kipu.sim.qsim", "KIPU", "OPEN_QASM_V2", free_of_charge=True),
        machine("qudora.sim.new", "QUDORA", "OPEN_QASM_V3"),
        machine(
            "iqm.qpu.new",
            "IQM",
            "IQM_JOB_INPUT_V1",
            type="QPU",
            has_calibration=True,
            configuration={"max_pubs_per_job": 2},
            costs=[{"granularity": "second", "currency": "EUR", "value": 0.5}],
        ),
        machine("ibm.qpu.fez", "IBM", "QISKIT_QPY", type="QPU", queue_size=7),
        machine("acme.qpu.one", "ACME", "ACME_V1"),
    )
}
CONFIG = {
    "calibration_set_id": "set-1",
    "qubits": ["QB1", "QB2", "QB3"],
    "computational_resonators": [],
    "gates": {
        "cz": {"implementations": {"a": {"loci": [["QB2", "QB1"], ["QB2", "QB3"]]}}},
        "prx": {"implementations": {"a": {"loci": [["QB1"], ["QB2"], ["QB3"]]}}},
    },
}
PAUSED = {"status": "PAUSED", "queue_avg_time": 45}
CALIBRATION = {
    "type": "gate_based",
    "medians": {
        "t1_us": 100,
        "spam_error": 0.01,
        "gates": {"one_qubit": {"error": 0.001, "length_ns": 20}},
    },
}


class HubService:
    """The service; ``with`` starts and stops it.

    Attributes:
        calls: how often each route was asked, by ``METHOD path``.
        jobs: the jobs by id.
        bodies: bodies of ``POST /jobs`` in order.
        seen: headers of every request but those to the login, in order.
        logins: forms of every request to the login.
        polls: how many polls a job is pending for.
        result: what every job results in.
        end: state that every job ends in.
        answer_create: replaces the answer to a taken job, once.
        refuse_listing: whether listing jobs fails.
        lifetime_s: of the tokens that the login gives.
        documents: what is answered in place of the ``status``, ``config`` and ``calibration`` of
            a machine; a whole number is a status.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.calls: Counter[str] = Counter()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.inputs: dict[str, dict[str, Any]] = {}
        self.sessions: dict[str, dict[str, Any]] = {}
        self.bodies: list[dict[str, Any]] = []
        self.seen: list[dict[str, str]] = []
        self.logins: list[dict[str, str]] = []
        self.polls = 0
        self.result: Any = {"counts": {"011": 3, "001": 1}}
        self.end = "COMPLETED"
        self.answer_create: Callable[[], Response] | None = None
        self.refuse_listing = False
        self.lifetime_s = 300
        self.page_size = 2
        self.documents: dict[str, Any] = {}
        self._given: set[str] = set()
        self._refresh = ""

    def __enter__(self) -> HubService:
        config = uvicorn.Config(
            Starlette(routes=self._routes()), port=0, log_level="error", lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/quantum"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def expire_tokens(self) -> None:
        """Refuse every token that the login gave so far."""
        self._given.clear()

    # -- routes -----------------------------------------------------------------------------------

    def _routes(self) -> list[Route]:
        execution = "/service-executions/{execution}"
        table: list[tuple[str, str, Callable[..., Any]]] = [
            ("GET", "/backends", lambda _: list(MACHINES.values())),
            ("GET", "/backends/least-busy", self._least_busy),
            ("GET", "/backends/{id}", lambda request: MACHINES.get(request.path_params["id"], 404)),
            ("GET", "/backends/{id}/status", lambda _: self.documents.get("status", PAUSED)),
            ("GET", "/backends/{id}/config", lambda _: self.documents.get("config", CONFIG)),
            ("GET", "/backends/{id}/calibration", self._calibration),
            ("GET", "/jobs", self._list),
            ("POST", "/jobs", self._create),
            ("GET", "/jobs/{id}/result", self._result),
            ("POST", "/sessions", self._open),
            ("GET", "/sessions/{id}", self._session),
        ]
        for prefix in ("", execution):
            table += [
                ("GET", f"{prefix}/workloads", self._workloads),
                ("GET", f"{prefix}/jobs/{{id}}", self._job),
                ("DELETE", f"{prefix}/jobs/{{id}}", self._cancel),
                ("GET", f"{prefix}/jobs/{{id}}/result-stream", self._result),
                ("GET", f"{prefix}/jobs/{{id}}/input", self._input),
                ("GET", f"{prefix}/jobs/{{id}}/calibration", lambda _: 204),
                ("DELETE", f"{prefix}/sessions/{{id}}", self._close),
                ("PATCH", f"{prefix}/sessions/{{id}}", self._update),
                ("GET", f"{prefix}/sessions/{{id}}/status", self._session),
                ("GET", f"{prefix}/sessions/{{id}}/jobs", self._session_jobs),
            ]
        routes = [
            Route(f"/quantum{path}", self._guarded(path, answer), methods=[method])
            for method, path, answer in table
        ]
        login = "/realms/planqk/protocol/openid-connect/token"
        return [*routes, Route(login, self._login, methods=["POST"])]

    def _guarded(self, path: str, answer: Callable[..., Any]) -> Callable[..., Any]:
        async def endpoint(request: Request) -> Response:
            self.calls[f"{request.method} {path}"] += 1
            self.seen.append(dict(request.headers))
            bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
            if request.headers.get("x-auth-token") != TOKEN and bearer not in self._given:
                return Response(status_code=401)
            request.state.body = await request.body()
            found = answer(request)
            if isinstance(found, Response):
                return found
            return Response(status_code=found) if isinstance(found, int) else JSONResponse(found)

        return endpoint

    async def _login(self, request: Request) -> Response:
        form = {key: one for key, [one] in parse_qs((await request.body()).decode()).items()}
        self.logins.append(form)
        known = form.get("password") == PASSWORD or (
            self._refresh and form.get("refresh_token") == self._refresh
        )
        if not known:
            return JSONResponse({"error": "invalid_grant"}, 401)
        token = f"token-{len(self.logins)}"
        self._given.add(token)
        self._refresh = f"refresh-{len(self.logins)}"
        return JSONResponse(
            {
                "access_token": token,
                "expires_in": self.lifetime_s,
                "refresh_token": self._refresh,
                "token_type": "Bearer",
            }
        )

    # -- machines ---------------------------------------------------------------------------------

    def _least_busy(self, request: Request) -> Any:
        if request.query_params["provider"] != "IBM":
            return 400
        return 404 if int(request.query_params.get("minQubits", 0)) > 3 else MACHINES["ibm.qpu.fez"]

    def _calibration(self, request: Request) -> Any:
        if "calibration" in self.documents:
            return self.documents["calibration"]
        if request.query_params.get("effectiveAt", "9") < "2026":
            return 204
        return {
            "backend_id": request.path_params["id"],
            "calibrated_at": "2026-02-01T00:00:00Z",
            "calibration": CALIBRATION,
        }

    # -- jobs -------------------------------------------------------------------------------------

    def _create(self, request: Request) -> Any:
        body = json.loads(request.state.body)
        self.bodies.append(body)
        if body["backend_id"] not in MACHINES:
            return 404
        job_id = str(uuid.uuid4())
        kept = {key: value for key, value in body.items() if key != "input"}
        self.inputs[job_id] = body["input"]
        provider = MACHINES[body["backend_id"]]["provider"]
        self.jobs[job_id] = kept | {
            "id": job_id,
            "provider": provider,
            "status": "PENDING",
            "created_at": MOMENT,
            "polls": self.polls,
        }
        answer, self.answer_create = self.answer_create, None
        return JSONResponse(self._shown(job_id), 201) if answer is None else answer()

    def _shown(self, job_id: str) -> dict[str, Any]:
        return {key: value for key, value in self.jobs[job_id].items() if key != "polls"}

    def _job(self, request: Request) -> Any:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return 404
        if job["status"] == "PENDING":
            if job["polls"] <= 0:
                job |= {"status": self.end, "ended_at": "2026-02-01 12:00:02", "runtime": 1500}
            job["polls"] -= 1
        return self._shown(job["id"])

    def _cancel(self, request: Request) -> Any:
        self.jobs[request.path_params["id"]]["status"] = "CANCELLED"
        return 204

    def _result(self, request: Request) -> Any:
        job = self.jobs.get(request.path_params["id"])
        return 404 if job is None or job["status"] == "PENDING" else self.result

    def _input(self, request: Request) -> Any:
        return self.inputs.get(request.path_params["id"], 404)

    def _list(self, request: Request) -> Any:
        if self.refuse_listing:
            return 400
        return self._paged(request, [self._shown(job) for job in self.jobs])

    def _workloads(self, request: Request) -> Any:
        keys = ("id", "backend_id", "status", "created_at")
        jobs = [
            {"type": "JOB"} | {key: job[key] for key in keys if key in job}
            for job in self.jobs.values()
        ]
        found = [*jobs, *({"type": "SESSION"} | one for one in self.sessions.values())]
        return self._paged(request, found)

    def _paged(self, request: Request, entries: list[Any]) -> dict[str, Any]:
        page = int(request.query_params.get("page", 0))
        size = min(int(request.query_params.get("size", 20)), self.page_size)
        return {
            "content": entries[page * size : (page + 1) * size],
            "page": page,
            "size": size,
            "total_elements": len(entries),
            "total_pages": -(-len(entries) // size),
        }

    # -- sessions ---------------------------------------------------------------------------------

    def _open(self, request: Request) -> Any:
        body = json.loads(request.state.body)
        if body["provider"] != "IBM":
            return 422
        session = {
            "id": str(uuid.uuid4()),
            "backend_id": body["backend_id"],
            "status": "OPEN",
            "mode": body["mode"],
            "created_at": MOMENT,
            "expires_at": "2026-02-01 13:00:00",
        }
        self.sessions[session["id"]] = session
        return JSONResponse(session, 201)

    def _session(self, request: Request) -> Any:
        return self.sessions.get(request.path_params["id"], 404)

    def _close(self, request: Request) -> Any:
        self.sessions[request.path_params["id"]]["status"] = "CLOSED"
        return 204

    def _update(self, request: Request) -> Any:
        session = self.sessions[request.path_params["id"]]
        if session["mode"] == "batch":
            return 422
        accept = json.loads(request.state.body)["accept_jobs"]
        session["status"] = "ACTIVE" if accept else "DRAINING"
        return session

    def _session_jobs(self, request: Request) -> Any:
        session = request.path_params["id"]
        return [
            self._shown(key) for key, job in self.jobs.items() if job.get("session_id") == session
        ]

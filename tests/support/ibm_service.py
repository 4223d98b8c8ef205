"""A small IBM Qiskit Runtime on loopback: IAM, one machine, sampler jobs run by Qiskit itself.

Requests that the real service would refuse are refused: no or an old token, no instance, a body
that is not spliced right. What goes wrong on purpose is set by attributes.
"""

from __future__ import annotations

import base64
import io
import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import uvicorn
from qiskit import qpy
from qiskit.primitives import StatevectorSampler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

CRN = "crn:v1:bluemix:public:quantum-computing:us-east:a/b947:0f::"
KEY = "canary-key-of-the-tests"

CONFIGURATION = {
    "backend_name": "ibm_tiny",
    "backend_version": "1.0.0",
    "n_qubits": 3,
    "basis_gates": ["cz", "id", "rz", "sx", "x"],
    "supported_instructions": ["cz", "id", "rz", "sx", "x", "measure", "reset", "delay"],
    "coupling_map": [[0, 1], [1, 0], [1, 2], [2, 1]],
    "gates": [{"name": "cz", "parameters": [], "qasm_def": None}],
    "conditional": False,
    "local": False,
    "memory": True,
    "simulator": False,
    "max_shots": 1000,
    "max_experiments": 300,
    "dt": 4,
    "u_channel_lo": [],
}


def _measured(name: str, value: float, unit: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "date": "2026-02-01T00:00:00Z"}


PROPERTIES = {
    "backend_name": "ibm_tiny",
    "backend_version": "1.0.0",
    "last_update_date": "2026-02-01T00:00:00Z",
    "general": [],
    "qubits": [
        [_measured("T1", t1, "us"), _measured("T2", 50, "us"), _measured("readout_error", 0.01)]
        for t1 in (90, 100, 110)
    ],
    "gates": [
        {"gate": "sx", "qubits": [0], "parameters": [_measured("gate_error", 2e-4)]},
        {"gate": "rz", "qubits": [0], "parameters": [_measured("gate_error", 0)]},
        {
            "gate": "cz",
            "qubits": [0, 1],
            "parameters": [_measured("gate_error", 3e-3), _measured("gate_length", 68, "ns")],
        },
        {"gate": "cz", "qubits": [1, 2], "parameters": [_measured("gate_error", 1)]},
    ],
}


class IbmService:
    """The service; ``with`` starts and stops it.

    Attributes:
        calls: how often each route was asked, by ``METHOD path``.
        jobs: the jobs by id.
        bodies: bodies of ``POST /jobs`` in order.
        seen: headers of every request but those to IAM, in order.
        iam_seen: headers and body of every request to IAM.
        beside_seen: headers of every request to the search and the catalogue.
        queued_polls: how many polls a job is queued for.
        start_time: when queued jobs are said to start.
        late_results: how many requests for a result are answered 204.
        answer_create: replaces the answer to a taken job, once.
        refuse_listing: whether listing jobs fails.
        fail_with: reason of the state of every job.
        instances: what the search finds: name, region, and how the plan is called and paid.
        page: how many instances are on a page of the search.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.calls: Counter[str] = Counter()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.bodies: list[dict[str, Any]] = []
        self.seen: list[dict[str, str]] = []
        self.iam_seen: list[tuple[dict[str, str], str]] = []
        self.beside_seen: list[dict[str, str]] = []
        self.sessions: dict[str, dict[str, Any]] = {}
        self.queued_polls = 0
        self.late_results = 0
        self.start_time = "2026-02-01T12:00:00Z"
        self.answer_create: Callable[[], Response] | None = None
        self.refuse_listing = False
        self.fail_with: dict[str, Any] | None = None
        self.instances: list[tuple[str, str, str, str]] = []
        self.page = 100
        self._tokens = 0
        self._oldest = 1

    # -- life -------------------------------------------------------------------------------------

    def __enter__(self) -> IbmService:
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
        self.url = f"{self.root}/api"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    def expire_tokens(self) -> None:
        """Refuse every token that was given so far."""
        self._oldest = self._tokens + 1

    # -- routes -----------------------------------------------------------------------------------

    def _routes(self) -> list[Route]:
        table: list[tuple[str, str, Callable[..., Any]]] = [
            ("POST", "/jobs", self._create),
            ("GET", "/jobs", self._list),
            ("GET", "/jobs/{id}", self._job),
            ("DELETE", "/jobs/{id}", self._delete),
            ("GET", "/jobs/{id}/results", self._results),
            ("GET", "/jobs/{id}/metrics", self._metrics),
            ("POST", "/jobs/{id}/cancel", self._cancel),
            ("GET", "/backends", self._backends),
            ("GET", "/backends/{id}/configuration", self._document(CONFIGURATION)),
            ("GET", "/backends/{id}/properties", self._document(PROPERTIES)),
            ("GET", "/backends/{id}/status", self._document(_STATUS)),
            ("POST", "/sessions", self._open),
            ("GET", "/sessions/{id}", self._session),
            ("PATCH", "/sessions/{id}", self._drain),
            ("DELETE", "/sessions/{id}/close", self._close),
            ("GET", "/workloads", self._workloads),
        ]
        routes = [
            Route(f"/api/v1{path}", self._guarded(f"{method} {path}", act), methods=[method])
            for method, path, act in table
        ]
        beside = [
            Route("/gs/v3/resources/search", self._search, methods=["POST"]),
            Route("/gc/api/v1/{plan}", self._plan),
            Route("/identity/token", self._iam, methods=["POST"]),
        ]
        return [*routes, *beside]

    async def _search(self, request: Request) -> Response:
        self.calls["POST search"] += 1
        self.beside_seen.append(dict(request.headers))
        begin = int(json.loads(await request.body()).get("search_cursor", 0))
        end = begin + self.page
        items = [
            {
                "crn": CRN
                if name == "mine"
                else CRN.replace("0f", name).replace("us-east", region),
                "name": name,
                "service_plan_unique_id": plan,
                "tags": [plan],
                "doc": {"extensions": ["machines"]} if plan != "lite" else {},
            }
            for name, region, plan, _ in self.instances[begin:end]
        ]
        more = {"search_cursor": str(end)} if end < len(self.instances) else {}
        return JSONResponse({"items": items, "limit": self.page, **more})

    async def _plan(self, request: Request) -> Response:
        self.calls["GET plan"] += 1
        self.beside_seen.append(dict(request.headers))
        wanted = request.path_params["plan"]
        paid = next(pay for _, _, plan, pay in self.instances if plan == wanted)
        if paid == "archived":
            return _error(403, "archived")
        named = {"en": {"display_name": wanted.capitalize()}}
        return JSONResponse({"overview_ui": named, "metadata": {"pricing": {"type": paid}}})

    def _guarded(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(request: Request) -> Response:
            headers = dict(request.headers)
            self.calls[name] += 1
            self.seen.append(headers)
            word, _, token = headers.get("authorization", "").partition(" ")
            number = token.removeprefix("token-")
            if word != "Bearer" or not number.isdigit() or int(number) < self._oldest:
                return _error(401, "token")
            if headers.get("service-crn") != CRN or len(headers.get("ibm-api-version", "")) != 10:
                return _error(400, "instance or version")
            made = act(request, await request.body())
            return made if isinstance(made, Response) else JSONResponse(made)

        return handle

    async def _iam(self, request: Request) -> Response:
        body = (await request.body()).decode()
        self.iam_seen.append((dict(request.headers), body))
        form = parse_qs(body)
        if form.get("apikey") != [KEY]:
            return JSONResponse({"errorCode": "BXNIM0415E", "errorMessage": "no key"}, 400)
        self._tokens += 1
        return JSONResponse({"access_token": f"token-{self._tokens}", "expires_in": 3600})

    # -- jobs -------------------------------------------------------------------------------------

    def _create(self, request: Request, body: bytes) -> Any:
        asked = json.loads(body)
        if asked["backend"] != "ibm_tiny":
            return _error(404, "backend not found")
        self.bodies.append(asked)
        job_id = f"job{len(self.jobs)}x"
        self.jobs[job_id] = asked | {"id": job_id, "polls": 0, "status": "Completed"}
        if self.answer_create is not None:
            answer, self.answer_create = self.answer_create, None
            return answer()
        return {"id": job_id, "backend": asked["backend"]}

    def _list(self, request: Request, body: bytes) -> Any:
        if self.refuse_listing:
            return _error(403, "no listing")
        tags = set(request.query_params.getlist("tags"))
        offset = int(request.query_params.get("offset", 0))
        limit = int(request.query_params.get("limit", 200))
        found = [job for job in self.jobs.values() if tags <= set(job.get("tags", ()))][::-1]
        page = [self._shown(job) for job in found[offset : offset + limit]]
        return {"jobs": page, "count": len(found), "limit": limit, "offset": offset}

    def _job(self, request: Request, body: bytes) -> Any:
        job = self.jobs.get(request.path_params["id"])
        if job is None:
            return _error(404, "no such job")
        job["polls"] += 1
        shown = self._shown(job)
        if request.query_params.get("exclude_params") == "false" and not job.get("private"):
            shown["params"] = job["params"]
        return shown

    def _shown(self, job: dict[str, Any]) -> dict[str, Any]:
        waits = job["polls"] <= self.queued_polls and job["status"] == "Completed"
        status = "Queued" if waits else job["status"]
        state = {"status": status.partition(" - ")[0], **(self.fail_with or {})}
        kept = ("id", "backend", "tags", "session_id", "private")
        return {name: job[name] for name in kept if job.get(name) is not None} | {
            "status": status,
            "state": state,
            "program": {"id": job["program_id"]},
            "created": "2026-02-01T12:00:00.000001Z",
            "cost": 600,
            "estimated_running_time_seconds": 2.5,
        }

    def _delete(self, request: Request, body: bytes) -> Response:
        self.jobs.pop(request.path_params["id"])
        return Response(status_code=204)

    def _cancel(self, request: Request, body: bytes) -> Response:
        job = self.jobs[request.path_params["id"]]
        if job["status"] == "Cancelled":
            return _error(409, "already cancelled")
        job["status"] = "Cancelled"
        return Response(status_code=204)

    def _metrics(self, request: Request, body: bytes) -> Any:
        return {
            "timestamps": {"created": "2026-02-01T12:00:00Z"},
            "usage": {"quantum_seconds": 2, "seconds": 3},
            "position_in_queue": 4,
            "estimated_start_time": self.start_time,
        }

    def _results(self, request: Request, body: bytes) -> Response:
        if self.late_results:
            self.late_results -= 1
            return Response(status_code=204)
        job = self.jobs[request.path_params["id"]]
        if job.get("read") and job.get("private"):
            return _error(404, "read already")
        job["read"] = True
        return PlainTextResponse(json.dumps(sample(job["params"]), default=_encoded))

    # -- machines, sessions, workloads ------------------------------------------------------------

    def _backends(self, request: Request, body: bytes) -> Any:
        wait = {"average": 90, "p50": 60, "p95": 300}
        device = {"name": "ibm_tiny", "status": {"name": "online"}, "qubits": 3, "queue_length": 7}
        paused = {"name": "ibm_rest", "status": {"name": "paused"}, "queue_length": 0}
        return {"devices": [device | {"wait_time_seconds": wait}, paused]}

    @staticmethod
    def _document(content: dict[str, Any]) -> Callable[..., Any]:
        def answer(request: Request, body: bytes) -> Any:
            return content if request.path_params["id"] == "ibm_tiny" else _error(404, "backend")

        return answer

    def _open(self, request: Request, body: bytes) -> Any:
        wish = json.loads(body)
        session = {"id": f"session{len(self.sessions)}", "backend_name": wish["backend"]}
        session |= {"mode": wish["mode"], "state": "open", "accepting_jobs": True}
        session |= {name: wish[name] for name in ("max_ttl",) if name in wish}
        self.sessions[session["id"]] = session
        return session

    def _session(self, request: Request, body: bytes) -> Any:
        return self.sessions[request.path_params["id"]]

    def _drain(self, request: Request, body: bytes) -> Response:
        self.sessions[request.path_params["id"]] |= json.loads(body)
        return Response(status_code=204)

    def _close(self, request: Request, body: bytes) -> Response:
        session = self.sessions[request.path_params["id"]]
        session |= {"state": "closed", "accepting_jobs": False}
        return Response(status_code=204)

    def _workloads(self, request: Request, body: bytes) -> Any:
        begin = int(request.query_params.get("next", "c0").removeprefix("c"))
        entries = [
            {
                "id": f"w{index}",
                "created": "2026-02-01T12:00:00Z",
                "backend": "ibm_tiny",
                "instance": CRN,
                "user_id": "u",
                "mode": "job",
                "status": "completed",
            }
            for index in range(begin, min(begin + 2, 5))
        ]
        page: dict[str, Any] = {"workloads": entries, "total_count": 5, "limit": 2}
        if begin + 2 < 5:
            page["next"] = {"href": f"{self.url}/v1/workloads?limit=2&next=c{begin + 2}"}
        return page


_STATUS = {"state": True, "status": "active", "message": "", "length_queue": 7}


def _error(status: int, message: str) -> Response:
    problem = {"code": str(status), "message": message}
    return JSONResponse({"trace": "t", "errors": [problem]}, status)


# -- a sampler of Qiskit behind it ---------------------------------------------------------------


def decode(value: Any) -> Any:
    """Read a tagged circuit or array as the service would."""
    data = zlib.decompress(base64.b64decode(value["__value__"]))
    if value["__type__"] == "QuantumCircuit":
        return qpy.load(io.BytesIO(data))[0]
    return np.load(io.BytesIO(data), allow_pickle=False)


def sample(params: dict[str, Any]) -> Any:
    """Run the PUBs of a sampler job with the job's seed, and tag the result."""
    seed = params["options"].get("simulator", {}).get("seed_simulator")
    pubs = [(decode(pub[0]), decode(pub[1]), pub[2]) for pub in params["pubs"]]
    results = StatevectorSampler(seed=seed).run(pubs).result()
    return _tagged(
        "PrimitiveResult",
        pub_results=[
            _tagged("SamplerPubResult", data=_data_bin(one.data), metadata={}) for one in results
        ],
        metadata={"version": 2},
    )


def _data_bin(data: Any) -> Any:
    fields = {
        name: _tagged("BitArray", array=bits.array, num_bits=bits.num_bits)
        for name, bits in data.items()
    }
    return _tagged("DataBin", field_names=list(fields), shape=list(data.shape), fields=fields)


def _tagged(kind: str, **value: Any) -> dict[str, Any]:
    return {"__type__": kind, "__value__": value}


def _encoded(array: Any) -> Any:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=False)
    return {
        "__type__": "ndarray",
        "__value__": base64.b64encode(zlib.compress(file.getvalue())).decode(),
    }

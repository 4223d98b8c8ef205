"""A service of three paths on a real socket, and its `Cloud`, to steer what a job's handle sees."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from support.submissions import request

from ketbridge.accounts import Account
from ketbridge.address import CloudAddress
from ketbridge.clouds.base import Cloud
from ketbridge.jobs.state import Cost, JobState, JobStatus
from ketbridge.results import Measurements
from ketbridge.transport import Client, Settings
from ketbridge.transport.operation import Operation, Repeat

STATUSES = {
    "queued": JobStatus.QUEUED,
    "running": JobStatus.RUNNING,
    "done": JobStatus.DONE,
    "failed": JobStatus.FAILED,
    "cancelled": JobStatus.CANCELLED,
}


class Service:
    """What the server answers: for each path a list of answers, the last one for ever.

    An answer is JSON data, or an HTTP status of an error.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, list[Any]] = {"recall": [{}], "result": [{"0": 40, "3": 60}]}
        self.asked: list[str] = []

    def next(self, path: str) -> Any:
        self.asked.append(path)
        answers = self.answers[path]
        return answers.pop(0) if len(answers) > 1 else answers[0]


@contextmanager
def serving() -> Iterator[Service]:
    """Run the service on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            answer = service.next(self.path.strip("/"))
            status, data = (answer, {}) if isinstance(answer, int) else (200, answer)
            body = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = Service(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class ToyCloud(Cloud):
    """The client of that service."""

    name: ClassVar[str] = "ionq"

    def __init__(self, url: str, settings: Settings, ledger: Path) -> None:
        super().__init__(Account(CloudAddress("ionq", "toy"), url, ledger=ledger))
        self._settings = settings

    def make_client(self) -> Client:
        return Client(self.account.url or "", settings=self._settings)

    def check(self, request):
        pass

    def state_flow(self, job_id):
        data = yield _get("state")
        status = STATUSES.get(data["status"], JobStatus.UNKNOWN)
        return JobState(status, data["status"], data.get("code"), data.get("reason", ""))

    def recall_flow(self, job_id):
        yield _get("recall")
        return request()

    def fetch_flow(self, job_id, state, request, options):
        data = yield _get("result")
        counts = {int(key): value for key, value in data.items()}
        return [Measurements.from_counts(counts, 2)]

    def cost_flow(self, job_id):
        data = yield _get("cost")
        return Cost(data["cost"], "usd", False)

    def submit_flow(self, submission):
        return (yield _get("submit"))["id"]

    def cancel_flow(self, job_id):
        yield _get("cancel")

    def delete_flow(self, job_id):
        yield _get("delete")

    def backends_flow(self):
        return (yield _get("backends"))

    def backend_flow(self, name):
        return (yield _get("backends"))

    def estimate_flow(self, request):
        return (yield _get("cost"))

    def jobs_flow(self, cursor, filters):
        return (yield _get("jobs")), None


def _get(path: str) -> Operation[Any]:
    return Operation(path, "GET", f"/{path}", lambda reply: json.loads(reply.body), Repeat.SAFE)

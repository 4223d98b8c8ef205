"""Each fault knob does on the wire what it says, seen by a socket that reads bytes."""

from __future__ import annotations

import gzip
import json
import socket
import time
import zlib

import httpx
import pytest
from sandbox.conftest import BELL, Checked

from ketbridge import sandbox
from ketbridge.sandbox import Fault, Faults

BODY = json.dumps(
    {
        "type": "ionq.circuit.v1",
        "backend": "simulator",
        "input": {"gateset": "qis", "circuit": BELL},
    }
).encode()
CUT = "ends early"
RESET = "reset"
SILENT = "silent"


def raw(server, method="POST", path="/jobs", body=BODY, timeout_s=0.4):
    """Send one request on a socket; return head, body as sent, and how the connection ended."""
    port = int(server.url.rpartition(":")[2])
    head = (
        f"{method} /v0.4{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: apiKey k\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    received, end = b"", "closed"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(timeout_s)
        connection.sendall(head.encode() + body)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except ConnectionResetError:
            end = RESET
        except TimeoutError:
            end = SILENT
    answer_head, _, content = received.partition(b"\r\n\r\n")
    return answer_head.decode().lower(), content, end


def test_reset_before_makes_no_job(server):
    server.faults.add(Fault.reset_before(), on="CreateJob", times=1)
    assert raw(server) == ("", b"", RESET)
    assert server.jobs() == []


def test_reset_after_makes_one_job(server):
    server.faults.add(Fault.reset_after(), on="CreateJob", times=1)
    assert raw(server) == ("", b"", RESET)
    assert len(server.jobs()) == 1


def test_error_after_makes_one_job(server):
    server.faults.add(Fault.error_after(504), on="CreateJob", times=1)
    head, _, _ = raw(server)
    assert head.startswith("http/1.1 504")
    assert len(server.jobs()) == 1


@pytest.mark.parametrize("taken", [True, False])
def test_silence_keeps_the_connection_open_without_a_byte(server, taken):
    server.faults.add(Fault.silence(taken=taken), on="CreateJob", times=1)
    assert raw(server) == ("", b"", SILENT)
    assert len(server.jobs()) == taken


def test_a_short_body_has_less_than_its_declared_length(server):
    server.faults.add(Fault.short_body(), on="CreateJob")
    head, content, _ = raw(server)
    declared = int(head.partition("content-length: ")[2].partition("\r\n")[0])
    assert 0 < len(content) < declared


def test_cut_chunks_have_no_last_chunk(server):
    server.faults.add(Fault.cut_chunks(), on="CreateJob")
    head, content, _ = raw(server)
    assert "transfer-encoding: chunked" in head
    size, _, rest = content.partition(b"\r\n")
    assert rest == rest[: int(size, 16)] + b"\r\n"


def test_cut_gzip_fits_its_length_and_lacks_its_end(server):
    server.faults.add(Fault.cut_gzip(), on="CreateJob")
    head, content, _ = raw(server)
    assert f"content-length: {len(content)}" in head
    reader = zlib.decompressobj(31)
    reader.decompress(content)
    assert not reader.eof


def test_a_drip_sends_one_byte_at_a_time(server):
    server.faults.add(Fault.drip(0.03), on="GetJobs")
    started = time.monotonic()
    _, content, end = raw(server, "GET", body=b"", timeout_s=2)
    assert json.loads(content) == {"jobs": [], "next": None}
    assert time.monotonic() - started > 0.03 * (len(content) - 2)
    assert end == "closed"


@pytest.mark.parametrize(
    "value", ["3", "0", "-10", "1e30", "junk", "Wed, 21 Oct 2026 07:28:00 GMT"]
)
def test_a_rate_limit_carries_its_header_as_it_is(server, client, value):
    server.faults.add(Fault.rate_limited(value), on="CreateJob", times=1)
    answer = client.post("/jobs", content=BODY)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, value)
    assert server.jobs() == []


def test_a_rate_limit_without_a_header(server, client):
    server.faults.add(Fault.rate_limited(), on="CreateJob", times=1)
    assert "retry-after" not in client.post("/jobs", content=BODY).headers


def test_a_burst_ends_after_its_times(server, client):
    server.faults.add(Fault.status(503), on="GetJobs", times=3)
    assert [client.get("/jobs").status_code for _ in range(5)] == [503, 503, 503, 200, 200]


def test_a_fault_begins_after_the_requests_that_it_skips(server, client):
    server.faults.add(Fault.unauthorized(), on="GetJobs", times=1, skip=2)
    assert [client.get("/jobs").status_code for _ in range(4)] == [200, 200, 401, 200]


def test_a_fault_on_one_operation_leaves_the_others_alone(server, client):
    server.faults.add(Fault.not_found(), on="GetJob")
    job = client.submit()
    assert client.get(f"/jobs/{job}").status_code == 404
    assert client.get("/jobs").status_code == 200
    server.faults.clear()
    assert client.get(f"/jobs/{job}").status_code == 200


@pytest.mark.parametrize(
    ("fault", "content"),
    [
        (Fault.body(), b'{"id": '),
        (Fault.html(), b"<html><body>Sign in</body></html>"),
        (Fault.empty(), b""),
        (Fault.body(b"null"), b"null"),
        (Fault.body(b"\xff\xfe"), b"\xff\xfe"),
        (Fault.deep_json(100_000), b"[" * 100_000 + b"]" * 100_000),
    ],
    ids=["cut", "html", "empty", "null", "not text", "deep"],
)
def test_an_answer_that_is_no_usable_json(server, fault, content):
    server.faults.add(fault, on="CreateJob")
    answer = httpx.post(
        f"{server.url}/v0.4/jobs", content=BODY, headers={"authorization": "apiKey k"}
    )
    assert (answer.status_code, answer.content) == (200, content)


def test_an_unknown_status_and_a_missing_member(server):
    headers = {"authorization": "apiKey k"}
    server.faults.add(Fault.unknown_status("calibrating"), on="CreateJob", times=1)
    server.faults.add(Fault.edit(id=None, extra=[1]), on="CreateJob", times=1)
    first, second = (
        httpx.post(f"{server.url}/v0.4/jobs", content=BODY, headers=headers).json()
        for _ in range(2)
    )
    assert first["status"] == "calibrating"
    assert "id" not in second
    assert second["extra"] == [1]


def test_a_bomb_unpacks_to_its_size(server):
    server.faults.add(Fault.bomb(3), on="GetJobs")
    _, content, _ = raw(server, "GET", body=b"", timeout_s=5)
    assert len(content) < 100_000
    assert len(gzip.decompress(content)) == 3 * (1 << 20) + 2


def test_a_huge_body_is_sent_in_full(server):
    server.faults.add(Fault.huge(3), on="GetJobs")
    with httpx.stream("GET", f"{server.url}/v0.4/jobs") as answer:
        assert sum(map(len, answer.iter_raw())) == 3 * (1 << 20) + 2


def test_a_redirect_names_another_place(server):
    server.faults.add(Fault.redirect("http://127.0.0.1:1/x"), on="GetJobs")
    answer = httpx.get(f"{server.url}/v0.4/jobs")
    assert (answer.status_code, answer.headers["location"]) == (307, "http://127.0.0.1:1/x")


def test_latency_is_added_to_every_answer(executor):
    with (
        sandbox.start(executor=executor, latency_ms=80) as server,
        Checked(server.url) as client,
    ):
        started = time.monotonic()
        client.get("/jobs")
        client.get("/backends")
        assert time.monotonic() - started >= 0.16


def test_faults_can_be_written_as_text():
    faults = Faults("reset_after@CreateJob*1, status=503@GetJob*2, latency=50")
    found = [faults.take(name) for name in ("CreateJob", "CreateJob", "GetJob", "GetJob")]
    assert found == [
        Fault.reset_after(),
        Fault.latency(50.0),
        Fault.status(503),
        Fault.status(503),
    ]
    assert faults.take("GetJob") == Fault.latency(50.0)


@pytest.mark.parametrize(
    ("spec", "part"),
    [
        ("reset_afer", "reset_after"),
        ("status=many", "number"),
        ("latency*x", "times"),
        ("reset_after=1", "reset_after"),
        ("edit=1", "edit"),
    ],
)
def test_a_fault_that_cannot_be_read_is_refused_with_a_hint(spec, part):
    with pytest.raises(ValueError, match=part):
        Faults(spec)


def test_a_sandbox_stops_while_a_request_hangs(executor):
    server = sandbox.start(executor=executor, faults="silence@CreateJob")
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as hanging:
        hanging.sendall(
            b"POST /v0.4/jobs HTTP/1.1\r\nHost: localhost\r\nAuthorization: apiKey k\r\n"
            b"Content-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
        )
        while not server.jobs():
            time.sleep(0.01)
        started = time.monotonic()
        server.stop()
        assert time.monotonic() - started < 2
        hanging.settimeout(1)
        with pytest.raises(ConnectionError):
            if not hanging.recv(1):
                raise ConnectionError


def test_an_answer_without_a_body_has_no_member_to_edit(server):
    account = server.accounts["kipu"]
    with httpx.Client(base_url=account.url, headers={"X-Auth-Token": "t"}) as http:
        job = {"backend_id": "azure.ionq.simulator", "shots": 1, "input": {"circuit": BELL}}
        job_id = http.post("/jobs", json=job).json()["id"]
        server.faults.add(Fault.unknown_status("pondering"), on="cancelJob")
        answer = http.delete(f"/jobs/{job_id}")
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_client_that_leaves_in_mid_request_is_no_failure_of_the_sandbox(server, caplog):
    port = int(server.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = "POST /v0.4/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: apiKey k\r\n"
        connection.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
        end = time.monotonic() + 10
        while not server.requests().get("CreateJob") and time.monotonic() < end:
            time.sleep(0.005)
    end = time.monotonic() + 0.2
    while not caplog.records and time.monotonic() < end:
        time.sleep(0.005)
    assert server.requests()["CreateJob"] == 1
    assert [record for record in caplog.records if "failed" in record.getMessage()] == []

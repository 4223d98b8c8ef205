"""A canary credential is found in the Authorization header and nowhere else."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback

import pytest
from support.operations import CANARY, get, reconcilable, submit
from support.rawserver import hang, raw, reply, reset

from ketbridge.errors import KetbridgeError
from ketbridge.secret import Secret
from ketbridge.transport import ApiKey, Settings, TokenExchange
from ketbridge.transport.operation import Repeat

ECHO = {
    "message": f"bad key {CANARY}",
    "link": f"https://store.example/x?X-Amz-Signature={CANARY}",
    "header": f"Authorization: apiKey {CANARY}",
}
HEADERS = {"X-Request-Id": "r-1", "Set-Cookie": f"session={CANARY}"}

ROWS = {
    "success": reply(200, {"id": "j1"}, HEADERS),
    "reset": reset,
    "silence": hang,
    "cut": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n" + CANARY.encode()),
    "no http": raw(f"SSH-2.0 {CANARY}\r\n\r\n".encode()),
    "html": reply(200, f"<html>{CANARY}</html>".encode(), HEADERS),
    "wrong shape": reply(200, {"jobs": CANARY}, HEADERS),
    "redirect": reply(302, b"", {"Location": f"http://evil.example/?key={CANARY}"}),
    "encoding": reply(200, b"x", {"Content-Encoding": CANARY}),
    **{str(status): reply(status, ECHO, HEADERS) for status in (400, 401, 403, 404, 429, 500, 503)},
}


def read_id(answer):
    return json.loads(answer.body)["id"]


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("make", [get, submit, reconcilable])
def test_the_canary_shows_nowhere(caller, serve, clockwork, caplog, capfd, row, make):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.DEBUG)
    server = serve(row)
    client = caller.client(f"{server.url}/v1", clockwork.settings(io_timeout_s=0.2))
    shown = [repr(client), str(client), repr(client.auth), repr(client.settings)]
    operation = make(read=read_id, query=(("signature", CANARY),))
    try:
        caller.send(client, operation)
    except KetbridgeError as error:
        shown += [str(error), repr(error), repr(vars(error)), *traceback.format_exception(error)]
        shown += [repr(vars(pickle.loads(pickle.dumps(error)))), str(copy.deepcopy(error))]
    shown += [
        caplog.text,
        *(str(record.__dict__) for record in caplog.records),
        *capfd.readouterr(),
    ]
    assert server.requests[0].headers["authorization"] == f"apiKey {CANARY}"
    assert any(record.name == "ketbridge.transport" for record in caplog.records)
    assert CANARY not in "\n".join(shown)


def test_the_log_has_method_host_path_status_and_request_id(caller, serve, caplog):
    caplog.set_level(logging.DEBUG, "ketbridge.transport")
    server = serve(reply(200, {"id": 1}, {"X-Request-Id": "r-1"}))
    client = caller.client(f"{server.url}/v1")
    caller.send(client, get(query=(("tag", "mine"), ("limit", "5"))))
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith(f"GET {server.url}/v1/jobs/1?tag=&limit= -> 200 in ")
    assert line.endswith(" ms, request r-1")


def test_the_librarys_own_log_still_works_for_others(caplog):
    import httpcore

    caplog.set_level(logging.DEBUG, "httpcore.connection")
    with httpcore.ConnectionPool() as pool, pytest.raises(httpcore.ConnectError):
        pool.request("GET", "http://127.0.0.1:1/")
    assert any(record.name == "httpcore.connection" for record in caplog.records)


def test_a_credential_does_not_travel_with_an_operation_that_wants_none(caller, serve):
    server = serve(reply(200, {"id": 1}))
    caller.send(caller.client(server.url), get(authenticate=False))
    assert CANARY not in repr(server.requests)


@pytest.mark.parametrize("dump", [pickle.dumps, json.dumps])
@pytest.mark.parametrize("make", [lambda: Secret(CANARY), lambda: ApiKey("X", "", Secret(CANARY))])
def test_what_holds_a_secret_cannot_be_written(dump, make):
    with pytest.raises(TypeError) as caught:
        dump(make())
    assert CANARY not in str(caught.value)


def test_a_keyed_submit_in_doubt_shows_no_canary(caller, serve, clockwork):
    server = serve(reset, reply(400, ECHO))
    client = caller.client(server.url, Settings(sleep=clockwork.sleep, asleep=clockwork.asleep))
    with pytest.raises(KetbridgeError) as caught:
        caller.send(client, submit(Repeat.KEYED))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 500])
def test_a_token_endpoint_that_repeats_the_key_shows_it_to_nobody(caller, serve, clockwork, status):
    key = Secret(CANARY)
    ask = submit(Repeat.SAFE, body=CANARY.encode(), authenticate=False, confidential=(key,))
    endpoint, service = serve(reply(status, ECHO)), serve(reply(200, {}))
    auth = TokenExchange(endpoint.url, lambda _: ask, settings=clockwork.settings())
    client = caller.client(service.url, clockwork.settings(), auth)
    with pytest.raises(KetbridgeError) as caught:
        caller.send(client, get())
    assert CANARY not in "".join(traceback.format_exception(caught.value))
    assert CANARY not in repr(vars(caught.value)) + repr(ask)
    assert service.requests == []

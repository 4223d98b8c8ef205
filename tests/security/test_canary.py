"""A credential goes out where its service expects it and is found nowhere else.

All faults are those of the first cloud; the others meet the ones in which a service repeats what it
was sent, because hiding it is the transport's work and what must be hidden is the cloud's.
"""

from __future__ import annotations

import asyncio
import gc
import json
import types
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from support.holders import HOLDERS, KEPT
from support.operations import CANARY
from support.rawserver import RawServer, reply
from support.witness import ECHO

import ketbridge
from ketbridge.errors import KetbridgeError
from ketbridge.sandbox import Fault

FAULTS = {
    "none": None,
    "reset": Fault.reset_after(),
    "silence": Fault.silence(),
    "cut": Fault.short_body(),
    "redirect": Fault.redirect(f"http://evil.example/?key={CANARY}"),
    "echo in a body": Fault.body(json.dumps(ECHO).encode()),
    "echo in html": Fault.body(f"<html>{CANARY}</html>".encode(), "text/html"),
    "echo in text": Fault.body(f"Authorization: apiKey {CANARY}".encode(), "text/plain"),
    **{
        f"echo in a {code}": Fault.body(json.dumps(ECHO).encode(), code=code)
        for code in (400, 401, 403, 404, 429, 500, 503)
    },
}
ECHOES = ("none", "echo in a body", "echo in text", "echo in a 400", "echo in a 401")

HASTY = {"attempts": 2, "sleep": lambda _: None, "timeout_s": 10.0}

CELLS = [
    pytest.param(holder, FAULTS[name], id=f"{holder}-{name}")
    for holder in HOLDERS
    for name in (FAULTS if holder is HOLDERS[0] else ECHOES)
]


def opened(holder, server, **settings: Any):
    return ketbridge.connect(holder.case.name, **holder.settings(server.url), **settings)


def closed(cloud) -> None:
    cloud.client.close()
    cloud.close()
    cloud.ledger.close()


@pytest.mark.parametrize(("holder", "fault"), CELLS)
def test_the_core_shows_it_nowhere(server, home, witness, holder, fault):
    io_timeout_s = 0.2 if fault is FAULTS["silence"] else 10.0
    cloud = opened(holder, server, io_timeout_s=io_timeout_s, **HASTY, **holder.case.fast)
    job = cloud.submit(holder.case.request())
    witness.forbid(*cloud.client.auth.secrets())
    if fault is not None:
        server.faults.add(fault)
    calls = (
        lambda: cloud.submit(holder.case.request()),
        cloud.backends,
        job.state,
        lambda: job.result(0.5),
        job.cancel,
        job.cost,
        lambda: cloud.settle(cloud.ledger.history()[0].submission.id),
    )
    for call in calls:
        witness.tried(call, KetbridgeError)
    things = (cloud, cloud.account, cloud.client, cloud.client.auth, cloud.client.settings)
    for thing in (*things, job, job.request, *cloud.ledger.history(), server.jobs()):
        witness.look(thing)
    witness.forbid(*cloud.client.auth.secrets())
    server.faults.clear()
    closed(cloud)
    assert any(home.rglob("ledger.sqlite3"))
    witness.look_into_files(home)


@pytest.mark.parametrize("holder", HOLDERS, ids=str)
def test_asynchronous_calls_show_it_nowhere(server, home, witness, holder):
    cloud = opened(holder, server, **holder.case.fast)

    async def use() -> None:
        job = await cloud.asubmit(holder.case.request())
        witness.look(await job.aresult(30))
        witness.look([*asyncio.all_tasks(), asyncio.get_running_loop()])
        await cloud.client.aclose()

    asyncio.run(use(), debug=True)
    witness.forbid(*cloud.client.auth.secrets())
    closed(cloud)
    witness.look_into_files(home)


def test_the_sandbox_keeps_no_key(server, home):
    for holder in HOLDERS:
        cloud = opened(holder, server, **holder.case.fast)
        cloud.submit(holder.case.request()).wait(30)
        closed(cloud)
    reached = _strings_of(server._services)
    assert len(reached) > 100
    assert [text for text in reached if CANARY in text] == []


TOKEN = {"access_token": "of-the-exchange", "expires_in": 3600}


@pytest.mark.parametrize("holder", HOLDERS, ids=str)
def test_it_goes_where_it_belongs_and_nowhere_else(home, monkeypatch, holder):
    """IBM's key and the Hub's password go into the form of the exchange, and to nobody else."""
    with ExitStack() as stack:
        spies = {
            "service": stack.enter_context(RawServer(reply(200, []))),
            "exchange": stack.enter_context(RawServer(reply(200, TOKEN))),
            "store": stack.enter_context(RawServer(reply(403))),
        }
        monkeypatch.setenv("IAM_URL", spies["exchange"].url)
        monkeypatch.setenv("KETBRIDGE_IBM_DIRECT_ENDPOINT", spies["store"].url)
        settings = {**holder.settings(""), **holder.case.fast}
        if "login_url" in settings:
            settings["login_url"] = spies["exchange"].url
        cloud = ketbridge.connect(holder.case.name, url=spies["service"].url, **settings)
        for call in (cloud.backends, lambda: cloud.submit(holder.case.request())):
            with suppress(KetbridgeError):
                call()
        closed(cloud)
        found = {
            (name, *place)
            for name, spy in spies.items()
            for sent in spy.requests
            for place in _places(sent)
        }
        asked = [name for name, spy in spies.items() if spy.requests]
    assert found == holder.places
    assert "service" in asked
    assert ("store" in asked) == (holder.case.name == "ibm-direct")


def _places(sent) -> list[tuple[str, str]]:
    """Say where the canary is in a request, and what is there."""
    pairs = (pair for pair in sent.body.decode("latin-1").split("&") if CANARY in pair)
    return [
        *((name, text) for name, text in sent.headers.items() if CANARY in text),
        *(("body", pair) for pair in pairs),
        *([("target", sent.target)] if CANARY in sent.target else []),
    ]


def test_the_holders_are_all_clouds():
    assert {holder.case.name for holder in KEPT} == {"ionq", "ibm", "ibm-direct", "kipu"}


def _strings_of(root: Any) -> set[str]:
    """Collect every text that can be reached from an object through plain data."""
    found: set[str] = set()
    seen: set[int] = set()
    left = [root]
    skipped = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
    while left:
        thing = left.pop()
        if id(thing) in seen or isinstance(thing, skipped):
            continue
        seen.add(id(thing))
        if isinstance(thing, str | bytes):
            found.add(thing if isinstance(thing, str) else thing.decode("latin-1"))
        else:
            left += gc.get_referents(thing)
    return found

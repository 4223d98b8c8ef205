"""A credential goes out in the Authorization header and is found nowhere else."""

from __future__ import annotations

import copy
import gc
import json
import logging
import pickle
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import CliRunner
from support.operations import CANARY
from support.rawserver import RawServer, reply
from support.submissions import request

import ketbridge
from ketbridge.cli import main
from ketbridge.errors import KetbridgeError
from ketbridge.sandbox import Fault

BELL = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; measure q -> c;'

ECHO = {
    "statusCode": 400,
    "error": "Bad Request",
    "message": f"key {CANARY} and https://store.example/x?X-Amz-Signature={CANARY}",
    "cookie": CANARY,
}


class Witness:
    """Everything that could have shown the canary."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def look(self, thing: Any) -> None:
        """Show a thing in every way that shows things to people or to files."""
        shows: list[Callable[[Any], Any]] = [
            repr,
            str,
            format,
            pickle.dumps,
            lambda it: pickle.dumps(it, 0),
            copy.copy,
            copy.deepcopy,
            lambda it: json.dumps(it, default=repr),
            lambda it: json.dumps(it, default=vars),
            lambda it: it._repr_html_(),
            lambda it: it._repr_pretty_(None, False),
            vars,
            lambda it: it.to_dict(),
        ]
        for show in shows:
            try:
                self.seen.append(repr(show(thing)))
            except Exception as error:  # noqa: BLE001 - a refusal is fine, but not one that shows it
                self.seen.append("".join(traceback.format_exception(error)))

    def caught(self, error: BaseException) -> None:
        """Show an error, what it came from, its notes and its attributes."""
        self.seen += traceback.format_exception(error, chain=True)
        self.seen += getattr(error, "__notes__", [])
        link: BaseException | None = error
        while link is not None:
            self.look(link)
            link = link.__cause__ or link.__context__

    def shows_the_canary(self) -> list[str]:
        return [text for text in self.seen if CANARY in text]


@pytest.fixture
def witness(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Iterator[Witness]:
    caplog.set_level(logging.DEBUG)
    for name in ("httpcore", "asyncio", "ketbridge", "uvicorn", "starlette", "qiskit", "braket"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    made = Witness()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield made
    made.seen += [str(each.message) for each in warned]
    made.seen += [caplog.text, *(repr(vars(record)) for record in caplog.records)]
    made.seen += capfd.readouterr()
    assert made.shows_the_canary() == []


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


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_the_core_shows_it_nowhere(server, home, witness, fault):
    cloud = ketbridge.connect("ionq", io_timeout_s=0.2, sleep=lambda _: None, timeout_s=5.0)
    job = cloud.submit(request())
    if fault is not None:
        server.faults.add(fault)
    calls = (
        lambda: cloud.submit(request()),
        cloud.backends,
        job.state,
        lambda: job.result(0.5),
        job.cancel,
        job.cost,
        lambda: cloud.settle(cloud.ledger.history()[0].submission.id),
    )
    for call in calls:
        try:
            witness.look(call())
        except KetbridgeError as error:
            witness.caught(error)
    things = (cloud, cloud.account, cloud.client, cloud.client.auth, cloud.client.settings)
    for thing in (*things, job, job.request(), *cloud.ledger.history(), server.jobs()):
        witness.look(thing)
    cloud.client.close()
    cloud.ledger.close()
    _look_into_files(home, witness)


def test_the_qiskit_plugin_shows_it_nowhere(server, home, witness):
    from qiskit import QuantumCircuit

    from qiskit_ketbridge import KetbridgeProvider, SamplerV2, backend

    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    machine = backend("ionq/simulator")
    job = machine.run(circuit)
    for thing in (machine, machine.target, job, job.result(), KetbridgeProvider("ionq")):
        witness.look(thing)
    for thing in (SamplerV2(machine), job.backend()):
        witness.look(thing)
    _fail(server, witness, lambda: machine.run(circuit), job.result, job.cancel)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_the_braket_plugin_shows_it_nowhere(server, home, witness):
    from braket.circuits import Circuit

    from braket_ketbridge import KetbridgeDevice

    device = KetbridgeDevice("ionq/simulator")
    task = device.run(Circuit().h(0), shots=10)
    for thing in (device, device.properties, device.info, task, task.metadata(), task.result()):
        witness.look(thing)
    _fail(server, witness, lambda: device.run(Circuit().h(0), shots=10), task.cancel)


@pytest.mark.parametrize(
    "command",
    [
        ("backends", "ionq", "--json"),
        ("accounts", "list"),
        ("accounts", "test", "ionq"),
        ("jobs", "list", "ionq"),
        ("jobs", "list"),
        ("jobs", "show", "ionq/nothing"),
        ("jobs", "settle", "--all"),
        ("run", "{bell}", "--on", "ionq/simulator"),
        ("run", "{bell}", "--on", "ionq/nothing"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("debug", [(), ("--debug",)])
@pytest.mark.parametrize("wrong", [None, Fault.body(json.dumps(ECHO).encode(), code=400)])
def test_the_command_line_shows_it_nowhere(server, home, witness, tmp_path, command, debug, wrong):
    (tmp_path / "bell.qasm").write_text(BELL)
    if wrong is not None:
        server.faults.add(wrong)
    words = [word.format(bell=tmp_path / "bell.qasm") for word in command]
    done = CliRunner().invoke(main, [*debug, *words])
    witness.seen.append(done.output)
    if done.exception is not None:
        witness.caught(done.exception)
    assert done.exit_code in (0, 1)


def test_an_account_that_is_added_is_kept_in_its_own_file_only(home, witness):
    done = CliRunner().invoke(
        main, ["accounts", "add", "work:ionq", "--token-stdin"], input=f"{CANARY}\n"
    )
    assert done.exit_code == 0, done.output
    shown = CliRunner().invoke(main, ["accounts", "list", "--json"])
    witness.seen += [done.output, shown.output]
    (kept,) = [file for file in home.rglob("*") if file.is_file() and _has_canary(file)]
    assert (kept.name, kept.stat().st_mode & 0o777) == ("accounts.toml", 0o600)


def test_the_sandbox_keeps_no_key(server, home):
    cloud = ketbridge.connect("ionq")
    cloud.submit(request()).wait(30)
    cloud.client.close()
    cloud.ledger.close()
    reached = _strings_of(server._services)
    assert len(reached) > 100
    assert [text for text in reached if CANARY in text] == []


def test_it_goes_out_in_the_authorization_header_and_nowhere_else(home, monkeypatch):
    with RawServer(reply(200, [])) as spy:
        cloud = ketbridge.connect("ionq", url=f"{spy.url}/v0.4")
        cloud.backends()
        with pytest.raises(KetbridgeError):
            cloud.submit(request())
        cloud.client.close()
        cloud.ledger.close()
    assert len(spy.requests) >= 2
    with_key = 0
    for sent in spy.requests:
        fields = {name: text for name, text in sent.headers.items() if CANARY in text}
        assert fields in ({}, {"authorization": f"apiKey {CANARY}"})
        assert CANARY.encode() not in sent.body and CANARY not in sent.target
        with_key += bool(fields)
    assert with_key >= 1


def _fail(server, witness: Witness, *calls: Callable[[], Any]) -> None:
    server.faults.add(Fault.body(json.dumps(ECHO).encode(), code=400))
    for call in calls:
        try:
            witness.look(call())
        except Exception as error:  # noqa: BLE001 - whatever the plugin makes of it
            witness.caught(error)
    server.faults.clear()


def _has_canary(file: Any) -> bool:
    return CANARY.encode() in file.read_bytes()


def _look_into_files(home: Any, witness: Witness) -> None:
    witness.seen += [str(file) for file in home.rglob("*") if file.is_file() and _has_canary(file)]
    assert any(home.rglob("ledger.sqlite3"))


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

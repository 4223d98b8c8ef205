"""A credential is not shown by the two plugins and the command line, whichever cloud it is for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from support.holders import KEPT
from support.operations import CANARY
from support.witness import ECHO, Witness

import ketbridge
from ketbridge.cli import main
from ketbridge.sandbox import Fault

BELL = 'OPENQASM 2.0; include "qelib1.inc"; qreg q[2]; creg c[2]; h q[0]; measure q -> c;'
REFUSED = Fault.body(json.dumps(ECHO).encode(), code=400)
EACH = pytest.mark.parametrize("holder", KEPT, ids=str)


@pytest.fixture
def tokens(witness: Witness, home):
    """Forbid the tokens of a cloud; close it at the end."""
    used: list[Any] = []

    def forbid(holder) -> None:
        cloud = ketbridge.connect(holder.case.name)
        witness.forbid(*cloud.client.auth.secrets())
        used.append(cloud)

    yield forbid
    for cloud in used:
        cloud.client.close()
        cloud.close()
        cloud.ledger.close()
    witness.look_into_files(home)


@EACH
def test_the_qiskit_plugin_shows_it_nowhere(server, home, witness, tokens, holder):
    from qiskit import QuantumCircuit

    from qiskit_ketbridge import KetbridgeProvider, SamplerV2, backend

    circuit = QuantumCircuit(1, 1)
    circuit.measure(0, 0)
    machine = backend(holder.machine)
    job = machine.run(circuit)
    for thing in (machine, machine.target, job, job.result(), KetbridgeProvider(holder.case.name)):
        witness.look(thing)
    for thing in (SamplerV2(machine), job.backend()):
        witness.look(thing)
    tokens(holder)
    _fail(server, witness, lambda: machine.run(circuit), job.result, job.cancel)


@EACH
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_the_braket_plugin_shows_it_nowhere(server, home, witness, tokens, holder):
    from braket.circuits import Circuit

    from braket_ketbridge import KetbridgeDevice

    device = KetbridgeDevice(holder.machine)
    task = device.run(Circuit().h(0), shots=10)
    for thing in (device, device.properties, device.info, task, task.metadata(), task.result()):
        witness.look(thing)
    tokens(holder)
    _fail(server, witness, lambda: device.run(Circuit().h(0), shots=10), task.cancel)


COMMANDS = {
    "backends": ("backends", "{cloud}", "--json"),
    "accounts list": ("accounts", "list"),
    "accounts test": ("accounts", "test", "{cloud}"),
    "jobs list of a cloud": ("jobs", "list", "{cloud}"),
    "jobs list": ("jobs", "list"),
    "jobs show": ("jobs", "show", "{cloud}/nothing"),
    "jobs settle": ("jobs", "settle", "--all"),
    "run": ("run", "{bell}", "--on", "{machine}"),
    "run on nothing": ("run", "{bell}", "--on", "{cloud}/nothing"),
}
ASKING = ("accounts test", "jobs show", "run")
"""Commands that do something else for another cloud."""

TYPED = [
    pytest.param(holder, words, id=f"{holder}-{name}")
    for holder in KEPT
    for name, words in COMMANDS.items()
    if holder is KEPT[0] or name in ASKING
]


@pytest.mark.parametrize(("holder", "words"), TYPED)
@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["", "debug"])
@pytest.mark.parametrize("wrong", [None, REFUSED], ids=["right", "refused"])
def test_the_command_line_shows_it_nowhere(
    server, home, witness, tokens, tmp_path, holder, words, debug, wrong
):
    bell = tmp_path / "bell.qasm"
    bell.write_text(BELL)
    if wrong is not None:
        server.faults.add(wrong)
    known = {"cloud": holder.case.name, "machine": holder.machine, "bell": bell}
    done = CliRunner().invoke(main, [*debug, *(word.format(**known) for word in words)])
    tokens(holder)
    witness.seen.append(done.output)
    if done.exception is not None:
        witness.caught(done.exception)
    assert done.exit_code in (0, 1)


@pytest.mark.parametrize("cloud", ["ionq", "kipu"])
def test_an_account_that_is_added_is_kept_in_its_own_file_only(home, witness, cloud):
    done = CliRunner().invoke(
        main, ["accounts", "add", f"work:{cloud}", "--token-stdin"], input=f"{CANARY}\n"
    )
    assert done.exit_code == 0, done.output
    shown = CliRunner().invoke(main, ["accounts", "list", "--json"])
    witness.seen += [done.output, shown.output]
    files = [file for file in home.rglob("*") if file.is_file()]
    (kept,) = [file for file in files if CANARY.encode() in file.read_bytes()]
    assert (kept.name, kept.stat().st_mode & 0o777) == ("accounts.toml", 0o600)


def _fail(server, witness: Witness, *calls: Callable[[], Any]) -> None:
    server.faults.add(REFUSED)
    for call in calls:
        witness.tried(call, Exception)
    server.faults.clear()

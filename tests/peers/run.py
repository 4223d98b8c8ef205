"""Run public clients against the sandbox, each in an environment of its own below ``.peers``.

An environment is made at the first run and kept while its requirements stay the same. Prints a
table of the flows and ends with ``N passed, M failed``; exits with 1 if any flow failed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from peers import native_counts
from rich.console import Console
from rich.table import Table

from ketbridge import sandbox

HERE = Path(__file__).parent
ENVIRONMENTS = HERE.parents[1] / ".peers"
TIMEOUT_S = 600


@dataclass(frozen=True)
class Peer:
    """A public client.

    Attributes:
        name: of its environment and its requirements file.
        script: its flows.
        environment: what points it at the sandbox.
    """

    name: str
    script: str
    environment: dict[str, str]


@dataclass(frozen=True)
class Flow:
    """What became of one flow; ``problem`` is a traceback, None if it passed."""

    peer: str
    about: str
    seconds: float
    problem: str | None


def peers(server: sandbox.Sandbox) -> list[Peer]:
    """List the clients and how each is told where the sandbox is."""
    ionq, ibm, kipu = (server.accounts[cloud] for cloud in ("ionq", "ibm", "kipu"))
    assert ionq.token is not None
    assert ibm.token is not None
    assert kipu.token is not None
    runtime = {
        "IAM_URL": server.url,
        "GLOBAL_SEARCH_URL": f"{server.url}/gs",
        "GLOBAL_CATALOG_URL": f"{server.url}/gc/api/v1",
        "RUNTIME_URL": f"{ibm.url}/v1",
        "QISKIT_IBM_TOKEN": ibm.token.reveal(),
        "QISKIT_IBM_INSTANCE": str(ibm.settings["instance"]),
    }
    hub = {
        "QHUB_QUANTUM_BASE_URL": str(kipu.url),
        "KQH_PERSONAL_ACCESS_TOKEN": kipu.token.reveal(),
    }
    return [
        Peer(
            "qiskit-ionq",
            "qiskit_ionq_flows.py",
            {"IONQ_API_URL": str(ionq.url), "IONQ_API_KEY": ionq.token.reveal()},
        ),
        Peer("qiskit-ibm-runtime", "qiskit_ibm_runtime_flows.py", runtime),
        Peer("qiskit-ibm-runtime-year-old", "qiskit_ibm_runtime_flows.py", runtime),
        Peer("qhub-quantum", "qhub_quantum_flows.py", hub),
        Peer("perceval", "perceval_flows.py", hub),
    ]


def python_of(peer: Peer) -> Path:
    """Return the Python of a client's environment; make the environment if it is not there."""
    folder = ENVIRONMENTS / peer.name
    wanted = (HERE / f"requirements-{peer.name}.txt").read_text()
    made_from = folder / "requirements.txt"
    python = folder / "bin" / "python"
    if not made_from.exists() or made_from.read_text() != wanted:
        print(f"Setting up the environment .peers/{peer.name} ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [*install, "-r", HERE / f"requirements-{peer.name}.txt"], check=True, cwd=HERE
        )
        made_from.write_text(wanted)
    return python


def flows(peer: Peer) -> list[Flow]:
    """Run the flows of a client in its own environment."""
    done = subprocess.run(
        [python_of(peer), "-I", HERE / peer.script],
        env={**os.environ, **peer.environment},
        stdout=subprocess.PIPE,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    found = []
    for line in done.stdout.splitlines():
        data = json.loads(line)
        found.append(Flow(peer.name, data["about"], data["seconds"], data["problem"]))
    if done.returncode:
        found.append(Flow(peer.name, "all flows", 0.0, f"exit code {done.returncode}"))
    return found


def compiled(server: sandbox.Sandbox, peer: Peer) -> list[Flow]:
    """Compare our native compilation with qiskit-ionq's; a circuit with more gates is a problem."""
    start = time.perf_counter()
    found = []
    for about, problem in native_counts.problems(server, python_of(peer)):
        found.append(Flow(peer.name, about, time.perf_counter() - start, problem))
        start = time.perf_counter()
    return found


def show(found: list[Flow]) -> None:
    """Print the table and the problems."""
    table = Table("client", "flow", "seconds", "outcome")
    for flow in found:
        outcome = "[red]failed" if flow.problem else "[green]passed"
        table.add_row(flow.peer, flow.about, f"{flow.seconds:.2f}", outcome)
    Console().print(table)
    for flow in found:
        if flow.problem:
            print(f"\n{flow.peer}: {flow.about}\n{flow.problem}")


def main() -> int:
    """Run all clients; return the exit code."""
    waiting = sandbox.Timing(queue_s=30)
    patient = {"qpu.aria-2": waiting, "ibm_marrakesh": waiting, "aws.ionq.forte": waiting}
    with sandbox.start(timing=patient) as server:
        clients = peers(server)
        found = [flow for peer in clients for flow in flows(peer)]
        found += compiled(server, clients[0])
    show(found)
    failed = sum(flow.problem is not None for flow in found)
    print(f"{len(found) - failed} passed, {failed} failed")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())

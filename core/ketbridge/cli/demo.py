"""``ketbridge demo``: two circuits from both SDKs on two machines of the sandbox, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import click

from .console import OTHER, bar, console, print_table, queue_s, run_s, seconds, spinner, table, top

if TYPE_CHECKING:
    from rich.table import Table

    from ..jobs.handle import Job
    from ..jobs.state import JobState

MACHINES = ("sandbox:ionq/simulator", "sandbox:ionq/qpu.forte-1")
CIRCUITS = {"Bell": 2, "GHZ-5": 5}
SHOTS = 1000
NOTE = """
Each circuit was translated, sent over HTTP, queued, run and read back, as it
would be on the real service. Noise, queue and times are the sandbox's own.
Next: ketbridge run FILE.qasm --on sandbox:ionq/simulator"""
WIDE = 100
"""Columns from which on an address fits on one line of the table."""
BESIDE_BARS = {False: 70, True: 79}
"""Columns that the table takes without its bars, narrow and wide."""
LONGEST_BAR = 24
OUTCOMES = 4
"""Lines of counts of one circuit."""


@dataclass
class Run:
    """One line of the demo's table.

    Attributes:
        sdk, address, circuit: what ran where.
        job: the core's handle of the job.
        counts: asks the SDK's own result for the counts, each SDK in its own bit order.
    """

    sdk: str
    address: str
    circuit: str
    job: Job
    counts: Callable[[], Mapping[str, int]]


@click.command()
@click.option("--shots", default=SHOTS, show_default=True, type=int)
def demo(shots: int) -> None:
    """Run two circuits from both SDKs on the sandbox.

    A Bell pair and a 5-qubit GHZ state, from Qiskit and from Braket, on an ideal and on a noisy
    IonQ machine that the sandbox simulates. It needs no account and no network.
    """
    with spinner("starting the sandbox and loading both SDKs"):
        # The first circuit waits for the simulator's processes to start: it is not in the table.
        _qiskit(MACHINES[0], "warm-up", 1, 1).job.wait()
        runs = [
            submit(address, name, size, shots)
            for address in MACHINES
            for name, size in CIRCUITS.items()
            for submit in (_qiskit, _braket)
        ]
    with _progress(len(runs)) as step:
        states = [_wait(run, step) for run in runs]
    print_table(_table(runs, states, shots))
    click.echo(NOTE)


def _qiskit(address: str, name: str, size: int, shots: int) -> Run:
    backend = import_module("qiskit_ketbridge").backend
    circuit = import_module("qiskit").QuantumCircuit(size, name=name)
    circuit.h(0)
    for qubit in range(size - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    job = backend(address).run(circuit, shots=shots)
    handle = _handle(address, job.job_id())
    return Run("Qiskit", address, name, handle, lambda: job.result().get_counts())


def _braket(address: str, name: str, size: int, shots: int) -> Run:
    device = import_module("braket_ketbridge").KetbridgeDevice(address)
    circuit = import_module("braket.circuits").Circuit().h(0)
    for qubit in range(size - 1):
        circuit.cnot(qubit, qubit + 1)
    task = device.run(circuit, shots=shots)
    handle = _handle(address, task.id)
    return Run("Braket", address, name, handle, lambda: task.result().measurement_counts)


def _handle(address: str, job_id: str) -> Job:
    """Open a job in the core: its id is the last part of what an SDK calls it."""
    from ..connection import job

    return job(f"{address.rpartition('/')[0]}/{job_id.rpartition('/')[2]}")


Step = Callable[[str, bool], None]


def _wait(run: Run, step: Step) -> JobState:
    """Wait for a run, telling ``step`` what happens and at the end that it is done."""
    what = f"{run.sdk} {run.circuit} on {run.address}"

    def progress(state: JobState, _: float) -> None:
        step(f"{what}: {state.status.value}", False)

    state = run.job.wait(progress=progress)
    step(what, True)
    return state


@contextmanager
def _progress(total: int) -> Iterator[Step]:
    """Show a bar on a terminal; write a line for each finished run to anything else."""
    screen = console(err=True)
    if not screen.is_terminal:
        done = 0

        def write(what: str, finished: bool) -> None:
            nonlocal done
            done += finished
            if finished:
                click.echo(f"{done}/{total} {what}: done", err=True)

        yield write
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(20), MofNCompleteColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=screen, transient=True) as shown:
        task = shown.add_task("waiting", total=total)

        def update(what: str, finished: bool) -> None:
            shown.update(task, description=what, advance=int(finished))

        yield update


def _table(runs: list[Run], states: list[JobState], shots: int) -> Table:
    width = console().width
    wide = width >= WIDE
    longest = min(LONGEST_BAR, width - BESIDE_BARS[wide])
    right = ("shots", "queue", "run")
    made = table("SDK", "address", "circuit", "shots", "counts", "queue", "run", right=right)
    for number, (run, state) in enumerate(zip(runs, states, strict=True), 1):
        made.add_row(
            run.sdk,
            run.address if wide else run.address.replace(":", ":\n"),
            run.circuit,
            str(shots),
            _bars(run.counts(), longest),
            seconds(queue_s(state)),
            seconds(run_s(state)),
            end_section=number == len(runs) // 2,
        )
    return made


def _bars(counts: Mapping[str, int], longest: int) -> str:
    """Draw counts as one line for each outcome, in ascending order: the bits, a bar, the count."""
    rows = sorted(top(counts, OUTCOMES), key=lambda row: (row[0] == OTHER, row[0]))
    most = max(count for _, count in rows)
    return "\n".join(
        f"{outcome:<5} {bar(count / most, longest):<{longest}} {count:>4}"
        for outcome, count in rows
    )

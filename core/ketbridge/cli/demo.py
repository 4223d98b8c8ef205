"""``ketbridge demo``: two circuits from both SDKs on machines of every cloud, in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

from .console import OTHER, bar, console, print_table, table, top

if TYPE_CHECKING:
    from rich.table import Table

    from ..jobs.handle import Job
    from ..jobs.state import JobState

MACHINES = (
    "ionq/simulator",
    "ionq/qpu.forte-1",
    "ibm/ibm_fez",
    "ibm-direct/ibm_torino",
    "kipu/aws.sim.sv1",
    "kipu/iqm.qpu.garnet",
)
CIRCUITS = {"Bell": 2, "GHZ-5": 5}
SHOTS = 1000
NOTE = """
On the sandbox, {shots} shots each. Every circuit was translated, sent over HTTP,
queued, run and read back, as on the real service. Forte has simulated noise.
Next: ketbridge run FILE.qasm --on sandbox:kipu/iqm.qpu.garnet"""
BESIDE_BARS = 56
"""Columns that the table takes without its two columns of bars."""
LONGEST_BAR = 24
OUTCOMES = 4
"""Lines of counts of one circuit."""


@dataclass
class Run:
    """One cell of the demo's table.

    Attributes:
        sdk, machine, circuit: what ran where.
        job: the core's handle of the job.
        counts: asks the SDK's own result for the counts, each SDK in its own bit order.
    """

    sdk: str
    machine: str
    circuit: str
    job: Job
    counts: Callable[[], Mapping[str, int]]


@click.command()
@click.option("--shots", default=SHOTS, show_default=True, type=int)
def demo(shots: int) -> None:
    """Run two circuits from both SDKs on the sandbox.

    A Bell pair and a 5-qubit GHZ state, from Qiskit and from Braket, on machines of every cloud
    that the sandbox imitates. It needs no account and no network.
    """
    total = len(MACHINES) * len(CIRCUITS) * len(_SDKS)
    with _progress(total) as step:
        runs = [
            _submitted(sdk, machine, circuit, shots, step)
            for machine in MACHINES
            for circuit in CIRCUITS
            for sdk in _SDKS
        ]
        for run in runs:
            _wait(run, step)
    print_table(_table(runs))
    click.echo(NOTE.format(shots=shots))


Step = Callable[[str, bool], None]
Started = tuple[str, Callable[[], Mapping[str, int]]]
"""Id of a job as its SDK has it, and what asks for its counts."""


def _submitted(sdk: str, machine: str, circuit: str, shots: int, step: Step) -> Run:
    """Submit a circuit; the id of its job in the core is the last part of what an SDK calls it."""
    from ..connection import job

    step(f"{sdk} {circuit} to {machine}", False)
    job_id, counts = _SDKS[sdk](f"sandbox:{machine}", circuit, CIRCUITS[circuit], shots)
    handle = job(f"sandbox:{machine.partition('/')[0]}/{job_id.rpartition('/')[2]}")
    return Run(sdk, machine, circuit, handle, counts)


def _qiskit(address: str, name: str, size: int, shots: int) -> Started:
    backend = import_module("qiskit_ketbridge").backend
    qiskit = import_module("qiskit")
    machine = backend(address)
    circuit = qiskit.QuantumCircuit(size, name=name)
    circuit.h(0)
    for qubit in range(size - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    job = machine.run(qiskit.transpile(circuit, machine), shots=shots)
    return job.job_id(), lambda: job.result().get_counts()


def _braket(address: str, name: str, size: int, shots: int) -> Started:
    device = import_module("braket_ketbridge").KetbridgeDevice(address)
    circuit = import_module("braket.circuits").Circuit().h(0)
    for qubit in range(size - 1):
        circuit.cnot(qubit, qubit + 1)
    task = device.run(circuit, shots=shots)
    return task.id, lambda: task.result().measurement_counts


_SDKS: Mapping[str, Callable[[str, str, int, int], Started]] = {
    "Qiskit": _qiskit,
    "Braket": _braket,
}


def _wait(run: Run, step: Step) -> None:
    """Wait for a run, telling ``step`` what happens and at the end that it is done."""
    what = f"{run.sdk} {run.circuit} on {run.machine}"

    def progress(state: JobState, _: float) -> None:
        step(f"{what}: {state.status.value}", False)

    run.job.wait(progress=progress)
    step(what, True)


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
        task = shown.add_task("starting the sandbox", total=total)

        def update(what: str, finished: bool) -> None:
            shown.update(task, description=what, advance=int(finished))

        yield update


def _table(runs: list[Run]) -> Table:
    """Put the runs of a circuit on a machine beside each other, those of an SDK in a column."""
    longest = min(LONGEST_BAR, (console().width - BESIDE_BARS) // 2)
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for run in runs:
        cells.setdefault((run.machine, run.circuit), {})[run.sdk] = _bars(run.counts(), longest)
    made = table("machine", "circuit", *_SDKS)
    for machine in MACHINES:
        for number, circuit in enumerate(CIRCUITS, 1):
            made.add_row(
                machine if number == 1 else "",
                circuit,
                *(cells[machine, circuit][sdk] for sdk in _SDKS),
                end_section=number == len(CIRCUITS),
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

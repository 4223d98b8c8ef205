"""The circuits of one call of a primitive: prepared, sent in few jobs, and what came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiskit import QuantumCircuit
from qiskit.transpiler import generate_preset_pass_manager

from ketbridge import Program
from ketbridge.errors import ProgramError

from ..countdown import countdown
from ..errors import CircuitError
from ..progress import Progress, shown
from ..run_options import gather
from ..sending import ONE_A_JOB, send_all
from .options import PrimitiveOptions

if TYPE_CHECKING:
    from qiskit.primitives.containers import BindingsArray

    from ketbridge import Cost, JobState, Measurements
    from ketbridge.jobs.handle import Job
    from ketbridge.jobs.submission import Request

    from ..backends import KetbridgeBackend
    from ..session import Session


@dataclass(frozen=True, slots=True)
class Template:
    """A circuit with free parameters, translated for a backend as far as it needs.

    Attributes:
        circuit: the circuit as given.
        backend: where it is to run.
        options: whether and how it may be transpiled.
    """

    circuit: QuantumCircuit
    backend: KetbridgeBackend
    options: PrimitiveOptions

    def programs(self, values: BindingsArray, chosen: Iterable[int]) -> list[Program]:
        """Bind and translate; transpile first if the backend's instruction set demands it.

        Args:
            values: sets of parameter values, of any shape.
            chosen: the sets to take, as indices into all of them in C order.

        Raises:
            CircuitError: the circuit cannot run, or only transpiled and that is forbidden.
        """
        sets = values.ravel()
        names = [name for group in sets.data for name in group]
        numbers = [
            dict(
                zip(
                    names,
                    (float(n) for group in sets.data.values() for n in group[one]),
                    strict=True,
                )
            )
            for one in chosen
        ]
        try:
            return self._encoded(self.circuit, numbers)
        except CircuitError as error:
            if not self.options.transpile:
                error.add_note("The option transpile=False forbids transpiling it.")
                raise
            return self._encoded(self._transpile(error), numbers)

    def _encoded(self, circuit: QuantumCircuit, sets: list[dict[str, float]]) -> list[Program]:
        # A transpiled circuit may have lost parameters, as those of Z rotations before measuring.
        strict = circuit is self.circuit
        return [
            program
            for values in sets
            for program in self.backend.encode([circuit.assign_parameters(values, strict=strict)])
        ]

    def _transpile(self, reason: CircuitError) -> QuantumCircuit:
        passes = generate_preset_pass_manager(
            self.options.optimization_level, self.backend, seed_transpiler=self.options.seed
        )
        try:
            return passes.run(self.circuit)
        except Exception as error:
            raise reason from error


@dataclass(frozen=True, slots=True)
class Part:
    """One job and the places of its circuits among all of the call."""

    job: Job
    places: Sequence[int]


@dataclass(slots=True)
class Flight:
    """The jobs of one call.

    Attributes:
        parts: the jobs.
        size: number of circuits.
        progress: what is shown while waiting, as `progress.shown` takes it.
    """

    parts: list[Part] = field(default_factory=list)
    size: int = 0
    progress: bool | Progress | None = None

    def measurements(self, timeout_s: float | None = None) -> list[Measurements]:
        """Wait for every job; return what was measured, with single shots, circuit by circuit.

        Args:
            timeout_s: how long all of it may take, in seconds; None for as long as it takes.

        Raises:
            JobError: a job ended without a result, or the time is over.
        """
        found: list[Measurements | None] = [None] * self.size
        left_s = countdown(timeout_s)
        for number, part in enumerate(self.parts, 1):
            with shown(f"job {number} of {len(self.parts)}", self.progress) as show:
                part.job.wait(left_s(), progress=show)
            results = part.job.result(left_s())
            for place, measured in zip(part.places, results, strict=True):
                found[place] = measured.shuffled(f"{part.job.id}/{place}")
        return [measured for measured in found if measured is not None]

    def states(self) -> list[JobState]:
        """Ask for the state of every job."""
        return [part.job.state() for part in self.parts]

    def costs(self) -> list[Cost]:
        """Ask for the cost of every job."""
        return [part.job.cost() for part in self.parts]


def launch(
    backend: KetbridgeBackend,
    programs: Sequence[Program],
    shots: Sequence[int],
    options: PrimitiveOptions,
    session: Session | None,
) -> Flight:
    """Send programs in as few jobs as the cloud allows: one for each number of shots.

    Raises:
        ProgramError: the programs cannot run or cost more than allowed; nothing was sent.
        TransportError: a job was not taken. Jobs taken before it go on; the error's notes give
            their addresses.
    """
    requests = list(_requests(backend, programs, shots, options, session))
    sent = send_all(backend.cloud, [request for _, request in requests], options.max_cost)
    parts = [Part(job, places) for job, (places, _) in zip(sent, requests, strict=True)]
    return Flight(parts, len(programs), options.progress)


def _requests(
    backend: KetbridgeBackend,
    programs: Sequence[Program],
    shots: Sequence[int],
    options: PrimitiveOptions,
    session: Session | None,
) -> Iterator[tuple[Sequence[int], Request]]:
    by_shots: dict[tuple[int, Any], list[int]] = defaultdict(list)
    for place, (program, number) in enumerate(zip(programs, shots, strict=True)):
        by_shots[number, program.format].append(place)
    if options.max_circuits_per_job is not None and options.max_circuits_per_job < 1:
        raise ProgramError(
            f"max_circuits_per_job is at least 1 or None, not {options.max_circuits_per_job}"
        )
    most = options.max_circuits_per_job or backend.max_circuits or len(programs)
    given = {**options.run_options, "name": options.name, "tags": options.tags}
    if session is not None and programs:
        given["session"] = session.open_id()
    for (number, form), places in by_shots.items():
        limit = 1 if form in ONE_A_JOB else most
        for start in range(0, len(places), limit):
            chunk = places[start : start + limit]
            # The same seed in two jobs would draw the same numbers twice.
            seed = None if options.seed is None else options.seed + chunk[0]
            given |= {"shots": number, "seed": seed}
            wanted = gather(backend.options.__dict__, given, backend.cloud.options)
            yield chunk, backend.request([programs[place] for place in chunk], wanted)

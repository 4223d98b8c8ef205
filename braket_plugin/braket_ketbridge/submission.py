"""From circuits to tasks: translate, check, submit, and keep what the results will need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from braket.ahs import AnalogHamiltonianSimulation
from braket.circuits import Circuit
from braket.circuits.serialization import IRType
from braket.ir.openqasm import Program as OpenQasmProgram

from ketbridge.errors import ProgramError
from ketbridge.jobs.submission import Request
from ketbridge.programs import Format

from . import analog, tracking
from .task import KetbridgeQuantumTask
from .translate import encode, format_for
from .translate.compiler import Compiler
from .translate.source import as_circuit

if TYPE_CHECKING:
    from ketbridge import BackendInfo, Program
    from ketbridge.clouds.base import Cloud
    from ketbridge.jobs.handle import Job

    from .options import RunOptions
    from .program_set import Expanded

_MOST_CIRCUITS = 300
"""Circuits in one job where the service does not state how many it takes."""
_WITH_TAGS = ("ibm", "kipu")
"""Clouds that keep labels of a job and no strings by name: there each label is ``name=value``."""


def _labels(tags: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}={value}" for name, value in tags.items())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A circuit that can be submitted.

    Attributes:
        program: what goes on the wire.
        shots: number of shots.
        action: makes the program as the user gave it, for the result.
    """

    program: Program
    shots: int
    action: Callable[[], Any]


def prepare(
    task: Any, inputs: Mapping[str, float] | None, shots: int, compiler: Compiler
) -> Prepared:
    """Translate a circuit, or an analog Hamiltonian simulation, for a machine.

    Raises:
        ProgramError: it cannot run there.
    """
    if isinstance(task, AnalogHamiltonianSimulation):
        if inputs:
            raise ProgramError("an analog Hamiltonian simulation has no inputs")
        return Prepared(analog.encode(task, compiler.info), shots, task.to_ir)
    circuit = as_circuit(task, inputs)
    if not hasattr(inputs or {}, "items"):
        raise ProgramError(f"inputs are numbers by name, not {inputs!r}")
    if not compiler.info.formats:
        raise ProgramError(
            f"{compiler.info.name} reads no format that is known here: no circuit can be run on it"
        )
    form = format_for(circuit, compiler.info.formats)
    program = encode(circuit, form, inputs, compiler=compiler)
    return Prepared(program, shots, partial(_action, task, dict(inputs or {})))


def _action(task: Any, inputs: dict[str, float]) -> OpenQasmProgram:
    """Return the program as the user gave it, as Braket's results hold it."""
    if isinstance(task, OpenQasmProgram):
        return OpenQasmProgram(source=task.source, inputs={**(task.inputs or {}), **inputs})
    if isinstance(task, Circuit):
        return OpenQasmProgram(source=task.to_ir(IRType.OPENQASM).source, inputs=inputs)
    return OpenQasmProgram(source=task.to_ir(IRType.OPENQASM), inputs=inputs)


@dataclass(frozen=True, slots=True)
class Submitter:
    """Submits circuits to one machine.

    Attributes:
        cloud: the machine's cloud.
        info: what the service says of the machine.
        label: the machine's name for people.
        options: how to run.
        max_parallel: most submissions at a time.
    """

    cloud: Cloud
    info: BackendInfo
    label: str
    options: RunOptions
    max_parallel: int = 1

    def submit(self, circuits: Sequence[Prepared]) -> list[KetbridgeQuantumTask]:
        """Submit circuits, those with the same shots and in the same language as one job.

        Every job is checked before the first is sent.

        Returns:
            One task a circuit, in their order.

        Raises:
            ProgramError: a circuit cannot run; nothing was sent.
            TransportError: a job was not taken.
        """
        groups = self._grouped(circuits)
        requests = [self._request([circuits[number] for number in group]) for group in groups]
        for request in requests:
            self.cloud.check(request)
        jobs = self._sent(requests)
        tasks: dict[int, KetbridgeQuantumTask] = {}
        for job, group in zip(jobs, groups, strict=True):
            for part, number in enumerate(group):
                one = circuits[number]
                place = part if len(group) > 1 else None
                tasks[number] = KetbridgeQuantumTask.of(job, place, self.options, one.action)
                tracking.created(tasks[number].id, one.shots, self.label)
        return [tasks[number] for number in range(len(circuits))]

    def submit_set(self, expanded: Expanded, circuits: Sequence[Prepared]) -> KetbridgeQuantumTask:
        """Submit the circuits of a program set as one job.

        Raises:
            ProgramError: they cannot run in one job; nothing was sent.
            TransportError: the job was not taken.
        """
        from .program_set import KetbridgeProgramSetTask

        groups = self._grouped(circuits)
        if self.info.max_circuits == 1 and len(groups) > 1:
            raise ProgramError(
                f"{self.info.name} takes one circuit a job, and a program set is one job: run the "
                "circuits of this one with run_batch()"
            )
        if len(groups) > 1:
            raise ProgramError(
                f"the {len(circuits)} circuits of this program set do not fit into one job of "
                f"{self.info.name}: divide it into smaller ones"
            )
        job = self.cloud.submit(self._request(circuits))
        task = KetbridgeProgramSetTask.of_set(job, self.options, expanded)
        tracking.created(task.id, expanded.shots * len(circuits), self.label)
        return task

    def _sent(self, requests: Sequence[Request]) -> list[Job]:
        """Send all; where one fails, its error names the jobs of the others, which go on."""
        if len(requests) == 1:
            return [self.cloud.submit(requests[0])]
        with ThreadPoolExecutor(self.max_parallel) as executor:
            sent = [executor.submit(self.cloud.submit, request) for request in requests]
        errors = [error for error in (one.exception() for one in sent) if error is not None]
        if not errors:
            return [one.result() for one in sent]
        taken = [one.result().address for one in sent if one.exception() is None]
        if taken:
            errors[0].add_note(f"these jobs of the batch were taken and go on: {', '.join(taken)}")
        raise errors[0]

    def _grouped(self, circuits: Sequence[Prepared]) -> list[list[int]]:
        most = self.info.max_circuits or _MOST_CIRCUITS
        alike: dict[tuple[int, Format], list[int]] = {}
        for number, circuit in enumerate(circuits):
            alike.setdefault((circuit.shots, circuit.program.format), []).append(number)
        return [
            same[start : start + most]
            for same in alike.values()
            for start in range(0, len(same), most)
        ]

    def _request(self, circuits: Sequence[Prepared]) -> Request:
        return Request(
            self.info.name,
            [circuit.program for circuit in circuits],
            circuits[0].shots,
            self.options.name,
            tags=_labels(self.options.tags) if self.info.cloud in _WITH_TAGS else (),
            metadata=dict(self.options.tags),
            seed=self.options.seed,
            options=self._options_for(circuits[0].program.format),
            sdk="braket",
        )

    def _options_for(self, form: Format) -> dict[str, Any]:
        """Return the cloud's options; who rewrites OpenQASM 3 is told which qubits must stay."""
        chosen = dict(self.options.cloud)
        if form is Format.BRAKET_OPENQASM3 and self.options.disable_qubit_rewiring:
            chosen["disable_qubit_rewiring"] = True
        return chosen

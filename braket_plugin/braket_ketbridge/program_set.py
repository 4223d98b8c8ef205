"""Program sets: many circuits, inputs and observables as one job of many circuits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from braket.ir.openqasm import Program as OpenQasmProgram
from braket.ir.openqasm import ProgramSet as OpenQasmProgramSet
from braket.program_sets import ProgramSet
from braket.task_result import (
    AdditionalMetadata,
    ProgramResult,
    ProgramSetExecutableResult,
    ProgramSetTaskMetadata,
    ProgramSetTaskResult,
)
from braket.task_result.program_set_executable_result_v1 import ProgramSetExecutableResultMetadata
from braket.task_result.program_set_task_metadata_v1 import ProgramMetadata
from braket.tasks import ProgramSetQuantumTaskResult

from ketbridge.errors import ProgramError

from .results import TaskFacts, moment
from .task import KetbridgeQuantumTask

if TYPE_CHECKING:
    from braket.tasks import GateModelQuantumTaskResult

    from ketbridge import Measurements
    from ketbridge.jobs.handle import Job

    from .options import RunOptions

Inputs = dict[str, float]


@dataclass(frozen=True, slots=True)
class Expanded:
    """A program set with its single circuits.

    Attributes:
        given: what the user gave.
        programs: its programs; the values of an input are a list.
        executables: the circuits of all programs in order: program and inputs of each.
        shots: number of shots of each circuit.
    """

    given: ProgramSet | OpenQasmProgramSet
    programs: Sequence[OpenQasmProgram]
    executables: Sequence[tuple[OpenQasmProgram, Inputs]]
    shots: int


def is_program_set(task: Any) -> bool:
    """Say whether something is a program set."""
    return isinstance(task, ProgramSet | OpenQasmProgramSet)


def expand(given: ProgramSet | OpenQasmProgramSet, shots: Any, inputs: Any) -> Expanded:
    """Take a program set apart.

    Args:
        given: the program set.
        shots: of all circuits together; None or -1 for as many as the set says.
        inputs: must be none: a set has its own.

    Raises:
        ProgramError: there are inputs, or the shots are not known or cannot be divided evenly.
    """
    if inputs:
        raise ProgramError("a program set has its inputs in itself: give run() no inputs")
    programs = (given.to_ir() if isinstance(given, ProgramSet) else given).programs
    executables = [
        (program, {name: values[number] for name, values in (program.inputs or {}).items()})
        for program in programs
        for number in range(_size(program))
    ]
    return Expanded(given, programs, executables, _shots(given, shots, len(executables)))


def _size(program: OpenQasmProgram) -> int:
    """Return how many circuits a program is: one for each value of its inputs."""
    return len(next(iter((program.inputs or {}).values()), [None]))


def _shots(given: ProgramSet | OpenQasmProgramSet, shots: Any, size: int) -> int:
    """Return the shots of one circuit."""
    if shots is None or (shots == -1 and not isinstance(shots, bool)):
        each = getattr(given, "shots_per_executable", None)
        if not each:
            raise ProgramError("Shots must be specified in program set or during task creation")
        return int(each)
    if isinstance(shots, bool) or not isinstance(shots, int) or shots < 1 or shots % size:
        raise ProgramError(
            f"shots are those of all {size} circuits of the program set together, in equal parts: "
            f"a multiple of {size}, not {shots!r}"
        )
    return shots // size


class KetbridgeProgramSetTask(KetbridgeQuantumTask):
    """A program set that was submitted, as one job of many circuits.

    Its id is the job's address; each circuit alone is the task of that id with ``~`` and its
    number.
    """

    _expanded: Expanded

    @classmethod
    def of_set(cls, job: Job, options: RunOptions, expanded: Expanded) -> KetbridgeProgramSetTask:
        """Make the view of a job that runs a program set."""
        task = cls.__new__(cls)
        task._set(job, None, options, None)
        task._expanded = expanded
        return task

    def _result_of(
        self, measured: list[Measurements], facts: TaskFacts
    ) -> ProgramSetQuantumTaskResult:
        number = iter(range(len(measured)))
        programs = [
            ProgramResult.construct(
                executableResults=[
                    _executable(place, self._single(measured, next(number), facts))
                    for place in range(_size(program))
                ],
                source=program,
                additionalMetadata=AdditionalMetadata.construct(action=program),
            )
            for program in self._expanded.programs
        ]
        whole = ProgramSetTaskResult.construct(
            programResults=programs, taskMetadata=self._metadata(facts), s3Location=None
        )
        given = self._expanded.given
        return ProgramSetQuantumTaskResult.from_object(
            whole, given if isinstance(given, ProgramSet) else None
        )

    def _metadata(self, facts: TaskFacts) -> ProgramSetTaskMetadata:
        shots = self._expanded.shots * len(self._expanded.executables)
        done = ProgramSetExecutableResultMetadata()
        return ProgramSetTaskMetadata(
            id=facts.id,
            deviceId=facts.device,
            requestedShots=shots,
            successfulShots=shots,
            programMetadata=[
                ProgramMetadata(executables=[done] * _size(program))
                for program in self._expanded.programs
            ],
            createdAt=moment(facts.state.created),
            endedAt=moment(facts.state.ended),
            status=facts.status,
            totalFailedExecutables=0,
        )


def _executable(place: int, result: GateModelQuantumTaskResult) -> ProgramSetExecutableResult:
    return ProgramSetExecutableResult.construct(
        inputsIndex=place,
        measurements=result.measurements.tolist(),
        measurementProbabilities=None,
        measuredQubits=result.measured_qubits,
    )

"""One circuit on its way, as a Braket quantum task."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from email.utils import formatdate
from logging import Logger, getLogger
from typing import TYPE_CHECKING, Any, ClassVar

from braket.tasks import GateModelQuantumTaskResult, QuantumTask

from ketbridge.errors import AddressError, JobCancelled, JobFailed, JobTimeout
from ketbridge.jobs.state import JobState, JobStatus
from ketbridge.programs import Format

from . import tracking
from .options import DEFAULT_TIMEOUT_S, RunOptions
from .results import TaskFacts, build

if TYPE_CHECKING:
    from braket.aws.queue_information import QuantumTaskQueueInfo

    from ketbridge import Cost, Measurements, Program
    from ketbridge.clouds.document import Document
    from ketbridge.jobs.handle import Job

_PART = re.compile(r"(?P<job>.+)~(?P<part>[0-9]{1,6})")
_WORDS = {
    JobStatus.QUEUED: "QUEUED",
    JobStatus.RUNNING: "RUNNING",
    JobStatus.DONE: "COMPLETED",
    JobStatus.FAILED: "FAILED",
    JobStatus.CANCELLED: "CANCELLED",
    JobStatus.UNKNOWN: "QUEUED",
}


class KetbridgeQuantumTask(QuantumTask):
    """A circuit that was submitted: asked for its state, waited for, read.

    A batch runs as one job of many circuits; each of its tasks is a view of one of them, and its
    id is the job's address with ``~`` and the circuit's number.
    """

    NO_RESULT_TERMINAL_STATES: ClassVar[set[str]] = {"FAILED", "CANCELLED"}
    RESULTS_READY_STATES: ClassVar[set[str]] = {"COMPLETED"}
    TERMINAL_STATES: ClassVar[set[str]] = RESULTS_READY_STATES | NO_RESULT_TERMINAL_STATES

    def __init__(
        self,
        arn: str,
        *,
        poll_timeout_seconds: float = DEFAULT_TIMEOUT_S,
        logger: Logger = getLogger("braket_ketbridge"),  # noqa: B008 - as AwsQuantumTask has it
        quiet: bool = False,
    ) -> None:
        """Open a task from any process or machine; nothing is asked yet.

        Args:
            arn: its id, ``[account:]cloud/<job id>``, with ``~<number>`` for one of a batch.
            poll_timeout_seconds: how long `result` waits, in seconds.
            logger: where to log.
            quiet: whether to log less.

        Raises:
            AddressError: the id is not of that form.
            CredentialError: there is no such account, or it cannot be used.
        """
        from ketbridge.connection import job

        if not isinstance(arn, str):
            raise AddressError(f"a task's id is a string, not {type(arn).__name__}")
        match = _PART.fullmatch(arn)
        opened = job(match["job"] if match else arn)
        options = RunOptions(poll_timeout_s=poll_timeout_seconds, logger=logger, quiet=quiet)
        self._set(opened, int(match["part"]) if match else None, options, None)

    @classmethod
    def of(
        cls,
        job: Job,
        part: int | None,
        options: RunOptions,
        action: Callable[[], Any] | None = None,
    ) -> KetbridgeQuantumTask:
        """Make the view of one circuit of a job.

        Args:
            job: the job.
            part: number of the circuit; None where the job has only one.
            options: how it is run.
            action: makes the program as the user gave it.
        """
        task = cls.__new__(cls)
        task._set(job, part, options, action)
        return task

    def _set(
        self,
        job: Job,
        part: int | None,
        options: RunOptions,
        action: Callable[[], Any] | None,
    ) -> None:
        self._job = job
        self._part = part
        self._options = options
        self._action = action
        self._state: JobState | None = None
        self._cancelling = False
        self._result: GateModelQuantumTaskResult | None = None
        self._future: asyncio.Task[GateModelQuantumTaskResult | None] | None = None

    # -- what it is -------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """Id that opens it anywhere."""
        address = self._job.address
        return address if self._part is None else f"{address}~{self._part}"

    @property
    def job(self) -> Job:
        """The job that it is a view of."""
        return self._job

    def __repr__(self) -> str:
        return f"KetbridgeQuantumTask({self.id!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KetbridgeQuantumTask) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)

    # -- state ------------------------------------------------------------------------------------

    def state(self, use_cached_value: bool = False) -> str:
        """Return the state in Braket's words: QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED...

        Args:
            use_cached_value: whether the last answer is enough.

        Raises:
            TransportError: the service could not be asked.
        """
        if self._state is None or not use_cached_value:
            self._state = self._job.state()
        return self._word(self._state)

    def _word(self, state: JobState) -> str:
        if self._cancelling and not state.status.final:
            return "CANCELLING"
        return _WORDS[state.status]

    def cancel(self) -> None:
        """Ask the service to cancel it; all tasks of a batch that share its job end with it.

        Raises:
            TransportError: the service did not confirm it.
        """
        self._job.cancel()
        self._cancelling = True

    @property
    def cancelled_here(self) -> bool:
        """Whether `cancel` was called on this object."""
        return self._cancelling

    def queue_position(self) -> QuantumTaskQueueInfo:
        """Return how many jobs are ahead, where the service says so.

        Raises:
            TransportError: the service could not be asked.
        """
        from braket.aws.queue_information import QuantumTaskQueueInfo, QueueType

        word = self.state()
        position = self._state.queue_position if self._state else None
        if word == "QUEUED" and position is not None:
            return QuantumTaskQueueInfo(QueueType.NORMAL, str(position))
        message = f"The task is in {word}; the service gives no position in the queue."
        return QuantumTaskQueueInfo(QueueType.NORMAL, None, message)

    def cost(self) -> Cost:
        """Return what the job costs, in the service's own unit.

        Raises:
            TransportError: the service could not be asked.
        """
        return self._job.cost()

    def metadata(self, use_cached_value: bool = False) -> dict[str, Any]:
        """Return what Amazon's service would say of the task, as far as it is known here.

        Raises:
            TransportError: the service could not be asked.
        """
        word = self.state(use_cached_value)
        state = self._state
        assert state is not None
        request = self._job.request()
        queue = {"queue": "QUANTUM_TASKS_QUEUE", "queuePriority": "Normal"}
        if state.queue_position is not None:
            queue["position"] = str(state.queue_position)
        data = {
            "quantumTaskArn": self.id,
            "deviceArn": self._device(),
            "status": word,
            "shots": request.shots,
            "tags": dict(request.metadata) or _named(request.tags),
            "queueInfo": queue,
            "ResponseMetadata": {"HTTPHeaders": {"date": formatdate(usegmt=True)}},
        }
        times = {"createdAt": state.created, "endedAt": state.ended}
        data |= {key: moment for key, moment in times.items() if moment is not None}
        if word == "FAILED":
            data["failureReason"] = self._reason(state)
        return data

    def _device(self) -> str:
        return f"{self._job.cloud.account.at}/{self._job.request().backend}"

    @staticmethod
    def _reason(state: JobState) -> str:
        words = (state.failure_code, state.failure_reason)
        return ": ".join(word for word in words if word) or "unknown"

    # -- result -----------------------------------------------------------------------------------

    def result(self) -> Any:
        """Wait and return the result; the same object at every call.

        Returns:
            The result; None where the task failed, was cancelled or took longer than its time,
            as with ``AwsQuantumTask``. The reason is logged and is in `metadata`.

        Raises:
            TransportError: the result could not be fetched.
        """
        if self._result is None:
            with _Ending(self) as ending:
                timeout_s = self._options.poll_timeout_s
                ending.read(self._job.wait(timeout_s, progress=self._progress))
                if self._is_analog():
                    self._result = self._build_analog(self._job.raw_result(timeout_s))
                else:
                    self._result = self._build(self._job.result(timeout_s))
        return self._result

    def async_result(self) -> asyncio.Task[Any]:
        """Return an asyncio task that waits and has the result of `result`.

        Without a running event loop, one is made and set for this thread, to be run by the
        caller; `result` never needs one.
        """
        if self._future is None or self._future.get_loop().is_closed():
            try:
                loop = asyncio.get_running_loop()
            except RuntimeError:
                loop = asyncio.new_event_loop()
                asyncio.set_event_loop(loop)
            self._future = loop.create_task(self._aresult())
        return self._future

    async def _aresult(self) -> Any:
        if self._result is None:
            with _Ending(self) as ending:
                timeout_s = self._options.poll_timeout_s
                ending.read(await self._job.await_done(timeout_s, progress=self._progress))
                if await asyncio.to_thread(self._is_analog):
                    self._result = self._build_analog(await self._job.araw_result(timeout_s))
                else:
                    self._result = self._build(await self._job.aresult(timeout_s))
        return self._result

    def _progress(self, state: JobState, elapsed_s: float) -> None:
        self._state = state
        self._options.logger.debug(f"Task {self.id}: task status {self._word(state)}")
        if not self._options.quiet and state.queue_position is not None:
            self._options.logger.debug(f"Task {self.id}: queue position {state.queue_position}")

    def _is_analog(self) -> bool:
        return any(one.format is Format.BRAKET_AHS for one in self._job.request().programs)

    def _build_analog(self, document: Document) -> Any:
        from .analog import result_of

        state = self._state or self._job.state()
        tracking.completed(self.id, self._word(state), state.run_s)
        return result_of(document)

    def _build(self, measured: list[Measurements]) -> Any:
        state = self._state or self._job.state()
        action = None if self._action is None else self._action()
        facts = TaskFacts(self.id, self._device(), self._word(state), state, action)
        tracking.completed(self.id, self._word(state), state.run_s)
        return self._result_of(measured, facts)

    def _result_of(self, measured: list[Measurements], facts: TaskFacts) -> Any:
        return self._single(measured, self._part or 0, facts)

    def _single(
        self, measured: list[Measurements], part: int, facts: TaskFacts
    ) -> GateModelQuantumTaskResult:
        """Make the result of one circuit of the job."""
        if part >= len(measured):
            raise AddressError(f"{self._job.address} has {len(measured)} circuits, none ~{part}")
        return build(measured[part], self._program(part), facts)

    def _program(self, part: int) -> Program:
        """Return what was run; from the circuit itself where the service keeps only that."""
        program = self._job.request().programs[part]
        if program.format is not Format.QISKIT_QPY or program.readout.num_bits:
            return program
        from .translate.ibm import recalled

        return recalled(program)


def _named(labels: Iterable[str]) -> dict[str, str]:
    """Read the tags of a service that keeps each as ``name=value``."""
    return {name: value for name, _, value in (label.partition("=") for label in labels)}


class _Ending:
    """Turns the ends of a job that give no result into a line of the log, as Braket does."""

    def __init__(self, task: KetbridgeQuantumTask) -> None:
        self.task = task
        self.log = task._options.logger

    def __enter__(self) -> _Ending:
        self.log.debug(f"Task {self.task.id}: start polling for completion")
        return self

    def read(self, state: JobState) -> None:
        """Keep the final state and log it."""
        self.task._state = state
        self.log.debug(f"Task {self.task.id}: task status {self.task._word(state)}")

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        task = self.task
        if isinstance(error, JobFailed | JobCancelled):
            word = "FAILED" if isinstance(error, JobFailed) else "CANCELLED"
            self.log.warning(f"Task is in terminal state {word} and no result is available.")
            if isinstance(error, JobFailed) and task._state is not None:
                self.log.warning(f"Task failure reason is: {task._reason(task._state)}.")
            tracking.completed(task.id, word, None)
            return True
        if isinstance(error, JobTimeout):
            self.log.warning(
                f"Task {task.id}: polling for task completion timed out. It goes on and can be "
                "opened again by this id, with a larger poll_timeout_seconds."
            )
            return True
        return False

"""Jobs of IBM's programs: of the sampler and estimator, of ``backend.run``, of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from qiskit.result import Result

from ketbridge.errors import ProgramError

from ..countdown import countdown
from ..errors import as_qiskit_errors
from ..jobs import KetbridgeJob
from ..progress import Progress, shown
from . import marks
from .status import Status

if TYPE_CHECKING:
    from ketbridge import Measurements, Program
    from ketbridge.clouds.document import Document
    from ketbridge.clouds.ibm import IbmCloud
    from ketbridge.clouds.ibm.models import JobResponse

    from .backend import IbmBackend
    from .properties import Properties

SAMPLER = "sampler"
PRIMITIVES = (SAMPLER, "estimator")


class ServerJob(KetbridgeJob):
    """A job of a program that runs on the server."""

    _found: Any = None

    def status(self) -> Status:  # type: ignore[override]
        """Return the status, which equals Qiskit's `JobStatus` and its name as text.

        Raises:
            TransportError: the service could not be asked.
        """
        return Status(super().status().name)

    JOB_FINAL_STATES = ("DONE", "CANCELLED", "ERROR")
    ERROR = "ERROR"

    def in_final_state(self) -> bool:
        """Whether the job has ended."""
        return bool(self._job.status().final)

    def errored(self) -> bool:
        """Whether the job failed."""
        return self.status() == "ERROR"

    def error_message(self) -> str | None:
        """Return why the job failed, None where it did not: code and reason of the service."""
        state = self._job.state()
        words = [word for word in (state.failure_code, state.failure_reason) if word]
        return ": ".join(words) if words else None

    @property
    def creation_date(self) -> datetime | None:
        """When the job was created, in local time."""
        state = self._info.state if self._info else self._job.state()
        created = state.created
        return None if created is None else created.astimezone()

    @property
    def primitive_id(self) -> str:
        """Id of the program: ``sampler``, ``estimator``, ``noise-learner``, ``executor``.

        Raises:
            TransportError: the service had to be asked and could not be.
        """
        detail = self._job.state().detail
        program = getattr(getattr(detail, "program", None), "id", None)
        return str(program or self._job.request().options.get("program", SAMPLER))

    program_id = primitive_id

    def result(
        self,
        timeout: float | None = None,
        *,
        memory: bool | None = None,
        progress: bool | Progress | None = None,
        decoder: Any = None,
        poll_interval: float | None = None,
        **options: Any,
    ) -> Any:
        """Wait, and return the result; the same at every call and on every machine.

        Args:
            timeout: how long it may take, in seconds; None for as long as it takes.
            decoder: a class whose ``decode`` reads the text of the result, as those of IBM's own
                client do; None for what the program's results are read by.
            poll_interval: has no effect: how often to ask follows from how long the job takes.
            memory: for a job of ``backend.run``, whether the result has the outcome of each shot.
            progress: as `wait` takes it.
            **options: there are none for IBM.

        Returns:
            A Qiskit `Result` for a job of ``backend.run``, and else what the program gives: a
            `PrimitiveResult` of sampler and estimator, a `NoiseLearnerResult`, typed documents.

        Raises:
            JobFailed: the job failed; ``code`` and ``reason`` are the service's.
            JobCancelled: the job was cancelled.
            JobTimeout: the time is over; the job goes on.
            JobLost: the service does not know the job or never gave its result.
            ProtocolError: the result cannot be read.
            TransportError: the result could not be fetched.
            TypeError: there is no such option.
        """
        if options:
            raise TypeError(f"IBM has no result option {next(iter(options))!r}")
        if decoder is not None:
            return decoder.decode(self._document(timeout, progress).content.decode())
        if self._found is None:
            self._found = self._read(self._document(timeout, progress))
        if isinstance(self._found, _Run):
            return self._found.result(self, self._memory if memory is None else memory)
        return self._found

    def _document(self, timeout: float | None, progress: bool | Progress | None) -> Document:
        left_s = countdown(timeout)
        self.wait(timeout, progress)
        with as_qiskit_errors(), shown(self.address, progress):
            return self._job.raw_result(left_s())

    def wait_for_final_state(
        self,
        timeout: float | None = None,
        wait: float = 5,
        callback: Callable[..., None] | None = None,
        *,
        poll_interval: float | None = None,
    ) -> None:
        """Wait until the job has ended; see `KetbridgeJob.wait_for_final_state`.

        Args:
            timeout: how long to wait, in seconds; None for as long as it takes.
            wait: has no effect, nor has ``poll_interval``.
            callback: called with the job's id, its status and the job after each answer.
            poll_interval: see ``wait``.

        Raises:
            JobTimeout: the time is over; the job goes on.
        """
        super().wait_for_final_state(timeout, wait, callback)

    def _read(self, document: Document) -> Any:
        from ketbridge.clouds.ibm_shared import decoding
        from ketbridge.errors import ProtocolError

        from . import documents, results

        program = self.primitive_id
        try:
            typed = documents.read(document.content) if program not in PRIMITIVES else None
            if typed is not None:
                return typed
            decoded = decoding.loads(document.content)
            if program == SAMPLER and isinstance(decoded, decoding.PrimitiveResult):
                found = [self._mark(index, pub) for index, pub in enumerate(decoded.pubs)]
                ours = [one for one in found if one is not None]
                if ours and len(ours) == len(found):
                    return _Run(decoded, ours)
            return results.convert(decoded, program)
        except ValueError as error:
            raise ProtocolError(f"the result of {self.address} cannot be read: {error}") from error

    def _mark(self, index: int, pub: Any) -> marks.Mark | None:
        """Read the mark of a circuit, from what was sent where the service does not repeat it."""
        if "circuit_metadata" in pub.metadata:
            return marks.read(pub.metadata["circuit_metadata"])
        programs: tuple[Program, ...] = tuple(self._job.request().programs)
        return marks.read(programs[index].metadata) if index < len(programs) else None


class _Run:
    """The result of ``backend.run`` before the caller says whether single shots are wanted."""

    def __init__(self, decoded: Any, found: list[marks.Mark]) -> None:
        from ketbridge.clouds.ibm_shared import sampled

        self._marks = found
        self._measured: list[Measurements] = sampled.of_result(
            decoded, [mark.sent for mark in found]
        )
        self._results: dict[bool, Result] = {}

    def result(self, job: ServerJob, memory: bool) -> Result:
        """Make the result, once for each wish."""
        from ketbridge import Format, Program

        from ..results import build

        if memory not in self._results:
            programs = [
                Program(Format.QISKIT_QPY, b"", one.readout, 0, one.name, dict(one.metadata))
                for one in self._marks
            ]
            request = job._job.request()
            self._results[memory] = build(
                request.backend,
                job.job_id(),
                programs,
                self._measured,
                memory=memory,
                seed=request.seed,
                metadata=job._metadata,
            )
        return self._results[memory]


class IbmJob(ServerJob):
    """A job at IBM Qiskit Runtime, with what its own client's jobs have."""

    _tags: Sequence[str] | None = None

    def _described(self) -> JobResponse:
        """Return what the service says of the job, a list of jobs included."""
        detail = self._info.state.detail if self._info else self._job.state().detail
        if detail is None:
            from ketbridge.clouds.ibm import operations

            detail = self._job.cloud.send(operations.get_job(self._job.id, exclude_params=True))
        return detail  # type: ignore[no-any-return]

    def metrics(self) -> dict[str, Any]:
        """Return times and use of the job, its place in the queue and estimates of its start.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        found = self._job.cloud.send(operations.get_job_metrics_jid(self._job.id))
        return dict(found.model_dump(mode="json", exclude_none=True))

    def usage(self, partial: bool = False) -> float:
        """Return the seconds of the machine that the job is charged, or is expected to be.

        Args:
            partial: has no effect: what is known so far is always returned.

        Raises:
            TransportError: the service could not be asked.
        """
        return self.cost().value

    @property
    def usage_estimation(self) -> dict[str, float | None]:
        """The service's estimate of the time on the machine: ``quantum_seconds``."""
        expected_s = self._described().estimated_running_time_seconds
        if expected_s is None:
            expected_s = self._job.state().expected_run_s
        return {"quantum_seconds": expected_s}

    def queue_info(self) -> dict[str, Any]:
        """Return place in the queue and estimated start, end and run time, as far as known.

        Raises:
            TransportError: the service could not be asked.
        """
        found = self.metrics()
        names = ("position_in_queue", "position_in_provider", "estimated_start_time",
                 "estimated_completion_time")  # fmt: skip
        return {name: found.get(name) for name in names} | self.usage_estimation

    def logs(self) -> str:
        """Return the log of the job.

        Raises:
            TransportError: the service could not be asked.
        """
        from ketbridge.clouds.ibm import operations

        return str(self._job.cloud.send(operations.get_job_logs_jid(self._job.id)))

    @property
    def tags(self) -> list[str]:
        """The labels of the job."""
        from ketbridge.clouds.ibm import tags

        if self._tags is None:
            self._tags = tags.users(self._described().tags)
        return list(self._tags)

    def update_tags(self, new_tags: Iterable[str]) -> list[str]:
        """Replace the labels of the job and return them.

        The tag by which the submission is recognised is kept.

        Raises:
            ProgramError: there are too many, or one is too long.
            TransportError: the service did not confirm it.
        """
        from ketbridge.clouds.ibm import operations, tags

        if isinstance(new_tags, str):
            raise ProgramError(f"tags are a list of strings, not {new_tags!r}")
        cloud, wanted = cast("IbmCloud", self._job.cloud), list(new_tags)
        tags.check(wanted, cloud.api_version)
        now = cloud.send(operations.get_job(self._job.id, exclude_params=True)).tags or ()
        users = tags.users(now)
        ours = [tag for tag in now if tag not in users]
        cloud.send(operations.replace_job_tags(self._job.id, [*wanted, *ours]))
        self._tags = tuple(wanted)
        return wanted

    @property
    def session_id(self) -> str | None:
        """The session or batch that the job belongs to."""
        return self._described().session_id

    @property
    def private(self) -> bool:
        """Whether the service shows the input never again and the result once."""
        return bool(self._described().private)

    @property
    def image(self) -> str:
        """The software image that the job asked for; empty for the usual one."""
        return self._described().runtime or ""

    @property
    def instance(self) -> str:
        """The CRN of the instance that the job belongs to."""
        return cast("IbmCloud", self._job.cloud).instance_crn()

    def properties(self, refresh: bool = False) -> Properties | None:
        """Return what was measured of the machine last before the job ran.

        Args:
            refresh: has no effect: the service is asked at every call.

        Raises:
            TransportError: the service could not be asked.
        """
        state = self._job.state()
        backend = cast("IbmBackend", self.backend())
        return backend.properties(datetime=state.started or state.created)

    @property
    def inputs(self) -> dict[str, Any]:
        """The input of the program, circuits and arrays read; empty for a private job.

        Raises:
            TransportError: the service could not be asked.
        """
        import json

        from ketbridge.clouds.ibm import operations

        from . import results

        job = self._job.cloud.send(operations.get_job(self._job.id, exclude_params=False))
        return dict(results.loads(json.dumps(job.params or {}), job.program.id))

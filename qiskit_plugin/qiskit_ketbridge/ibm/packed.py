"""Several jobs of one call as one: their results in order, their spans of time together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qiskit.primitives import PrimitiveResult

from ..countdown import countdown
from ..primitives.flight import Flight, Part
from ..primitives.job import PrimitiveJob
from .spans import ExecutionSpan, ExecutionSpans
from .status import Status

if TYPE_CHECKING:
    from .job import ServerJob


class PackedJob(PrimitiveJob):
    """The jobs of one call whose PUBs were too many for one; ``jobs`` has them in order."""

    def __init__(self, jobs: Sequence[ServerJob]) -> None:
        flight = Flight([Part(job._job, ()) for job in jobs], 0)
        super().__init__(flight, lambda _: PrimitiveResult([]))
        self.jobs = tuple(jobs)

    def status(self) -> Status:  # type: ignore[override]  # pyright: ignore
        """Return the status of the least advanced job, a failure first; see `ServerJob.status`.

        Raises:
            TransportError: the service could not be asked.
        """
        return Status(super().status().name)

    def usage(self) -> float:
        """Return the seconds of the machine that all jobs are charged, or are expected to be.

        Raises:
            TransportError: the service could not be asked.
        """
        return sum(cost.value for cost in self.costs())

    def result(self, timeout: float | None = None) -> PrimitiveResult[Any]:
        """Wait for all jobs and return their results as one; see `ServerJob.result`.

        The metadata are those of the first job, with the spans of time of all.
        """
        if self._result is None:
            left_s = countdown(timeout)
            self._result = joined([job.result(left_s()) for job in self.jobs])
        return self._result


def joined(results: Sequence[PrimitiveResult[Any]]) -> PrimitiveResult[Any]:
    """Return the PUBs of several results as one result, whose spans count them in this order."""
    spans: list[ExecutionSpan] = []
    offset = 0
    for one in results:
        known = one.metadata.get("execution", {}).get("execution_spans", ())
        spans += [_moved(span, offset) for span in known]
        offset += len(one)
    metadata = dict(results[0].metadata)
    if spans:
        metadata["execution"] = {**metadata["execution"], "execution_spans": ExecutionSpans(spans)}
    return PrimitiveResult([pub for one in results for pub in one], metadata)


def _moved(span: ExecutionSpan, offset: int) -> ExecutionSpan:
    parts = {index + offset: part for index, part in span.parts.items()}
    return ExecutionSpan(span.start, span.stop, parts)

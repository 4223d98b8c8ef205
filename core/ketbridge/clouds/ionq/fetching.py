"""Fetching results: single shots where there are any, else counts, else probabilities.

The ideal simulator gives probabilities only; shots are then drawn with the request's seed, or with
the job's id, so that every fetch on every machine gives the same counts. What the service calls a
state is an integer whose bit ``i`` is qubit ``i``; for ``ionq.qasm3.v1`` the contract says nothing
and bit ``i`` is taken as classical bit ``i``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...errors import ProtocolError
from ...jobs.submission import Request
from ...programs import Format, Program
from ...results import Measurements
from ...transport.operation import Flow, Operation, Together, flow_of
from ..paging import advance
from ..wire import are_decimal
from . import operations
from .models import BaseJob, CircuitJobResult, GetJobResponse, NoiseModel

_NONE = CircuitJobResult()


@dataclass(frozen=True, slots=True)
class _Part:
    """One circuit of a job, and how its results are to be read.

    Attributes:
        job_id: the job that holds the circuit's results.
        program: what was asked.
        shots: shots of the circuit.
        seed: seed of drawing shots from probabilities.
    """

    job_id: str
    program: Program
    shots: int
    seed: int | str

    @property
    def width(self) -> int:
        """Number of bits of a state as the service gives it."""
        readout = self.program.readout
        if self.program.format is Format.IONQ_QASM3:
            return readout.num_bits
        highest = max((source for source in readout.sources if source is not None), default=0)
        return max(self.program.num_qubits, highest + 1)

    def read(self, measured: Measurements) -> Measurements:
        """Turn states as the service gives them into states of the classical bits."""
        if self.program.format is Format.IONQ_QASM3:
            return measured
        return measured.read(self.program.readout)


def measurements(
    job: GetJobResponse, request: Request, sharpen: bool | None = None
) -> Flow[list[Measurements]]:
    """Fetch what was measured, one entry a program, in classical bits.

    Args:
        job: the finished job.
        request: what was asked.
        sharpen: how to join the variants of a debiased job; the counts are then drawn from the
            joined probabilities. None for what the service does by itself.

    Raises:
        ProtocolError: the results do not fit the request.
    """
    programs = request.programs
    children = job.child_job_ids or ()
    if not children and len(programs) == 1:
        seed = job.id if request.seed is None else request.seed
        part = _Part(job.id, programs[0], request.shots, seed)
        links = job.results or _NONE
        counted = None if sharpen is not None else (yield from _counted(part, links))
        if counted is None:
            table = yield _probabilities(job.id, links, sharpen)
            counted = _drawn(part, table)
        return [counted]
    if len(children) != len(programs):
        raise ProtocolError(
            f"job {job.id} has {len(children)} parts; {len(programs)} circuits were submitted"
        )
    parts = [
        _Part(child, program, request.shots, _seed(request.seed, index, child))
        for index, (child, program) in enumerate(zip(children, programs, strict=True))
    ]
    return (yield from _many(job, parts, sharpen))


def _seed(seed: int | None, index: int, child: str) -> int | str:
    return child if seed is None else f"{seed}:{index}"


def _many(
    job: GetJobResponse, parts: Sequence[_Part], sharpen: bool | None
) -> Flow[list[Measurements]]:
    found: Mapping[str, Measurements | None] = {}
    if sharpen is None and not _is_ideal(job):
        found = yield from _all_counted(job.id, parts)
    drawn = [part for part in parts if found.get(part.job_id) is None]
    tables: Mapping[str, Any] = {}
    if drawn:
        tables = yield from _tables(job, [part.job_id for part in drawn], sharpen)
    return [found.get(part.job_id) or _drawn(part, tables[part.job_id]) for part in parts]


def _all_counted(job_id: str, parts: Sequence[_Part]) -> Flow[dict[str, Measurements | None]]:
    """Fetch shots or counts of all parts, several at a time; None for one that has neither."""
    links = yield from _children(job_id, [part.job_id for part in parts])
    found = yield Together(tuple(_counted(part, links[part.job_id]) for part in parts))
    return dict(zip((part.job_id for part in parts), found, strict=True))


def _tables(
    job: GetJobResponse, ids: Sequence[str], sharpen: bool | None
) -> Flow[Mapping[str, Any]]:
    """Fetch the probabilities of the parts of a job: together, and by itself what that lacks."""
    tables: dict[str, Any] = dict((yield _probabilities(job.id, job.results or _NONE, sharpen)))
    lacking = [child for child in ids if tables.get(child) is None]
    tables |= yield from _each(lacking, partial(operations.get_job_probabilities, sharpen=sharpen))
    return tables


def _each(ids: Sequence[str], ask: Callable[[str], Operation[Any]]) -> Flow[dict[str, Any]]:
    """Ask the same of several jobs, several at a time."""
    replies = yield Together(tuple(flow_of(ask(each)) for each in ids))
    return dict(zip(ids, replies, strict=True))


def _is_ideal(job: GetJobResponse) -> bool:
    """Whether there are probabilities only, so that asking for more is in vain."""
    noiseless = job.noise is None or job.noise.model is NoiseModel.IDEAL
    return job.backend == "simulator" and noiseless


def _children(job_id: str, ids: Sequence[str]) -> Flow[dict[str, CircuitJobResult]]:
    """Ask where the results of the parts of a multi-circuit job are.

    They are listed together; one that the list leaves out is asked for by itself.
    """
    found: dict[str, CircuitJobResult] = {}
    wanted = set(ids)
    seen: set[str] = set()
    cursor: str | None = None
    while wanted:
        page = yield operations.get_jobs(parent_job_id=job_id, next=cursor)
        links = {job.id: result_links(job) for job in page.jobs if job.id in wanted}
        found |= links
        wanted -= links.keys()
        if page.next is None or not links:
            break
        cursor = advance(page.next, seen)
    unlisted = [child for child in ids if child not in found]
    jobs = yield from _each(unlisted, operations.get_job)
    return found | {child: job.results or _NONE for child, job in jobs.items()}


def result_links(job: BaseJob) -> CircuitJobResult:
    """Read where the results of a listed job are; kinds of another shape are left out."""
    links = {
        kind: {"url": value["url"]}
        for kind, value in (job.results or {}).items()
        if isinstance(value, dict) and isinstance(value.get("url"), str)
    }
    return CircuitJobResult.model_validate(links)


def _probabilities(job_id: str, links: CircuitJobResult, sharpen: bool | None) -> Operation[Any]:
    if links.probabilities is not None:
        return operations.get_result_map(links.probabilities.url, sharpen=sharpen)
    return operations.get_job_probabilities(job_id, sharpen=sharpen)


def _counted(
    part: _Part, links: CircuitJobResult
) -> Generator[Operation[Any], Any, Measurements | None]:
    """Fetch shots or counts; None where there are neither."""
    if links.shots is not None:
        outcomes = yield operations.get_result_shots(links.shots.url)
        if isinstance(outcomes, list):
            return part.read(_fitting(part, Measurements.from_shots, outcomes))
    if links.histogram is not None:
        table = states(part.job_id, (yield operations.get_result_map(links.histogram.url)))
        if table and all(float(value).is_integer() for value in table.values()):
            counts = {key: int(value) for key, value in table.items()}
            return part.read(_fitting(part, Measurements.from_counts, counts))
    return None


def _drawn(part: _Part, table: Mapping[str, Any]) -> Measurements:
    exact = _fitting(part, Measurements.from_probabilities, states(part.job_id, table))
    return part.read(exact.sampled(part.shots, part.seed))


def states(job_id: str, table: Mapping[str, Any]) -> dict[int, float]:
    """Read a map keyed by decimal states.

    Raises:
        ProtocolError: a key is no decimal number, two keys are the same state, or a value is no
            number.
    """
    if not are_decimal(table.keys()):
        raise ProtocolError(f"job {job_id}: a result has a key that is no decimal state")
    if not set(map(type, table.values())) <= {int, float}:
        raise ProtocolError(f"job {job_id}: a result has values that are no numbers")
    by_state = dict(zip(map(int, table), table.values(), strict=True))
    if len(by_state) < len(table):
        raise ProtocolError(f"job {job_id}: a result has the same state twice")
    return by_state


def _fitting(part: _Part, make: Any, data: Any) -> Measurements:
    try:
        return make(data, part.width)  # type: ignore[no-any-return]
    except ValueError as error:
        raise ProtocolError(f"the result of job {part.job_id} cannot be right: {error}") from error

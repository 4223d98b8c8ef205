"""Sending programs of the primitives: as few jobs as fit, each at most once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ketbridge import Program

from ..session import session_of
from .options import ProgramOptions
from .packed import PackedJob
from .wire_options import Split, split

if TYPE_CHECKING:
    from ketbridge.jobs.submission import Request

    from ..session import Session
    from .backend import IbmBackend
    from .job import ServerJob

MAX_INPUT_BYTES = 48 * 10**6
"""Largest input of a job. The service's own limit is not documented with its API; IBM once gave
64 MB, and what a job adds to its PUBs is far below the rest."""


def submit(
    backend: IbmBackend,
    session: Session | None,
    program: str,
    programs: Sequence[Program],
    options: ProgramOptions,
) -> ServerJob | PackedJob:
    """Send programs and return their job, or their jobs as one.

    Raises:
        ProgramError: something cannot run; nothing was sent.
        TransportError: a job was not taken. Jobs taken before it go on; the error's notes give
            their addresses.
    """
    wanted = split(options)
    inside = session.open_id() if session is not None else session_of(backend)
    requests = [
        request(backend, program, programs[part.start : part.stop], wanted, inside)
        for part in parts(programs, MAX_INPUT_BYTES)
    ]
    for one in requests:
        backend.cloud.check(one)
    jobs: list[ServerJob] = []
    for one in requests:
        try:
            jobs.append(backend.job_kind(backend.cloud.submit(one), backend))
        except BaseException as error:
            for job in jobs:
                error.add_note(f"{job.address} was taken before this and goes on")
            raise
    return jobs[0] if len(jobs) == 1 else PackedJob(jobs)


def request(
    backend: IbmBackend,
    program: str,
    programs: Sequence[Program],
    wanted: Split,
    session: str | None,
) -> Request:
    """Put together what is asked of the cloud."""
    from ketbridge.jobs.submission import Request

    options: dict[str, Any] = {"primitive_options": wanted.program} if wanted.program else {}
    if program != "sampler":
        options["program"] = program
    options |= wanted.job
    if backend.calibration_id is not None:
        options["calibration_id"] = backend.calibration_id
    return Request(
        backend.name,
        tuple(programs),
        0,
        tags=wanted.tags,
        session=session,
        seed=wanted.seed,
        options=options,
        sdk="qiskit",
    )


def program_job(
    backend: IbmBackend,
    program: str,
    params: str,
    environment: Mapping[str, Any],
    max_execution_time: int | None,
    session: str | None,
) -> ServerJob:
    """Send the input of another program and return the job.

    Args:
        backend: where it runs.
        program: id of the program.
        params: its whole input, as JSON text.
        environment: the job's tags, log level and privacy.
        max_execution_time: seconds of the machine after which it is cancelled.
        session: id of the session that it joins.

    Raises:
        ProgramError: something cannot run; nothing was sent.
        TransportError: the job was not taken.
    """
    from ketbridge.jobs.submission import Request

    level = environment.get("log_level")
    options = {
        "program": program,
        "params": params,
        "max_execution_time": max_execution_time,
        "log_level": None if level is None else str(level).lower(),
        "private": environment.get("private") or None,
        "calibration_id": backend.calibration_id,
    }
    asked = Request(
        backend.name,
        (),
        0,
        tags=tuple(environment.get("job_tags") or ()),
        session=session,
        options={name: value for name, value in options.items() if value is not None},
        sdk="qiskit",
    )
    return backend.job_kind(backend.cloud.submit(asked), backend)


def parts(programs: Sequence[Program], limit: int) -> Iterator[range]:
    """Divide programs, in their order, so that the input of each job is below the limit.

    A circuit counts by its compressed size in base64, in each PUB that has it.
    """
    sizes: dict[bytes, int] = {}
    if sum(len(one.body) * 4 / 3 + len(one.arguments) for one in programs) < limit:
        yield range(len(programs))
        return
    begin = total = 0
    for place, one in enumerate(programs):
        if one.body not in sizes:
            sizes[one.body] = _size(one.body)
        size = sizes[one.body] + len(one.arguments)
        if total + size > limit and place > begin:
            yield range(begin, place)
            begin, total = place, 0
        total += size
    yield range(begin, len(programs))


def _size(body: bytes) -> int:
    from ketbridge.clouds.ibm_shared import encoding

    return len(encoding.circuit(body))

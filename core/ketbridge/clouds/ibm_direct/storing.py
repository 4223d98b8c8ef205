"""What a job has in the bucket, and the steps that put it there, fetch it and remove it.

A job has a folder of its own, named by its id::

    <prefix><job id>/request.json   what was asked, without the circuits, and until when URLs live
    <prefix><job id>/input.json     the program's input, which the service reads
    <prefix><job id>/results.json   written by the service
    <prefix><job id>/logs.txt       written by the service, maybe after the job has ended
    <prefix><job id>/job.json       the service's last word on a job that was deleted there
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ... import notices
from ...errors import NotFound, ProtocolError
from ...jobs import record
from ...jobs.submission import Request
from ...storage import Progress, Store, patiently
from ...transport.operation import Flow, Pause, json_body
from ..wire import instant
from .models import JobResponse, Storage, StorageOption

T = TypeVar("T")

REQUEST = "request.json"
INPUT = "input.json"
RESULTS = "results.json"
LOGS = "logs.txt"
JOB = "job.json"
CLOUD = "ibm-direct"
ALL = (REQUEST, INPUT, RESULTS, LOGS, JOB)

MAX_RECORD_BYTES = 256 * 2**20
MAX_RESULT_BYTES = 512 * 2**20
"""Cap of a result that is read into memory, compressed arrays in base64 included."""
MAX_LOG_BYTES = 64 * 2**20
LOGS_RETRY_S = 2.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What our own record says of a job.

    Attributes:
        request: what was asked; its programs have no bodies.
        expires: when the presigned URLs of the job run out.
        timeout_s: longest time on the machine, in seconds.
    """

    request: Request
    expires: datetime
    timeout_s: int


class Folders:
    """The folders of jobs in a bucket.

    Args:
        store: the bucket.
        rng: where the pauses between attempts come from.
    """

    def __init__(self, store: Store, rng: random.Random) -> None:
        self._store = store
        self._rng = rng

    def deposit(self, job_id: str, params: bytes, kept: Kept) -> Flow[None]:
        """Write what was asked and the program's input."""
        yield from self._write(job_id, REQUEST, _written(kept))
        yield from self._write(job_id, INPUT, params)

    def keep_record(self, job_id: str, kept: Kept) -> Flow[None]:
        """Write what was asked alone, for a job whose input is in another folder."""
        yield from self._write(job_id, REQUEST, _written(kept))

    def lend(self, job_id: str, input_of: str, lifetime_s: float) -> Flow[Storage]:
        """Sign the URLs that a job reads and writes by.

        Args:
            job_id: the job.
            input_of: the job in whose folder the input is.
            lifetime_s: for how long, in seconds.
        """

        def sign(_: float) -> Storage:
            def url(owner: str, name: str, way: str) -> StorageOption:
                lent = self._store.lend(f"{owner}/{name}", way, lifetime_s)  # type: ignore[arg-type]
                return StorageOption(presigned_url=lent.reveal())

            return Storage(
                input=url(input_of, INPUT, "get"),
                results=url(job_id, RESULTS, "put"),
                logs=url(job_id, LOGS, "put"),
            )

        return (yield from self._patiently(sign))

    def record(self, job_id: str) -> Flow[Kept | None]:
        """Read what was asked; None for a job that was not submitted with this bucket.

        Raises:
            ProtocolError: the record is of another shape.
        """
        try:
            text = yield from self._read(job_id, REQUEST, MAX_RECORD_BYTES)
        except NotFound:
            return None
        return _read_record(text, job_id)

    def results(self, job_id: str, progress: Progress | None = None) -> Flow[bytes]:
        """Read the result into memory.

        Raises:
            NotFound: it is not there, or not yet.
            ResponseTooLarge: it is larger than `MAX_RESULT_BYTES`.
        """
        return (yield from self._read(job_id, RESULTS, MAX_RESULT_BYTES, progress))

    def logs(self, job_id: str) -> Flow[str]:
        """Read the logs.

        Raises:
            NotFound: they are not there, or not yet.
        """
        return (yield from self._read(job_id, LOGS, MAX_LOG_BYTES)).decode("utf-8", "replace")

    def late_logs(self, job_id: str, wait_s: float, clock: Callable[[], float]) -> Flow[str]:
        """Read the logs, which may come after a job has ended.

        Args:
            job_id: the job.
            wait_s: how long to wait for them, in seconds.
            clock: monotonic, in seconds.

        Raises:
            NotFound: they are not there.
        """
        start = clock()
        while True:
            try:
                return (yield from self.logs(job_id))
            except NotFound:
                if clock() - start >= wait_s:
                    raise
            yield Pause(min(LOGS_RETRY_S, wait_s))

    def try_out(self) -> Flow[None]:
        """Write an object, look for it, read it and delete it, as jobs will need.

        Raises:
            PermissionDenied: one of these is not allowed; with the permission.
            ProtocolError: what was read is not what was written.
            TransportError: the store could not be asked.
        """
        name, content = f"trial-{uuid.uuid4()}", b"{}"
        yield from self._write(name, REQUEST, content)
        yield from self.has(name, RESULTS)
        read = yield from self._read(name, REQUEST, MAX_RECORD_BYTES)
        yield from self.remove(name, (REQUEST,))
        if read != content:
            raise ProtocolError(f"{self._store.place} gave something else than was written")

    def download(
        self, job_id: str, name: str, path: Path, progress: Progress | None = None
    ) -> Flow[int]:
        """Write an object to a file, piece by piece; returns its size in bytes.

        Raises:
            NotFound: it is not there, or not yet.
            OSError: the file cannot be written.
        """

        def fetch(left_s: float) -> int:
            with _shown(job_id, name, progress) as moved:
                return self._store.download(f"{job_id}/{name}", path, left_s, moved)

        return (yield from self._patiently(fetch))

    def has(self, job_id: str, name: str) -> Flow[bool]:
        """Whether an object is there."""
        return (
            yield from self._patiently(
                lambda left_s: self._store.exists(f"{job_id}/{name}", left_s)
            )
        )

    def keep_job(self, job: JobResponse) -> Flow[None]:
        """Keep the service's last word on a job, without its URLs."""
        text = job.model_dump_json(exclude={"storage"}, exclude_none=True)
        yield from self._write(job.id, JOB, text.encode())

    def kept_job(self, job_id: str) -> Flow[JobResponse | None]:
        """Read the service's last word on a job that was deleted there; None without one."""
        try:
            text = yield from self._read(job_id, JOB, MAX_RECORD_BYTES)
        except NotFound:
            return None
        try:
            return JobResponse.model_validate_json(text)
        except ValueError:
            raise ProtocolError(f"what is kept of job {job_id} cannot be read") from None

    def remove(self, job_id: str, names: tuple[str, ...] = ALL) -> Flow[None]:
        """Delete objects of a job."""
        yield from self._patiently(
            lambda left_s: self._store.delete([f"{job_id}/{name}" for name in names], left_s)
        )

    def _write(self, job_id: str, name: str, content: bytes) -> Flow[None]:
        def send(left_s: float) -> None:
            with _shown(job_id, name) as moved:
                self._store.put(f"{job_id}/{name}", content, left_s, moved)

        yield from self._patiently(send)

    def _read(
        self, job_id: str, name: str, max_bytes: int, progress: Progress | None = None
    ) -> Flow[bytes]:
        def fetch(left_s: float) -> bytes:
            with _shown(job_id, name, progress) as moved:
                return self._store.get(f"{job_id}/{name}", left_s, max_bytes, moved)

        return (yield from self._patiently(fetch))

    def _patiently(self, run: Callable[[float], T]) -> Flow[T]:
        return patiently(run, self._rng)


def _shown(
    job_id: str, name: str, progress: Progress | None = None
) -> AbstractContextManager[Progress]:
    """Return what is told how far an object is: the caller's own, else a line for people."""
    if progress is not None:
        return nullcontext(progress)
    return notices.transfer(f"{name} of {CLOUD}/{job_id}")


def _written(kept: Kept) -> bytes:
    text, _ = record.write(kept.request)
    head = {"expires": kept.expires.isoformat(), "timeout_s": kept.timeout_s}
    return b'%b,"request":%b}' % (json_body(head)[:-1], text.encode())


def _read_record(text: bytes, job_id: str) -> Kept:
    try:
        data = json.loads(text)
        expires = instant(data["expires"])
        if expires is None:
            raise ValueError("there is no time of expiry")
        return Kept(record.read(json.dumps(data["request"]), None), expires, int(data["timeout_s"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        raise ProtocolError(f"what is kept of job {job_id} cannot be read") from None

"""Wire models of the IBM Direct Access API, version 2025-08-15.

Arrays that the contract calls nullable are read as empty where they are null. Presigned URLs are
credentials: printing what is sent does not show them, and what comes back is read without what
signs them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, Field

from ..ibm_shared.models import BackendConfiguration, BackendProperties
from ..wire import Answer, Int, OpenEnum, Payload

__all__ = [
    "Backend",
    "BackendConfiguration",
    "BackendProperties",
    "BackendStatus",
    "BackendsResponse",
    "ErrorItem",
    "HttpErrorBody",
    "JobResponse",
    "JobStatus",
    "JobsResponse",
    "LogLevel",
    "RunJobBody",
    "Storage",
    "StorageOption",
    "Stored",
    "StoredAt",
    "Target",
    "Usage",
    "VersionResponse",
    "VersionsResponse",
]

T = TypeVar("T")
if TYPE_CHECKING:
    Listed: TypeAlias = tuple[T, ...]
else:
    # a validator before the array would take it out of JSON, where strict reading differs
    Listed = Annotated[tuple[T, ...] | None, AfterValidator(lambda value: value or ())]
LogLevel: TypeAlias = Literal["critical", "error", "warning", "info", "debug"]
RegionType: TypeAlias = Literal["regional", "cross-region", "single-site"]


class BackendStatus(OpenEnum):
    """Whether a machine takes jobs; a paused one refuses them as an offline one does."""

    ONLINE = "online"
    OFFLINE = "offline"
    PAUSED = "paused"


class Backend(Answer):
    """One machine as listed; ``message`` says why it is not online."""

    name: str
    status: BackendStatus
    message: str | None = None
    version: str | None = None


class BackendsResponse(Answer):
    """The machines of an instance."""

    backends: Listed[Backend]


class JobStatus(OpenEnum):
    """State of a job; there is none for waiting. Whoever waits for it warns of an unlisted one."""

    RUNNING = "Running"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"
    FAILED = "Failed"

    @classmethod
    def _announce(cls, word: str) -> None:
        pass


class Usage(Answer):
    """What a job used, in nanoseconds of the machine."""

    quantum_nanoseconds: Int | None = None


def _unsigned(url: str | None) -> str | None:
    return None if url is None else url.partition("?")[0]


class StoredAt(Answer):
    """Where something is kept, as the service gives it back; the URL without its signature."""

    type: str
    presigned_url: Annotated[str | None, AfterValidator(_unsigned)] = None
    bucket_crn: str | None = None
    object_name: str | None = None
    region: str | None = None
    region_type: str | None = None
    runtime_instance_crn: str | None = None


class Stored(Answer):
    """Where a job's input is and its results and logs go, as the service gives it back."""

    input: StoredAt | None = None
    results: StoredAt | None = None
    logs: StoredAt | None = None


class JobResponse(Answer):
    """A job, by itself or in a list."""

    id: str
    program_id: str
    backend: str
    status: JobStatus
    created_time: str
    end_time: str | None = None
    timeout_secs: Int | None = None
    log_level: str | None = None
    reason_code: Int | None = None
    reason_message: str | None = None
    reason_solution: str | None = None
    storage: Stored | None = None
    usage: Usage | None = None


class JobsResponse(Answer):
    """All jobs of the caller, oldest first."""

    jobs: Listed[JobResponse]


class VersionResponse(Answer):
    """The newest version of the API."""

    version: str


class VersionsResponse(Answer):
    """The versions of the API that the service knows."""

    versions: Listed[str]


class Target(Answer):
    """Which part of a request an error is about: ``field``, ``parameter`` or ``header``."""

    name: str | None = None
    type: str | None = None


class ErrorItem(Answer):
    """One thing that was wrong with a request."""

    message: str
    code: str | None = None
    location: str | None = None
    more_info: str | None = None
    target: Target | None = None


class HttpErrorBody(Answer):
    """What the service answers with an error status; ``trace`` is what its support asks for."""

    status_code: Int
    trace: str
    errors: Listed[ErrorItem]
    title: str | None = None
    correlation_id: str | None = None


class StorageOption(Payload):
    """Where the service reads or writes an object; a presigned URL for ``s3_compatible``."""

    presigned_url: Annotated[str, Field(repr=False, min_length=1)]
    type: Literal["s3_compatible"] = "s3_compatible"
    bucket_crn: str | None = None
    object_name: str | None = None
    region: Annotated[str | None, Field(pattern="^[a-zA-Z-]+$")] = None
    region_type: RegionType | None = None
    runtime_instance_crn: str | None = None


class Storage(Payload):
    """Where a job's input is and its results and logs go; primitives need input and results."""

    input: StorageOption | None = None
    results: StorageOption | None = None
    logs: StorageOption | None = None


class RunJobBody(Payload):
    """What creates a job.

    Attributes:
        id: chosen by the caller; a second job of the same id is refused.
        program_id: ``sampler`` or ``estimator``.
        backend: the machine.
        timeout_secs: longest time on the machine, in seconds; time that it waits does not count.
        storage: where its input is and its results and logs go.
        log_level: least level of what is written to the logs; ``warning`` if it is left out.
    """

    id: Annotated[str, Field(min_length=1, max_length=36)]
    program_id: Annotated[str, Field(min_length=1, max_length=256)]
    backend: Annotated[str, Field(min_length=1, max_length=256)]
    timeout_secs: Annotated[int, Field(ge=1, lt=2**63, strict=True)]
    storage: Storage
    log_level: LogLevel | None = None

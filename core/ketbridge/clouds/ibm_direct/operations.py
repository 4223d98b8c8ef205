"""The 11 operations of the IBM Direct Access API.

Each function makes an `Operation`; ``cloud.send(get_job(job_id))`` carries it out. The account's
instance and API version go with it. Every function that takes a name or an id raises AddressError
for one that could not be one; nothing else is checked against the service's state.
"""

from __future__ import annotations

from ...transport.operation import Operation, Repeat, Reply, path
from ..wire import model
from .models import (
    Backend,
    BackendConfiguration,
    BackendProperties,
    BackendsResponse,
    JobResponse,
    JobsResponse,
    RunJobBody,
    VersionResponse,
    VersionsResponse,
)

__all__ = [
    "cancel_job",
    "create_job",
    "delete_job",
    "get_backend",
    "get_backend_configuration",
    "get_backend_properties",
    "get_job",
    "get_version",
    "get_versions",
    "list_backends",
    "list_jobs",
]

DONE = frozenset({204})


def list_backends() -> Operation[BackendsResponse]:
    """List the machines of the instance."""
    return Operation("backends.list", "GET", "/v1/backends", model(BackendsResponse), Repeat.SAFE)


def get_backend(backend: str) -> Operation[Backend]:
    """Ask whether a machine takes jobs."""
    return Operation(
        "backend.read",
        "GET",
        path("/v1/backends/{backend}", backend=backend),
        model(Backend),
        Repeat.SAFE,
    )


def get_backend_configuration(backend: str) -> Operation[BackendConfiguration]:
    """Fetch what a machine can do."""
    return Operation(
        "backend-configuration.read",
        "GET",
        path("/v1/backends/{backend}/configuration", backend=backend),
        model(BackendConfiguration),
        Repeat.SAFE,
    )


def get_backend_properties(backend: str) -> Operation[BackendProperties]:
    """Fetch what was measured of a machine."""
    return Operation(
        "backend-properties.read",
        "GET",
        path("/v1/backends/{backend}/properties", backend=backend),
        model(BackendProperties),
        Repeat.SAFE,
    )


def list_jobs() -> Operation[JobsResponse]:
    """List all jobs of the caller, oldest first; the service has no pages and no filters."""
    return Operation("jobs.read", "GET", "/v1/jobs", model(JobsResponse), Repeat.SAFE)


def create_job(body: RunJobBody) -> Operation[None]:
    """Create a job under an id of our own.

    It is safe to send again: the service refuses a second job of the same id with 409.
    """
    return Operation(
        "job.create",
        "POST",
        "/v1/jobs",
        _nothing,
        Repeat.KEYED,
        body=body.encoded(),
        accept=DONE,
    )


def get_job(job_id: str) -> Operation[JobResponse]:
    """Fetch one job."""
    return Operation(
        "job.read",
        "GET",
        path("/v1/jobs/{job_id}", job_id=job_id),
        model(JobResponse),
        Repeat.SAFE,
    )


def delete_job(job_id: str) -> Operation[None]:
    """Delete a job that has ended; 409 for one that has not."""
    return Operation(
        "job.delete",
        "DELETE",
        path("/v1/jobs/{job_id}", job_id=job_id),
        _nothing,
        Repeat.SAFE,
        accept=DONE,
    )


def cancel_job(job_id: str) -> Operation[None]:
    """Ask for a job to be cancelled, which takes a while; 409 for one that has ended.

    Asking twice has the effect of asking once, so that it is safe to send again.
    """
    return Operation(
        "job.cancel",
        "POST",
        path("/v1/jobs/{job_id}/cancel", job_id=job_id),
        _nothing,
        Repeat.SAFE,
        accept=DONE,
    )


def get_version() -> Operation[VersionResponse]:
    """Ask for the newest version of the API; no credential is asked for."""
    return Operation(
        "version.read", "GET", "/version", model(VersionResponse), Repeat.SAFE, authenticate=False
    )


def get_versions() -> Operation[VersionsResponse]:
    """List the versions of the API; documented without a credential, and with a 401."""
    return Operation("versions.list", "GET", "/versions", model(VersionsResponse), Repeat.SAFE)


def _nothing(reply: Reply) -> None:
    """Read an answer without a body."""

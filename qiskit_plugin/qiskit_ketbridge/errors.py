"""Errors that are Ketbridge's and Qiskit's at once, so that either kind of handler catches them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from qiskit.exceptions import QiskitError
from qiskit.providers import JobError as QiskitJobError
from qiskit.providers import JobTimeoutError as QiskitJobTimeoutError
from qiskit.providers.exceptions import QiskitBackendNotFoundError

from ketbridge import errors


class CircuitError(QiskitError, errors.ProgramError):
    """A circuit cannot be run as given; nothing was sent."""

    def __str__(self) -> str:
        return str(self.message)


class BackendNotFound(errors.UnknownBackendError, QiskitBackendNotFoundError):
    """There is no such machine, or none that fits."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return self.message


class DynamicCircuitError(CircuitError):
    """A circuit does something after a measurement that a list of gates cannot say."""


class _JobMessage(errors.JobError):
    """Fills in the attribute that Qiskit's errors print."""

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message, **details)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class JobFailed(_JobMessage, errors.JobFailed, QiskitJobError):
    """The service reports the job as failed."""


class JobCancelled(_JobMessage, errors.JobCancelled, QiskitJobError):
    """The job was cancelled before it gave a result."""


class JobLost(_JobMessage, errors.JobLost, QiskitJobError):
    """The service no longer knows the job, or never gave the result of a finished one."""


class JobTimeout(_JobMessage, errors.JobTimeout, QiskitJobTimeoutError):
    """The wait for a job ended before the job did; the job goes on and can be asked for again."""


def as_qiskit_error(error: errors.JobError) -> errors.JobError:
    """Return the same error as one that is Qiskit's too."""
    if isinstance(error, errors.JobFailed):
        return JobFailed(str(error), job=error.job, code=error.code, reason=error.reason)
    for kind in (JobCancelled, JobLost, JobTimeout):
        if isinstance(error, kind.__mro__[2]):
            return kind(str(error), job=error.job)
    return error


@contextmanager
def as_qiskit_errors() -> Iterator[None]:
    """Raise errors of jobs, and of machines that there are not, as ones that are Qiskit's too."""
    try:
        yield
    except errors.UnknownBackendError as error:
        raise BackendNotFound(str(error)) from error
    except errors.JobError as error:
        raise as_qiskit_error(error) from error

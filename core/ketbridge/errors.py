"""Every error that Ketbridge raises, in one tree.

``KetbridgeError`` is the root. An error that the caller can mend (a bad address, a circuit that
cannot run, a missing token) says what was wrong, where, and what to do. An error that the network
or a service caused says whether the service may have acted on the request.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class KetbridgeError(Exception):
    """Root of all errors that Ketbridge raises on purpose."""


class MissingExtraError(KetbridgeError, ImportError):
    """An optional part of Ketbridge was used and what it needs is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} is not installed: pip install 'ketbridge[{extra}]'")
        self.what = what
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        return type(self), (self.what, self.extra)


# What the caller gave --------------------------------------------------------------------------


class AddressError(KetbridgeError, ValueError):
    """An address, a job id or a URL cannot be used as written."""


class CredentialError(KetbridgeError, ValueError):
    """A credential is missing, malformed or kept where others can read it."""


class ProgramError(KetbridgeError, ValueError):
    """A circuit, its parameters or its run options cannot be run as given; nothing was sent."""


class UnknownOptionError(ProgramError, TypeError):
    """An option of a run or a result, or a setting, does not exist; with the nearest."""


class UnknownBackendError(KetbridgeError, LookupError):
    """The cloud has no backend of that name; the message names the nearest ones."""


class LedgerError(KetbridgeError):
    """The record of submissions on this computer cannot be read or written."""


# What came back --------------------------------------------------------------------------------


class TransportError(KetbridgeError):
    """A request did not end in a usable answer.

    Attributes:
        operation: name of the operation, for example ``CreateJob``.
        status: HTTP status of the answer, or None where there was none.
        request_id: the service's own id of the request, where it gave one.
        retry_after_s: how long the service asked to wait, in seconds, where it said so.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.status = status
        self.request_id = request_id
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    kind: type[BaseException], args: tuple[object, ...], state: dict[str, object]
) -> BaseException:
    """Make an error again from its pickle without calling its constructor."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConnectionFailed(TransportError):
    """The service could not be reached; it never saw the request."""


class TlsError(ConnectionFailed):
    """The service's certificate could not be verified; nothing was sent."""


class ConnectionLost(TransportError):
    """The connection broke after the request may have reached the service."""


class DeadlineExceeded(TransportError, TimeoutError):
    """The call's own deadline passed; the service may still act on the request."""


class TruncatedResponse(TransportError):
    """The answer ended before its declared or encoded end."""


class ResponseTooLarge(TransportError):
    """The answer is larger than the cap for this operation."""


class ProtocolError(TransportError):
    """The answer is not what the service's contract says: wrong type, wrong shape or no JSON."""


class ServiceError(TransportError):
    """The service answered with an error status.

    Attributes:
        code: the service's own error code, where it gave one.
        detail: the service's own message, with secrets removed.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        detail: str = "",
        operation: str = "",
        status: int | None = None,
        request_id: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(
            message,
            operation=operation,
            status=status,
            request_id=request_id,
            retry_after_s=retry_after_s,
        )
        self.code = code
        self.detail = detail


class RequestRefused(ServiceError):
    """The service refused the request as wrong (400, 405, 409, 413, 422, 423 and other 4xx)."""


class AuthenticationFailed(ServiceError):
    """The service, or its token endpoint, did not accept the credential (401)."""


class PermissionDenied(ServiceError):
    """The credential is valid but may not do this (403)."""


class NotFound(ServiceError):
    """The service knows no such thing, or does not have it yet (404)."""


class RateLimited(ServiceError):
    """The service asked to slow down and the wait is longer than this call may take (429)."""


class ServiceUnavailable(ServiceError):
    """The service failed or is overloaded (5xx) and repeating did not help."""


class AmbiguousSubmissionError(TransportError):
    """A submission may or may not have been taken, and the service could not be asked which.

    Attributes:
        submission_id: id of the submission in the ledger; ``ketbridge jobs settle`` finishes it.
    """

    def __init__(
        self, message: str, *, submission_id: str | None = None, operation: str = ""
    ) -> None:
        super().__init__(message, operation=operation)
        self.submission_id = submission_id


# What became of a job --------------------------------------------------------------------------


class JobError(KetbridgeError):
    """A job did not end in a result.

    Attributes:
        job: address of the job, ``cloud/id``.
    """

    def __init__(self, message: str, *, job: str) -> None:
        super().__init__(message)
        self.job = job

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class JobFailed(JobError):
    """The service reports the job as failed.

    Attributes:
        code: the service's failure code, for example ``NotEnoughQubits``.
        reason: the service's own words.
    """

    def __init__(
        self, message: str, *, job: str, code: str | None = None, reason: str = ""
    ) -> None:
        super().__init__(message, job=job)
        self.code = code
        self.reason = reason


class JobCancelled(JobError):
    """The job was cancelled before it gave a result."""


class JobTimeout(JobError, TimeoutError):
    """The wait for a job ended before the job did; the job goes on and can be asked for again."""


class JobLost(JobError):
    """The service no longer knows the job, or never gave the result of a finished one."""


def nearest(word: str, known: Iterable[str], limit: int = 3) -> str:
    """Say which known words are close to a word that is not known.

    Returns:
        `` Did you mean 'a' or 'b'?`` with a leading space, or an empty string.
    """
    close = difflib.get_close_matches(word, list(known), n=limit, cutoff=0.5)
    return f" Did you mean {' or '.join(repr(name) for name in close)}?" if close else ""

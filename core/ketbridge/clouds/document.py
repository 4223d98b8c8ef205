"""Results as a service gives them, for what is more than measurements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..errors import ProtocolError
from ..transport.body import decode_json
from ..transport.redact import scrub


@dataclass(frozen=True, slots=True)
class Document:
    """A result as it came, byte by byte.

    Attributes:
        content: the bytes.
        media_type: what the service calls them.
        request_id: the service's id of the request that it came by, where it gave one.
    """

    content: bytes
    media_type: str = "application/json"
    request_id: str | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Document({len(self.content)} bytes of {self.media_type})"

    def json(self) -> Any:
        """Return the JSON data in it.

        Raises:
            ValueError: it is no JSON, is nested too deeply, or has NaN or an infinity.
        """
        return decode_json(self.content)


def unreadable(
    job_id: str, operation: str, content: bytes, reason: Exception, request_id: str | None = None
) -> ProtocolError:
    """Make the error of a result that is not what the service documents.

    It is to be raised where ``reason`` is no longer handled, because that may hold all of it.

    Args:
        job_id: the job.
        operation: name of the operation that fetched it.
        content: the result; its beginning is quoted without credentials.
        reason: what is wrong with it.
        request_id: the service's id of the request.
    """
    begin = content[:4000].decode("utf-8", "replace")
    why = str(reason) if isinstance(reason, ValueError) else repr(reason)
    return ProtocolError(
        f"{operation} (200): the result of job {job_id} cannot be read: {scrub(why)}; it "
        f"begins {scrub(begin)!r}",
        operation=operation,
        status=200,
        request_id=request_id,
    )

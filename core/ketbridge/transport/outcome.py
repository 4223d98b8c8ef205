"""What became of one sending of a request, and whether the service may have acted on it."""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from ..errors import ConnectionFailed, ConnectionLost, TlsError, TransportError, TruncatedResponse
from .operation import Operation, Repeat, Reply

NOT_TAKEN = frozenset({408, 425, 429})
"""Statuses by which a service says that it did not act; so does a 503 with ``Retry-After``."""

UNCLEAR = frozenset({502, 504, 520, 522, 524})
"""Statuses of a gateway that does not know what became of the request behind it."""

NEVER_HELPS = frozenset({501, 505})
"""Server errors that the same request meets every time."""

_SECONDS = re.compile(r"[0-9]{1,40}(\.[0-9]{1,40})?")


class Sent(enum.Enum):
    """Whether the service got the request."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one sending ended in: a whole reply, or the error that prevented one."""

    reply: Reply | None = None
    error: TransportError | None = None

    @property
    def sent(self) -> Sent:
        """Whether the service got the request."""
        if isinstance(self.error, ConnectionFailed):
            return Sent.NO
        if isinstance(self.error, ConnectionLost | TruncatedResponse):
            return Sent.MAYBE
        return Sent.MAYBE if self.status in UNCLEAR else Sent.YES

    @property
    def status(self) -> int | None:
        """HTTP status of the reply, None without a reply."""
        return None if self.reply is None else self.reply.status

    @property
    def not_taken(self) -> bool:
        """Whether it is sure that the service did not act, so that anything may be sent again."""
        if self.reply is None:
            return self.sent is Sent.NO
        if self.reply.status == 503:
            return retry_after_s(self.reply, 0.0) is not None
        return self.reply.status in NOT_TAKEN

    @property
    def transient(self) -> bool:
        """Whether the same request may fare better a little later."""
        if self.error is not None:
            return self.sent is not Sent.YES and not isinstance(self.error, TlsError)
        status = self.status or 0
        return status in NOT_TAKEN or (500 <= status < 600 and status not in NEVER_HELPS)

    def leaves_doubt(self, operation: Operation[object]) -> bool:
        """Whether the service may have acted on an operation that must act once only.

        A success that cannot be read says that something was done. A server error does not say
        that nothing was done, so that whatever can be looked up or is keyed is not trusted to be
        absent after one.
        """
        if operation.repeat is Repeat.SAFE or self.not_taken:
            return False
        if self.sent is Sent.MAYBE:
            return True
        status = self.status if self.error is None else self.error.status
        if status is None:
            return False
        if 200 <= status < 300 or status == 303:
            return True
        failed = 500 <= status < 600 and status not in NEVER_HELPS
        return failed and operation.repeat in (Repeat.KEYED, Repeat.RECONCILABLE)


def retry_after_s(reply: Reply, now: float) -> float | None:
    """Return how long a reply asks to wait, in seconds.

    A date is measured from the reply's own ``Date``, so that a wrong clock here does not matter.

    Args:
        reply: the answer.
        now: seconds since 1970, for a reply without ``Date``.

    Returns:
        Seconds, at least 0; None without the header or with one that makes no sense.
    """
    text = reply.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    then = _timestamp(text)
    if then is None:
        return None
    start = _timestamp(reply.headers.get("date", ""))
    wait = then - (now if start is None else start)
    return wait if wait >= 0 else None


def _timestamp(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text[:64]).timestamp()
    except (ValueError, OverflowError):
        return None

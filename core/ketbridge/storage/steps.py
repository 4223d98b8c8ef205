"""Storage in flows: blocking calls as steps, tried again where that can help."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

from ..errors import (
    ConnectionFailed,
    ConnectionLost,
    RateLimited,
    ServiceUnavailable,
    TlsError,
    TransportError,
    TruncatedResponse,
)
from ..transport.operation import Flow, Pause, Work

T = TypeVar("T")

ATTEMPTS = 4
BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 20.0

_TRANSIENT = (ConnectionFailed, ConnectionLost, RateLimited, ServiceUnavailable, TruncatedResponse)


def patiently(run: Callable[[float], T], rng: random.Random) -> Flow[T]:
    """Do something with the store, up to four times; all of it has the same effect done twice.

    Args:
        run: given the seconds that are left, does it.
        rng: where the pauses between the attempts come from.

    Raises:
        TransportError: it did not succeed; the subclass says how.
    """
    for attempt in range(ATTEMPTS):
        try:
            return (yield Work(run))  # type: ignore[no-any-return]
        except _TRANSIENT as error:
            if attempt == ATTEMPTS - 1 or isinstance(error, TlsError):
                raise
            failure: TransportError = error
        yield Pause(rng.uniform(0, min(LONGEST_BACKOFF_S, BACKOFF_S * 2**attempt)), str(failure))
    raise AssertionError("the last attempt returns or raises")

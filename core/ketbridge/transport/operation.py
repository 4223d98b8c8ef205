"""One HTTP operation of a service as a value: what to send, what comes back, how safe to repeat.

An operation does nothing by itself. ``Cloud.send`` and ``Cloud.asend`` carry it out, so the same
value serves synchronous and asynchronous callers, tests and the look-up after an unclear failure.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeAlias, TypeVar

from ..address import check_segment
from ..secret import Secret

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Flow: TypeAlias = Generator["Operation[Any] | Pause | Work[Any] | Together", Any, T]
"""Several operations in a row: yields each one, is sent its reply, returns the outcome.

An operation that fails raises its TransportError at the yield, where the flow may catch it.
"""


@dataclass(frozen=True, slots=True)
class Pause:
    """A wait in a flow, in seconds; ``why`` is for the user, empty where it is not worth a word."""

    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Work(Generic[T_co]):
    """Blocking work of another library in a flow; the flow is sent what it returns.

    Attributes:
        run: does it in a thread; it is given the seconds that are left, infinity without a
            deadline, and has to end soon after them. What it raises is raised at the yield.
    """

    run: Callable[[float], T_co]


@dataclass(frozen=True, slots=True)
class Together:
    """Flows that do not need each other, carried out a few at a time.

    The yield is sent their outcomes in order; if any fails, the first failure is raised there once
    all have ended.
    """

    flows: tuple[Flow[Any], ...]


def flow_of(operation: Operation[T]) -> Flow[T]:
    """Return the flow of a single operation."""
    return (yield operation)  # type: ignore[no-any-return]


class Repeat(enum.Enum):
    """How safe an operation is to send again when its first outcome is unclear."""

    SAFE = "safe"
    """Reads only, or has the same effect however often it is done."""
    KEYED = "keyed"
    """Carries an id of ours: a 409 after an unclear outcome means that it was accepted."""
    RECONCILABLE = "reconcilable"
    """Can be looked up afterwards by something that we put into it."""
    UNSAFE = "unsafe"
    """Must never be sent again unless the service says that it did not take it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it arrived: status, lower-case header names, the whole body decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A rate that the service documents: at most ``calls`` in any ``period_s`` seconds."""

    name: str
    calls: int
    period_s: float

    @property
    def why(self) -> str:
        """What a wait for it is for, in words for the user."""
        return f"at most {self.calls} {self.name} in {self.period_s:g} s"


@dataclass(frozen=True, slots=True)
class Operation(Generic[T_co]):
    """What to send and how to read what comes back.

    Attributes:
        name: operation id in the service's contract.
        method: HTTP method.
        path: path below the base URL, with every id in it already checked and filled in; with
            ``host_relative`` a path that the service itself supplied, below the host.
        read: makes the typed reply of an answer; it raises ValueError for a body that does not
            fit, which the transport reports as a ProtocolError. Of a KEYED operation it is also
            given the 409 of a later sending which says that an earlier one was taken.
        repeat: how safe it is to send again.
        query: query parameters in order; a name may come more than once.
        headers: further header fields; never a credential.
        body: the encoded request body, or None; it may hold a credential and is never printed.
        content_type: media type of the body.
        accept: statuses that ``read`` can read.
        max_bytes: cap of the decompressed answer; None for the transport's own.
        authenticate: whether the credential goes with it.
        host_relative: whether ``path`` is below the host instead of below the base URL.
        rate_limit: a documented rate that the client keeps.
        look_up: for RECONCILABLE: a flow that finds out whether the service took an earlier
            sending of this operation; returns its reply, or None where it surely did not.
        settle_s: how long to wait before an absence counts.
        confidential: credentials in the body, which no message may show if the service repeats
            them.
    """

    name: str
    method: str
    path: str
    read: Callable[[Reply], T_co]
    repeat: Repeat = Repeat.UNSAFE
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = field(default=None, repr=False)
    content_type: str = "application/json"
    accept: frozenset[int] = frozenset({200})
    max_bytes: int | None = None
    authenticate: bool = True
    host_relative: bool = False
    rate_limit: RateLimit | None = None
    look_up: Callable[[], Flow[Any]] | None = None
    settle_s: float = 0.0
    confidential: tuple[Secret, ...] = ()

    def reconciled_by(self, look_up: Callable[[], Flow[Any]], settle_s: float) -> Operation[T_co]:
        """Return the same operation, made RECONCILABLE by a look-up."""
        return replace(self, repeat=Repeat.RECONCILABLE, look_up=look_up, settle_s=settle_s)


def path(template: str, **ids: str) -> str:
    """Fill ids into a path template such as ``/jobs/{job_id}``.

    Raises:
        AddressError: an id could change the path: it is empty, too long, or has a slash, a dot at
            its beginning, a percent sign or another character that does not belong in an id.
    """
    return template.format(
        **{key: check_segment(value, key.replace("_", " ")) for key, value in ids.items()}
    )


def query(**parameters: Any) -> tuple[tuple[str, str], ...]:
    """Make query parameters: None is left out, a bool is written lower-case, a list is repeated."""
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        for item in value if isinstance(value, list | tuple) else [value]:
            if item is not None:
                pairs.append((name, str(item).lower() if isinstance(item, bool) else str(item)))
    return tuple(pairs)


def json_body(data: Any) -> bytes:
    """Encode a JSON request body.

    Raises:
        ValueError: it holds NaN or an infinity, which JSON cannot say.
    """
    return json.dumps(data, allow_nan=False, separators=(",", ":")).encode()

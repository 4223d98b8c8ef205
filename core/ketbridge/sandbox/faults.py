"""Fault knobs: what goes wrong, on which operation, how often.

``sandbox.faults.add(Fault.reset_after(), on="CreateJob", times=1)`` lets the next CreateJob take
the job and then reset the connection. The command line writes the same as
``reset_after@CreateJob*1``; several are separated by commas, a value follows ``=``.
"""

from __future__ import annotations

import inspect
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import nearest


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; make it with the methods below.

    Attributes:
        name: the method that made it.
        values: its arguments by name.
    """

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def latency(cls, ms: float = 200) -> Fault:
        """Answer right, but ``ms`` milliseconds later."""
        return cls("latency", {"ms": ms})

    @classmethod
    def rate_limited(cls, retry_after: str | float | None = None) -> Fault:
        """Answer 429 and take nothing; ``retry_after`` is sent as it is, None for no header."""
        return cls("rate_limited", {"retry_after": retry_after})

    @classmethod
    def status(cls, code: int = 503, retry_after: str | float | None = None) -> Fault:
        """Answer with an error status and take nothing."""
        return cls("status", {"code": code, "retry_after": retry_after})

    @classmethod
    def unauthorized(cls) -> Fault:
        """Answer 401, as for a credential that has expired."""
        return cls("status", {"code": 401, "retry_after": None})

    @classmethod
    def not_found(cls) -> Fault:
        """Answer 404, as for a job that is lost or a result that is late."""
        return cls("status", {"code": 404, "retry_after": None})

    @classmethod
    def redirect(cls, location: str, code: int = 307) -> Fault:
        """Answer with a redirect to another place."""
        return cls("redirect", {"location": location, "code": code})

    @classmethod
    def reset_before(cls) -> Fault:
        """Reset the connection before the request is acted on."""
        return cls("reset_before")

    @classmethod
    def reset_after(cls) -> Fault:
        """Act on the request (a job exists), then reset the connection without an answer."""
        return cls("reset_after")

    @classmethod
    def error_after(cls, code: int = 502) -> Fault:
        """Act on the request (a job exists), then answer with an error status."""
        return cls("error_after", {"code": code})

    @classmethod
    def silence(cls, taken: bool = True) -> Fault:
        """Never answer; ``taken`` says whether the request is acted on."""
        return cls("silence", {"taken": taken})

    @classmethod
    def drip(cls, interval_s: float = 0.3) -> Fault:
        """Send the body of the right answer one byte at a time."""
        return cls("drip", {"interval_s": interval_s})

    @classmethod
    def short_body(cls) -> Fault:
        """Declare the right Content-Length, send half of the body and close."""
        return cls("short_body")

    @classmethod
    def cut_chunks(cls) -> Fault:
        """Send half of the body in chunks and close without the last chunk."""
        return cls("cut_chunks")

    @classmethod
    def cut_gzip(cls) -> Fault:
        """Send a gzip body that ends early, with a Content-Length that fits what is sent."""
        return cls("cut_gzip")

    @classmethod
    def body(
        cls, content: bytes = b'{"id": ', media_type: str = "application/json", code: int = 200
    ) -> Fault:
        """Act on the request, then answer with this body: malformed JSON, HTML, nothing."""
        return cls("body", {"content": content, "media_type": media_type, "code": code})

    @classmethod
    def html(cls) -> Fault:
        """Answer 200 with an HTML page."""
        return cls.body(b"<html><body>Sign in</body></html>", "text/html")

    @classmethod
    def empty(cls) -> Fault:
        """Answer 200 with nothing in it."""
        return cls.body(b"")

    @classmethod
    def deep_json(cls, depth: int = 100_000) -> Fault:
        """Answer with JSON lists nested ``depth`` deep."""
        return cls.body(b"[" * depth + b"]" * depth)

    @classmethod
    def unknown_status(cls, word: str = "calibrating") -> Fault:
        """Answer right, but with this word as ``status``."""
        return cls("edit", {"changes": {"status": word}})

    @classmethod
    def edit(cls, **changes: Any) -> Fault:
        """Answer right, but with these members of the JSON object set; None removes one."""
        return cls("edit", {"changes": changes})

    @classmethod
    def huge(cls, megabytes: float = 128) -> Fault:
        """Answer with a body of that size, written as it goes."""
        return cls("huge", {"megabytes": megabytes})

    @classmethod
    def bomb(cls, megabytes: float = 128) -> Fault:
        """Answer with a small gzip body that unpacks to that size."""
        return cls("bomb", {"megabytes": megabytes})

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read ``name`` or ``name=value``; the value is the first argument of that method.

        Raises:
            ValueError: there is no such fault, or it takes no such value.
        """
        name, equals, value = text.partition("=")
        if name not in _NAMES:
            raise ValueError(f"there is no fault {name!r}.{nearest(name, _NAMES)}")
        if not equals:
            return _made(name)
        return _made(name, _value(name, value))


@dataclass(slots=True)
class Rule:
    """A fault with where and how often it happens.

    Attributes:
        fault: what goes wrong.
        on: operation id of the service's contract; ``*`` for every one.
        times: how often it still happens; None for always.
        skip: how many requests pass before it begins.
    """

    fault: Fault
    on: str = "*"
    times: int | None = None
    skip: int = 0


class Faults:
    """The faults of one sandbox; any thread may change them while it runs.

    Attributes:
        latency_ms: delay of every answer, in milliseconds, besides what else goes wrong.
    """

    def __init__(self, spec: str | None = None) -> None:
        self.latency_ms = 0.0
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        if spec:
            self.load(spec)

    def add(self, fault: Fault, *, on: str = "*", times: int | None = None, skip: int = 0) -> Rule:
        """Let something go wrong.

        Args:
            fault: what.
            on: operation id, for example ``CreateJob``; ``*`` for every operation.
            times: how often; None for always.
            skip: how many requests of the operation pass first.

        Returns:
            The rule; its ``times`` counts down as the fault happens.
        """
        rule = Rule(fault, on, times, skip)
        with self._lock:
            self._rules.append(rule)
        return rule

    def load(self, spec: str) -> None:
        """Add faults written as ``name[=value][@Operation][*times]``, separated by commas.

        Raises:
            ValueError: the text is not of that form; the message names the part.
        """
        for part in filter(None, (piece.strip() for piece in spec.split(","))):
            head, star, times = part.partition("*")
            if star and not times.isdigit():
                raise ValueError(f"{part!r}: the number of times after '*' is no number")
            what, at, operation = head.partition("@")
            self.add(
                Fault.parse(what),
                on=operation if at else "*",
                times=int(times) if star else None,
            )

    def clear(self) -> None:
        """Let everything go right from now on."""
        with self._lock:
            self._rules.clear()

    def take(self, operation: str) -> Fault | None:
        """Return what goes wrong with this request, and count it."""
        with self._lock:
            for rule in self._rules:
                if rule.on not in ("*", operation) or rule.times == 0:
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                if rule.times is not None:
                    rule.times -= 1
                return rule.fault
        return None


_NAMES = tuple(
    name
    for name, member in vars(Fault).items()
    if isinstance(member, classmethod) and name not in ("parse", "edit")
)


def _made(name: str, *values: Any) -> Fault:
    try:
        fault: Fault = getattr(Fault, name)(*values)
    except TypeError as error:
        raise ValueError(f"fault {name!r} cannot be made so: {error}") from None
    return fault


def _value(name: str, text: str) -> Any:
    """Read a value as what the fault's first argument has as its default."""
    parameters = list(inspect.signature(getattr(Fault, name)).parameters.values())
    default = parameters[0].default if parameters else None
    try:
        if isinstance(default, bool):
            return text.lower() in ("1", "true", "yes")
        if isinstance(default, bytes):
            return text.encode()
        if isinstance(default, int | float):
            return type(default)(float(text))
    except ValueError:
        raise ValueError(f"fault {name!r} takes a number, not {text!r}") from None
    return text

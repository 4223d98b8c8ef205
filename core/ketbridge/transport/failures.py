"""Answers that are no success, made into errors that say what the service said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import (
    AmbiguousSubmissionError,
    AuthenticationFailed,
    KetbridgeError,
    NotFound,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ServiceError,
    ServiceUnavailable,
    TransportError,
)
from .operation import Operation, Reply
from .outcome import retry_after_s
from .redact import request_id, scrub

T = TypeVar("T")
Error = TypeVar("Error", bound=TransportError)

ERRORS: dict[int, type[ServiceError]] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    429: RateLimited,
}
"""Error of each status that has one of its own; other 4xx are refusals, 5xx are outages."""

_MESSAGE_NAMES = ("message", "error_description", "errorMessage", "detail", "title", "error")
_CODE_NAMES = ("code", "errorCode", "error_code", "error")
_TRACE_NAMES = ("trace", "correlation_id")
_DETAIL_LENGTH = 500
_NOT_READ = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What reading an answer fails with that is not as it should be."""
_MOST_ERRORS = 3
"""How many of the errors in one answer are quoted."""


def service_error(
    operation: Operation[Any], reply: Reply, *, now: float, secrets: tuple[str, ...] = ()
) -> TransportError:
    """Make the error of an answer that the operation cannot read.

    Args:
        operation: what was sent.
        reply: what came back.
        now: seconds since 1970.
        secrets: texts that must not appear in the message.
    """
    status = reply.status
    if status < 400:
        return unreadable(operation, reply, _why_not(status), secrets)
    kind = ERRORS.get(status, RequestRefused if status < 500 else ServiceUnavailable)
    code, message = _said(reply)
    detail = scrub(message, secrets, _DETAIL_LENGTH)
    code = None if code is None else scrub(code, secrets, 80)
    wait_s = retry_after_s(reply, now)
    text = f"{operation.name}: the service answered {status}"
    if code:
        text += f" {code}"
    if detail:
        text += f": {detail}"
    if wait_s is not None:
        text += f" (it asks to wait {wait_s:g} s)"
    traces = _traces(reply, secrets)
    if traces:
        text += f" ({', '.join(f'{name} {trace}' for name, trace in traces.items())})"
    return kind(
        text,
        code=code,
        detail=detail,
        operation=operation.name,
        status=status,
        request_id=request_id(reply.headers) or next(iter(traces.values()), None),
        retry_after_s=wait_s,
    )


def read(operation: Operation[T], reply: Reply, secrets: tuple[str, ...] = ()) -> T:
    """Make the typed reply of an answer.

    Raises:
        ProtocolError: the body is not what the operation can read; the message quotes its
            beginning without credentials.
    """
    try:
        return operation.read(reply)
    except KetbridgeError:
        raise
    except _NOT_READ as error:
        reason = _reason(error)
    # Raised out here so that no chain of errors leads to one that quotes the answer.
    raise unreadable(operation, reply, reason, secrets)


def unreadable(
    operation: Operation[Any], reply: Reply, reason: str, secrets: tuple[str, ...] = ()
) -> ProtocolError:
    """Make the error of an answer that breaks the contract."""
    begin = reply.body[:4000].decode("utf-8", "replace")
    return ProtocolError(
        f"{operation.name}: the answer ({reply.status}) is not what the service documents: "
        f"{scrub(reason, secrets)}; it begins {scrub(begin, secrets)!r}",
        operation=operation.name,
        status=reply.status,
        request_id=request_id(reply.headers),
    )


def ambiguous(operation: Operation[Any], error: KetbridgeError) -> AmbiguousSubmissionError:
    """Make the error of an operation that may have been done and cannot be asked for."""
    result = AmbiguousSubmissionError(
        f"{operation.name}: the service may or may not have taken it, and could not be asked "
        f"which: {error}",
        operation=operation.name,
    )
    if isinstance(error, TransportError):
        result.status, result.request_id = error.status, error.request_id
    return result


def named(error: Error, operation: Operation[Any], secrets: tuple[str, ...]) -> Error:
    """Put the operation's name on an error that was made without it, and take secrets off it."""
    if not error.operation:
        error.operation = operation.name
        error.args = (scrub(f"{operation.name}: {error.args[0]}", secrets, _DETAIL_LENGTH),)
    return error


def _why_not(status: int) -> str:
    if 300 <= status < 400:
        return "it is a redirect, which is not followed"
    return "this status is not documented"


def _reason(error: Exception) -> str:
    """Say what was wrong, without the values that validation errors quote."""
    details: Callable[..., list[dict[str, Any]]] | None = getattr(error, "errors", None)
    if details is None:
        return str(error) or type(error).__name__
    first = details(include_url=False, include_input=False, include_context=False)[:3]
    return "; ".join(
        f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in first
    )


def _said(reply: Reply) -> tuple[str | None, str]:
    """Find the service's error code and message in the shapes that services use."""
    text = reply.body.decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None, "" if "<" in text[:200] else text
    others: list[str] = []
    if isinstance(data, dict) and isinstance(data.get("errors"), list) and data["errors"]:
        data, *rest = data["errors"][:_MOST_ERRORS]
        others = [_placed(str(one.get("message")), one) for one in rest if isinstance(one, dict)]
    if isinstance(data, dict) and isinstance(data.get("error"), dict):
        data = data["error"]
    if not isinstance(data, dict):
        return None, data if isinstance(data, str) else ""
    code = next((str(data[n]) for n in _CODE_NAMES if isinstance(data.get(n), str | int)), None)
    message = next((data[n] for n in _MESSAGE_NAMES if isinstance(data.get(n), str)), "")
    return (None if code == message else code), "; ".join([_placed(message, data), *others])


def _placed(message: str, error: dict[str, Any]) -> str:
    """Say with an error which part of the request it is about, where the service says so."""
    target = error.get("target")
    place = target.get("name") if isinstance(target, dict) else None
    return f"{message} ({place})" if isinstance(place, str) and place not in message else message


def _traces(reply: Reply, secrets: tuple[str, ...]) -> dict[str, str]:
    """Find by which ids the service's own people can find the request, where the body says so."""
    try:
        data = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    found = {name: data.get(name) for name in _TRACE_NAMES} if isinstance(data, dict) else {}
    return {
        name.replace("_", " "): scrub(text, secrets, 128)
        for name, text in found.items()
        if isinstance(text, str) and text
    }

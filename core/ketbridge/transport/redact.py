"""What may be written to a log or into a message: a list of what is allowed, not of what is not."""

from __future__ import annotations

import contextlib
import contextvars
import logging
import re
from collections.abc import Iterator, Mapping
from functools import cache

logger = logging.getLogger("ketbridge.transport")

HIDDEN = "[redacted]"
QUOTED_LENGTH = 200

_REQUEST_IDS = (
    "x-request-id",
    "x-correlation-id",
    "x-transaction-id",
    "x-amzn-requestid",
    "cf-ray",
)
_LIBRARY_LOGGERS = ("connection", "http11", "http2", "proxy", "socks")
_CREDENTIALS = re.compile(
    r"(?i)\b((?:api[-_ ]?key|bearer|basic|token|password|secret|signature|authorization|cookie)"
    r"[\"']?\s*[:= ]\s*[\"']?)(?:(?:bearer|basic|apikey)\s+)?[^\s\"',;&<>]{4,}"
)
_WEB_TOKENS = re.compile(r"\beyJ[\w-]{6,}\.[\w-]{4,}(?:\.[\w-]*)?")
_QUERIES = re.compile(r"(https?://[^\s\"'<>?#]*)[?#][^\s\"'<>]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_inside = contextvars.ContextVar("ketbridge_request", default=False)


def scrub(text: str, secrets: tuple[str, ...] = (), length: int = QUOTED_LENGTH) -> str:
    """Make a text of a service fit for a message.

    Credentials, the queries of URLs (presigned ones are credentials) and control characters go;
    the rest is cut to ``length`` characters.
    """
    text = text[: 16 * length]
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = _QUERIES.sub(rf"\1?{HIDDEN}", text)
    text = _WEB_TOKENS.sub(HIDDEN, text)
    text = _CREDENTIALS.sub(rf"\1{HIDDEN}", text)
    text = _CONTROL.sub(" ", text).strip()
    return text if len(text) <= length else f"{text[: length - 3]}..."


def quiet_target(target: str) -> str:
    """Return a request target with the values of its query removed."""
    path, question, query = target.partition("?")
    names = "&".join(f"{pair.partition('=')[0]}=" for pair in query.split("&"))
    return f"{path}?{names}" if question else path


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the service's own id of a request from the headers that commonly carry it."""
    found = next((headers[name] for name in _REQUEST_IDS if name in headers), None)
    return None if found is None else scrub(found, length=128)


@contextlib.contextmanager
def silent_library() -> Iterator[None]:
    """Keep the HTTP library's own log, which shows whole headers, out of a request of ours."""
    _filter_library()
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


@cache
def _filter_library() -> None:
    for part in _LIBRARY_LOGGERS:
        logging.getLogger(f"httpcore.{part}").addFilter(_not_ours)


def _not_ours(record: logging.LogRecord) -> bool:
    return not _inside.get()

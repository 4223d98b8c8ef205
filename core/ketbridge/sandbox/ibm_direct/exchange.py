"""Reading a job's input and writing its results by presigned URLs, as the service does."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from ..workers import WorkError

UNREADABLE = "1510"
UNWRITABLE = "1511"
"""Codes of ours: the input could not be read, an output could not be written."""
TIMEOUT_S = 30.0
LOCAL = ("127.0.0.1", "localhost", "::1")


def is_local(url: str) -> bool:
    """Whether a URL is on this computer; the sandbox asks no other."""
    parts = urlsplit(url)
    return parts.scheme == "http" and parts.hostname in LOCAL


async def read(url: str) -> bytes:
    """Read an object.

    Raises:
        WorkError: it could not be read; the message does not show the URL.
    """
    try:
        return await asyncio.to_thread(_send, urllib.request.Request(url))  # noqa: S310
    except OSError as error:
        raise WorkError(UNREADABLE, f"The input could not be read: {_why(error)}.") from None


async def write(url: str, content: bytes) -> None:
    """Write an object.

    Raises:
        WorkError: it could not be written; the message does not show the URL.
    """
    request = urllib.request.Request(url, content, method="PUT")  # noqa: S310
    request.add_header("Content-Type", "application/json")
    try:
        await asyncio.to_thread(_send, request)
    except OSError as error:
        raise WorkError(UNWRITABLE, f"An output could not be written: {_why(error)}.") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirects)


def _send(request: urllib.request.Request) -> bytes:
    with _opener.open(request, timeout=TIMEOUT_S) as answer:
        content: bytes = answer.read()
        return content


def _why(error: OSError) -> str:
    if isinstance(error, urllib.error.HTTPError):
        with error:
            return f"the store answered {error.code}"
    return "the store could not be reached"

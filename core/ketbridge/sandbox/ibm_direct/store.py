"""An S3-compatible store at ``/s3``: moto's, with what it leaves out.

moto keeps the objects and speaks S3. It takes any key and never lets a presigned URL run out, so
that keys, clocks, checksums and the life of URLs are checked here. Signatures are not checked.
moto is imported when the first request comes.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from ..service import HttpError, JobSeen, Route

PREFIX = "/s3"
BUCKET = "ketbridge"
KEY = "sandbox"
THREADS = 4
METHODS = {
    "HeadObject": "HEAD",
    "GetObject": "GET",
    "PutObject": "PUT",
    "DeleteObject": "DELETE",
    "PostObject": "POST",
}
CODES = {403: "AccessDenied", 404: "NoSuchKey", 413: "EntityTooLarge", 503: "SlowDown"}
_SKEW = timedelta(minutes=15)
_TIME = "%Y%m%dT%H%M%SZ"


class ObjectStore:
    """The store, mounted at ``/s3``.

    Its operations are named ``s3.GetObject`` and so on, for the fault knobs.
    """

    cloud = "s3"
    prefix = PREFIX

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # of its own: jobs wait for the store in the threads of the event loop
        self._threads = ThreadPoolExecutor(THREADS, "ketbridge-store")

    def routes(self) -> list[Route]:
        """List its operations by their methods."""
        return [
            Route(f"s3.{name}", method, "/{key:path}", self._carry)
            for name, method in METHODS.items()
        ]

    def error(self, status: int, message: str, **more: Any) -> Response:
        """Word an error as S3 does."""
        code = more.get("code") or CODES.get(status, "InternalError")
        body = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        return Response(body, status, media_type="application/xml")

    def jobs(self) -> list[JobSeen]:
        """List nothing: it has no jobs."""
        return []

    async def _carry(self, request: Request) -> Response:
        _check(request)
        body = await request.body()
        _check_digest(request, body)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._ask_moto, request, body)

    def _ask_moto(self, request: Request, body: bytes) -> Response:
        answer = self._moto.open(
            request.url.path.removeprefix(PREFIX),
            method=request.method,
            base_url=f"http://{request.headers['host']}",
            query_string=request.url.query,
            headers=[(name, value) for name, value in request.headers.items() if name != "host"],
            data=body,
        )
        kept = {
            name: value for name, value in answer.headers.items() if name.lower() != "connection"
        }
        return Response(answer.get_data(), answer.status_code, kept)

    @cached_property
    def _moto(self) -> Any:
        """Moto's application with the bucket in it."""
        from moto.moto_server.werkzeug_app import create_backend_app
        from werkzeug.test import Client

        with self._lock:
            client = Client(create_backend_app("s3"))
            client.put(f"/{BUCKET}", base_url="http://127.0.0.1")
            return client


def _check(request: Request) -> None:
    """Check who asks and when.

    Raises:
        HttpError: the key is not known, the URL has run out, or the clocks differ too much (403).
    """
    query = request.query_params
    if "X-Amz-Signature" in query:
        key, begin = query.get("X-Amz-Credential", ""), _moment(query.get("X-Amz-Date"))
        life = timedelta(seconds=int(query.get("X-Amz-Expires") or 0))
        if datetime.now(UTC) > begin + life:
            raise HttpError(403, "Request has expired")
        if begin - datetime.now(UTC) > _SKEW:
            raise HttpError(403, "Request is not valid yet")
    else:
        key = request.headers.get("authorization", "").partition("Credential=")[2]
        begin = _moment(request.headers.get("x-amz-date"))
        if abs(datetime.now(UTC) - begin) > _SKEW:
            raise HttpError(
                403,
                "The difference between the request time and the server's time is too large.",
                code="RequestTimeTooSkewed",
            )
    if not hmac.compare_digest(key.partition("/")[0], KEY):
        raise HttpError(403, "The access key id does not exist.", code="InvalidAccessKeyId")


def _check_digest(request: Request, body: bytes) -> None:
    """Check a body against the checksum that came with it.

    Raises:
        HttpError: it is another (400).
    """
    said = request.headers.get("content-md5")
    found = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    if said is not None and said != found:
        raise HttpError(400, "The Content-MD5 is not that of what arrived.", code="BadDigest")


def _moment(text: str | None) -> datetime:
    try:
        return datetime.strptime(text or "", _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise HttpError(403, "The request is not signed.") from None

"""How each fault is made to happen on a connection.

Every function gets the exchange and returns the answer to send, or None where it has written to
the connection itself. Faults that an HTTP library would not let one make are written to the
transport directly.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from .faults import Fault
from .protocol import reset, transport_of

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and the two ways to answer it.

    Attributes:
        request: the request.
        answer: acts on the request and gives the right answer.
        refuse: makes the service's error answer of a status, without acting on the request.
    """

    request: Request
    answer: Callable[[], Awaitable[Response]]
    refuse: Callable[[int], Response]

    @property
    def transport(self) -> asyncio.Transport:
        """The connection."""
        return transport_of(self.request.scope)

    async def until_closed(self) -> None:
        """Wait until the connection is gone."""
        while (await self.request.receive())["type"] != "http.disconnect":
            pass


async def enact(fault: Fault, exchange: Exchange) -> Response | None:
    """Let a fault happen; return the answer to send, None where nothing more is to be sent."""
    return await _ACTS[fault.name](exchange, **fault.values)


async def _latency(exchange: Exchange, ms: float) -> Response:
    await asyncio.sleep(ms / 1000)
    return await exchange.answer()


async def _status(
    exchange: Exchange, code: int = 429, retry_after: str | float | None = None
) -> Response:
    await exchange.request.body()
    response = exchange.refuse(code)
    if retry_after is not None:
        response.headers["retry-after"] = str(retry_after)
    return response


async def _redirect(exchange: Exchange, location: str, code: int) -> Response:
    await exchange.request.body()
    return Response(status_code=code, headers={"location": location})


async def _reset_before(exchange: Exchange) -> None:
    reset(exchange.transport)
    await exchange.until_closed()


async def _reset_after(exchange: Exchange) -> None:
    await exchange.answer()
    reset(exchange.transport)
    await exchange.until_closed()


async def _error_after(exchange: Exchange, code: int) -> Response:
    await exchange.answer()
    return exchange.refuse(code)


async def _silence(exchange: Exchange, taken: bool) -> None:
    if taken:
        await exchange.answer()
    await exchange.until_closed()


async def _drip(exchange: Exchange, interval_s: float) -> Response:
    right = await exchange.answer()
    content = bytes(right.body)

    async def one_by_one() -> AsyncIterator[bytes]:
        for place in range(len(content)):
            await asyncio.sleep(interval_s)
            yield content[place : place + 1]

    headers = {"content-length": str(len(content))}
    return StreamingResponse(
        one_by_one(), right.status_code, headers, media_type="application/json"
    )


async def _short_body(exchange: Exchange) -> None:
    content = bytes((await exchange.answer()).body)
    await _raw(exchange, f"content-length: {len(content)}", content[: len(content) // 2])


async def _cut_chunks(exchange: Exchange) -> None:
    content = bytes((await exchange.answer()).body)
    half = content[: max(1, len(content) // 2)]
    await _raw(exchange, "transfer-encoding: chunked", b"%x\r\n%s\r\n" % (len(half), half))


async def _cut_gzip(exchange: Exchange) -> Response:
    packed = gzip.compress(bytes((await exchange.answer()).body))
    return Response(
        packed[: len(packed) - 9],
        headers={"content-encoding": "gzip"},
        media_type="application/json",
    )


async def _body(exchange: Exchange, content: bytes, media_type: str, code: int) -> Response:
    await exchange.answer()
    return Response(content, code, media_type=media_type)


async def _edit(exchange: Exchange, changes: dict[str, Any]) -> Response:
    right = await exchange.answer()
    if not right.body:  # an answer without members stays as it is
        return right
    data = {**json.loads(bytes(right.body)), **changes}
    kept = {name: value for name, value in data.items() if value is not None or name not in changes}
    return Response(json.dumps(kept), right.status_code, media_type="application/json")


async def _huge(exchange: Exchange, megabytes: float) -> Response:
    await exchange.request.body()

    async def much() -> AsyncIterator[bytes]:
        yield b'"'
        for _ in range(int(megabytes)):
            yield b"x" * MEGABYTE
        yield b'"'

    return StreamingResponse(much(), media_type="application/json")


async def _bomb(exchange: Exchange, megabytes: float) -> Response:
    await exchange.request.body()
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [packer.compress(b'"')]
    parts += [packer.compress(b"x" * MEGABYTE) for _ in range(int(megabytes))]
    parts += [packer.compress(b'"'), packer.flush()]
    return Response(
        b"".join(parts), headers={"content-encoding": "gzip"}, media_type="application/json"
    )


async def _raw(exchange: Exchange, framing: str, content: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{framing}\r\n\r\n"
    exchange.transport.write(head.encode() + content)
    exchange.transport.close()
    await exchange.until_closed()


_ACTS: dict[str, Callable[..., Awaitable[Response | None]]] = {
    "latency": _latency,
    "rate_limited": _status,
    "status": _status,
    "redirect": _redirect,
    "reset_before": _reset_before,
    "reset_after": _reset_after,
    "error_after": _error_after,
    "silence": _silence,
    "drip": _drip,
    "short_body": _short_body,
    "cut_chunks": _cut_chunks,
    "cut_gzip": _cut_gzip,
    "body": _body,
    "edit": _edit,
    "huge": _huge,
    "bomb": _bomb,
}

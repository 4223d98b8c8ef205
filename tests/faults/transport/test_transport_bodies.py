"""Bodies that are cut, too large or not what they say."""

from __future__ import annotations

import tracemalloc
import zlib

import pytest
from support.operations import get, submit
from support.rawserver import gzipped, raw, reply

from ketbridge.errors import (
    AmbiguousSubmissionError,
    ProtocolError,
    ResponseTooLarge,
    TruncatedResponse,
)

OK = b"HTTP/1.1 200 OK\r\n"
ZIPPED = gzipped(b'{"id": "' + bytes(range(65, 91)) * 40 + b'"}')
GZIP = {"Content-Encoding": "gzip"}

CUTS = {
    "short of Content-Length": raw(OK + b"Content-Length: 100\r\n\r\n" + b'{"id":'),
    "chunked without its end": raw(
        OK + b"Transfer-Encoding: chunked\r\n\r\n8\r\n" + b'{"id": 1\r\n'
    ),
    "gzip, all lengths right": reply(200, ZIPPED[:-12], GZIP),
    "gzip without its checksum": reply(200, ZIPPED[:-8], GZIP),
}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_cut_answer_is_never_taken_for_a_whole_one(caller, serve, clockwork, cut):
    server = serve(cut)
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(TruncatedResponse) as caught:
        caller.send(client, get())
    assert caught.value.status == 200
    assert len(server.requests) == 4


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_read_whose_answer_was_cut_is_repeated(caller, serve, clockwork, cut):
    server = serve(cut, reply(200, {"id": "j1"}))
    client = caller.client(server.url, clockwork.settings())
    assert caller.send(client, get()) == {"id": "j1"}
    assert (len(server.requests), len(clockwork.sleeps)) == (2, 1)


def test_a_submit_whose_answer_was_cut_is_ambiguous(caller, serve, clockwork):
    server = serve(CUTS["short of Content-Length"])
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(AmbiguousSubmissionError):
        caller.send(client, submit())
    assert len(server.requests) == 1


def test_a_gzip_answer_is_read(caller, serve):
    server = serve(reply(200, gzipped(b'{"id": "j1"}'), GZIP))
    assert caller.send(caller.client(server.url), get()) == {"id": "j1"}


MEGABYTE = 2**20


def bomb(expanded: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(bytes(MEGABYTE)) for _ in range(expanded // MEGABYTE)]
    return b"".join(pieces) + packer.flush()


@pytest.mark.parametrize("cap", [4 * MEGABYTE, 16 * MEGABYTE])
def test_a_gzip_bomb_stops_at_the_cap_with_less_than_twice_its_memory(
    caller, serve, clockwork, cap
):
    server = serve(reply(200, bomb(200 * MEGABYTE), GZIP))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(ResponseTooLarge, match=str(cap)):
        tracemalloc.start()
        try:
            caller.send(client, get(max_bytes=cap))
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert peak < 2 * cap
    assert (len(server.requests), clockwork.sleeps) == (1, [])


def test_a_declared_length_above_the_cap_is_refused_before_it_is_read(caller, serve):
    server = serve(raw(OK + b"Content-Length: 5000000000\r\n\r\n", then_close=False))
    with pytest.raises(ResponseTooLarge):
        caller.send(caller.client(server.url), get())
    assert len(server.requests) == 1


def test_an_endless_answer_stops_at_the_cap(caller, serve):
    def endless(sock, received):
        sock.sendall(OK + b"Transfer-Encoding: chunked\r\n\r\n")
        while True:
            sock.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")

    server = serve(endless)
    with pytest.raises(ResponseTooLarge):
        caller.send(caller.client(server.url), get(max_bytes=MEGABYTE))
    assert len(server.requests) == 1


def test_an_answer_as_large_as_the_cap_is_read(caller, serve):
    server = serve(reply(200, bytes(MEGABYTE)))
    operation = get(max_bytes=MEGABYTE, read=lambda answer: len(answer.body))
    assert caller.send(caller.client(server.url), operation) == MEGABYTE


UNREADABLE = {
    "malformed": b'{"id": ',
    "html": b"<html><body>Gateway login</body></html>",
    "empty": b"",
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "not utf-8": b'{"id": "\xff\xfe"}',
    "nan": b'{"id": NaN}',
    "null": b"null",
    "list": b"[]",
    "other shape": b'{"other": 1}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize(
    ("make", "error"), [(get, ProtocolError), (submit, AmbiguousSubmissionError)]
)
def test_a_body_that_is_not_what_is_documented_is_not_asked_for_again(
    caller, serve, clockwork, make, error, body
):
    from ketbridge.transport.body import decode_json

    server = serve(reply(200, body, {"X-Request-Id": "r-17"}))
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(error, match="200") as caught:
        caller.send(client, make(read=lambda answer: decode_json(answer.body)["id"]))
    assert (caught.value.status, caught.value.request_id) == (200, "r-17")
    assert len(str(caught.value)) < 700
    assert (len(server.requests), clockwork.sleeps) == (1, [])


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd"])
def test_an_encoding_that_was_not_asked_for_is_a_protocol_error(caller, serve, encoding):
    server = serve(reply(200, b"{}", {"Content-Encoding": encoding}))
    with pytest.raises(ProtocolError, match=encoding):
        caller.send(caller.client(server.url), get())


def test_an_error_with_a_huge_body_is_still_that_error(caller, serve):
    from ketbridge.errors import RequestRefused

    server = serve(reply(400, b"x" * 8 * MEGABYTE))
    with pytest.raises(RequestRefused, match="400") as caught:
        caller.send(caller.client(server.url), get(max_bytes=MEGABYTE))
    assert len(str(caught.value)) < 700


def test_a_download_appears_whole_or_not_at_all(serve, caller, clockwork, tmp_path):
    server = serve(CUTS["short of Content-Length"], reply(200, gzipped(b"x" * MEGABYTE), GZIP))
    client = caller.client(server.url, clockwork.settings())
    target = tmp_path / "result.json"
    answer = caller.download(client, get(), target)
    assert (answer.status, target.read_bytes()) == (200, b"x" * MEGABYTE)
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]


def test_a_download_that_fails_leaves_no_file(serve, caller, clockwork, tmp_path):
    server = serve(CUTS["gzip without its checksum"])
    client = caller.client(server.url, clockwork.settings())
    with pytest.raises(TruncatedResponse):
        caller.download(client, get(), tmp_path / "result.json")
    assert list(tmp_path.iterdir()) == []

"""What goes to a store and what its answers are taken for, byte by byte."""

from __future__ import annotations

import base64
import hashlib
import logging
import math
import pickle
import random
import socket
import ssl
import threading
import traceback
import zlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import trustme
from support.rawserver import RawServer, raw, reply, reset

from ketbridge.errors import (
    AuthenticationFailed,
    ConnectionLost,
    CredentialError,
    KetbridgeError,
    NotFound,
    PermissionDenied,
    ProtocolError,
    RateLimited,
    RequestRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TlsError,
    TruncatedResponse,
)
from ketbridge.secret import Secret
from ketbridge.storage import Place, Store, TemporaryKeyWarning, patiently
from ketbridge.transport import Client, Settings

ANY = math.inf
TAG = {"ETag": '"1"'}
DONE = reply(200, b"", TAG)
CANARY_ID, CANARY = "canary-7d1f-id", "canary-7d1f-secret"


@pytest.fixture
def opened():
    """Open a store, and close it after the test."""
    made: list[Store] = []

    def open_store(url: str, *, settings: Settings | None = None, **changes) -> Store:
        key = {"access_key": Secret(CANARY_ID), "secret_key": Secret(CANARY)}
        place = Place("bucket", url, **{"addressing": "path", **key, **changes})
        made.append(Store(place, settings or Settings(io_timeout_s=5, connect_timeout_s=5)))
        return made[-1]

    yield open_store
    for store in made:
        store.close()


@pytest.fixture
def serve():
    """Serve a script, and stop after the test."""
    servers: list[RawServer] = []

    def start(*script, **choices) -> RawServer:
        servers.append(RawServer(*script, **choices))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def said(code: str, status: int, more: str = "", message: str = "No."):
    body = f"<Error><Code>{code}</Code><Message>{message}</Message>{more}</Error>"
    return reply(status, body.encode(), {"Content-Type": "application/xml"})


def region_of(authorization: str) -> str:
    return authorization.partition("Credential=")[2].split("/")[2]


# -- checksums ----------------------------------------------------------------------------------


def test_an_upload_says_its_checksum(opened, serve):
    server, content = serve(DONE), random.Random(1).randbytes(300_000)
    opened(server.url).put("a", content, ANY)
    (sent,) = server.requests
    assert sent.body == content
    digest = hashlib.md5(content, usedforsecurity=False).digest()
    assert base64.b64decode(sent.headers["content-md5"]) == digest


def test_an_upload_that_arrived_damaged_is_sent_again(opened, serve):
    server, client = serve(said("BadDigest", 400), DONE), Client("http://127.0.0.1:9")
    store = opened(server.url)
    client.run(patiently(lambda left_s: store.put("a", b"x", left_s), random.Random(1)))
    assert [request.body for request in server.requests] == [b"x", b"x"]
    client.close()


@pytest.mark.parametrize("checksum", [0, 1], ids=["right", "wrong"])
def test_a_download_is_held_to_the_checksum_that_the_store_gives(opened, serve, tmp_path, checksum):
    content = b"x" * 200_000
    crc = base64.b64encode((zlib.crc32(content) ^ checksum).to_bytes(4, "big")).decode()
    server = serve(reply(200, content, {"x-amz-checksum-crc32": crc}))
    store, path = opened(server.url), tmp_path / "a"
    if checksum:
        with pytest.raises(TruncatedResponse, match="checksum"):
            store.download("a", path, ANY)
        with pytest.raises(TruncatedResponse, match="checksum"):
            store.get("a", ANY, 10**6)
        assert not path.exists()
    else:
        assert store.download("a", path, ANY) == len(content) == len(path.read_bytes())
    assert server.requests[0].headers["x-amz-checksum-mode"] == "ENABLED"


# -- regions and addresses ----------------------------------------------------------------------


def test_a_bucket_of_another_region_is_found_and_its_urls_are_signed_for_that(opened, serve):
    elsewhere = said("AuthorizationHeaderMalformed", 400, "<Region>eu-de</Region>")
    server = serve(elsewhere, DONE)
    store = opened(server.url, region="us-east-1")
    store.put("a", b"content", ANY)
    regions = [region_of(request.headers["authorization"]) for request in server.requests]
    assert regions == ["us-east-1", "eu-de"]
    assert server.requests[1].body == b"content"
    assert "%2Feu-de%2Fs3%2F" in store.lend("a", "get", 60).reveal()


def test_a_redirect_to_another_place_is_not_followed(opened, serve):
    other = serve(DONE)
    server = serve(reply(307, b"", {"Location": f"{other.url}/bucket/a"}))
    with pytest.raises(KetbridgeError, match="'bucket'"):
        opened(server.url).put("a", b"x", ANY)
    assert other.connections == 0


@pytest.mark.parametrize(
    ("addressing", "host", "path"),
    [("path", "s3.example.org", "/bucket/ketbridge/a"),
     ("virtual", "bucket.s3.example.org", "/ketbridge/a")],
)  # fmt: skip
def test_a_bucket_is_in_the_path_or_in_the_host(opened, addressing, host, path):
    url = opened("https://s3.example.org", addressing=addressing).lend("a", "get", 60).reveal()
    assert (urlsplit(url).netloc, urlsplit(url).path) == (host, path)


def test_an_endpoint_may_have_a_port_and_a_path(opened, serve):
    server = serve(DONE)
    opened(f"{server.url}/s3").put("a b", b"", ANY)
    (sent,) = server.requests
    assert (sent.target, sent.headers["host"]) == (
        "/s3/bucket/ketbridge/a%20b",
        f"127.0.0.1:{server.port}",
    )


# -- answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (said("AccessDenied", 403), PermissionDenied, "'bucket'.*s3:PutObject"),
        (said("AccessDenied", 403, message="Request has expired"), AuthenticationFailed, "expired"),
        (said("ExpiredToken", 400), AuthenticationFailed, "expired"),
        (said("RequestTimeTooSkewed", 403), AuthenticationFailed, "clock"),
        (said("SignatureDoesNotMatch", 403), AuthenticationFailed, "secret_key"),
        (said("NoSuchBucket", 404), RequestRefused, "there is no bucket 'bucket'"),
        (said("SlowDown", 503), RateLimited, "slow down"),
        (said("InternalError", 500), ServiceUnavailable, "'bucket'"),
        (reply(200, b"<html>Sign in</html>", {"Content-Type": "text/html"}), ProtocolError, "S3"),
        (reply(403, b"<html>No</html>"), PermissionDenied, "s3:PutObject"),
        (reply(502, b"not XML <"), ServiceUnavailable, "502"),
        (raw(b"SSH-2.0-OpenSSH\r\n"), ConnectionLost, "'bucket'"),
        (reset, ConnectionLost, "'bucket'"),
    ],
    ids=["403", "expired", "expired token", "skew", "wrong secret", "bucket", "slow down", "500",
         "sign in", "403 of a proxy", "502 of a proxy", "no HTTP", "reset"],
)  # fmt: skip
def test_an_answer_is_an_error_that_names_the_bucket_and_shows_no_key(
    opened, serve, caplog, answer, error, words
):
    caplog.set_level(logging.DEBUG)
    store = opened(serve(answer).url)
    with pytest.raises(error, match=words) as told:
        store.put("a", b"x", ANY)
    texts = [
        "".join(traceback.format_exception(told.value)),
        repr(vars(told.value)),
        repr(pickle.loads(pickle.dumps(told.value))),
        pickle.dumps(told.value).decode("latin-1"),
        *(record.getMessage() for record in caplog.records),
    ]
    assert not [text for text in texts if "canary" in text or "Signature=" in text]


def test_a_refusal_is_read_though_the_store_did_not_read_the_object(opened):
    listener = socket.create_server(("127.0.0.1", 0))
    body = b"<Error><Code>AccessDenied</Code></Error>"

    def refuse_and_close() -> None:
        sock, _ = listener.accept()
        sock.recv(1000)
        head = b"HTTP/1.1 403 No\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
        sock.sendall(head % len(body) + body)
        sock.close()

    refusing = threading.Thread(target=refuse_and_close)
    refusing.start()
    with pytest.raises(PermissionDenied, match="s3:PutObject"):
        opened(f"http://127.0.0.1:{listener.getsockname()[1]}").put("a", bytes(2**24), ANY)
    refusing.join(10)
    listener.close()


def test_an_error_that_goes_on_and_on_is_cut(opened, serve):
    server = serve(reply(403, b"x" * 5 * 2**20))
    with pytest.raises(ResponseTooLarge, match="'bucket'"):
        opened(server.url).put("a", b"x", ANY)


def test_a_missing_object_is_told_from_a_missing_bucket(opened, serve):
    server = serve(said("NoSuchKey", 404), said("NoSuchBucket", 404))
    store = opened(server.url)
    with pytest.raises(NotFound, match="no such object"):
        store.get("a", ANY, 10)
    with pytest.raises(RequestRefused, match="there is no bucket"):
        store.get("a", ANY, 10)


# -- the way there ------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path) -> tuple[trustme.CA, Path]:
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return made, tmp_path / "ca.pem"


def tls_of(authority: trustme.CA, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    return context


@pytest.mark.parametrize("named_by", ["the account", "boto3's own variable"])
def test_a_certificate_of_ones_own_authority_is_accepted(
    opened, serve, authority, monkeypatch, named_by
):
    issuer, file = authority
    server, settings = serve(DONE, tls=tls_of(issuer, "localhost")), Settings()
    if named_by == "the account":
        settings = Settings(ca_file=file)
    else:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(file))
    opened(server.url, settings=settings).put("a", b"x", ANY)
    assert len(server.requests) == 1


@pytest.mark.parametrize("host", ["localhost", "elsewhere.example"])
def test_a_certificate_that_cannot_be_verified_ends_the_call(opened, serve, authority, host):
    issuer, file = authority
    trusted = Settings(ca_file=file) if host != "localhost" else Settings()
    server = serve(DONE, tls=tls_of(issuer, host))
    store, client = opened(server.url, settings=trusted), Client("http://127.0.0.1:9")
    with pytest.raises(TlsError, match="certificate"):
        client.run(patiently(lambda left_s: store.put("a", b"x", left_s), random.Random(1)))
    assert (server.connections, server.requests) == (1, [])
    client.close()


def test_a_store_elsewhere_is_reached_through_the_proxy(opened, serve, authority, monkeypatch):
    issuer, file = authority
    server = serve(DONE, tls=tls_of(issuer, "s3.example.org"))

    def tunnel(sock: socket.socket, received) -> None:
        def copy(source: socket.socket, target: socket.socket) -> None:
            while data := source.recv(65536):
                target.sendall(data)

        with socket.create_connection(("127.0.0.1", server.port)) as inner:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(inner, sock), daemon=True)
            back.start()
            copy(sock, inner)
            inner.shutdown(socket.SHUT_WR)
            back.join(5)

    proxy = serve(tunnel)
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    store = opened("https://s3.example.org", settings=Settings(ca_file=file))
    store.put("a", b"x", ANY)
    store.close()
    assert [request.target for request in proxy.requests] == ["s3.example.org:443"]
    assert [request.body for request in server.requests] == [b"x"]


def test_a_profile_that_is_not_there_is_said(opened, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "none-such")
    with pytest.raises(CredentialError, match=r"bucket 'bucket'.*none-such"):
        opened("http://127.0.0.1:9").put("a", b"x", ANY)


def test_without_any_key_it_is_said_how_to_give_one(opened, monkeypatch):
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(CredentialError, match=r"access_key=\.\.\. and secret_key"):
        opened("http://127.0.0.1:9", access_key=None, secret_key=None).put("a", b"x", ANY)


@pytest.mark.parametrize("token", [None, "canary-session"], ids=["lasting", "temporary"])
def test_a_key_that_ends_by_itself_is_warned_of_once(opened, monkeypatch, recwarn, token):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CANARY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    if token is not None:
        monkeypatch.setenv("AWS_SESSION_TOKEN", token)
    store = opened("http://127.0.0.1:9", access_key=None, secret_key=None)
    for _ in range(2):
        store.lend("a", "get", 60)
    said = [str(one.message) for one in recwarn if one.category is TemporaryKeyWarning]
    assert len(said) == (token is not None)
    assert "canary" not in "".join(said)


def test_half_a_key_in_the_environment_is_said(opened, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", CANARY_ID)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY", raising=False)
    store = opened("http://127.0.0.1:9", access_key=None, secret_key=None)
    for call in (lambda: store.lend("a", "get", 60), lambda: store.put("a", b"x", ANY)):
        with pytest.raises(CredentialError, match="missing: AWS_SECRET_ACCESS_KEY") as told:
            call()
        assert "canary" not in str(told.value)

"""Proxies of the environment: used for services elsewhere, never for this computer."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest
import trustme
from support.operations import get
from support.rawserver import RawServer, reply

from ketbridge.errors import ConnectionFailed
from ketbridge.transport import Settings


def tunnel_to(port: int):
    """Answer a CONNECT and pass bytes on, both ways, to a port of this computer."""

    def copy(source: socket.socket, target: socket.socket) -> None:
        while data := source.recv(65536):
            target.sendall(data)

    def act(sock: socket.socket, received) -> None:
        with socket.create_connection(("127.0.0.1", port)) as inner:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=copy, args=(inner, sock), daemon=True)
            back.start()
            copy(sock, inner)
            inner.shutdown(socket.SHUT_WR)
            back.join(5)

    return act


@pytest.fixture
def remote(tmp_path):
    """A TLS server that calls itself service.example, and settings that trust it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("service.example").configure_cert(context)
    with RawServer(reply(200, {"id": 1}), tls=context) as server:
        yield server, Settings(ca_file=tmp_path / "ca.pem")


def test_a_service_elsewhere_is_reached_through_the_proxy(caller, serve, remote, monkeypatch):
    service, settings = remote
    proxy = serve(tunnel_to(service.port))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    client = caller.client("https://service.example", settings)
    assert caller.send(client, get()) == {"id": 1}
    assert [(r.method, r.target) for r in proxy.requests] == [("CONNECT", "service.example:443")]
    assert "authorization" not in proxy.requests[0].headers
    client.close()


def test_a_proxy_that_refuses_means_that_nothing_was_sent(caller, serve, clockwork, monkeypatch):
    proxy = serve(reply(403))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    client = caller.client("https://service.example", clockwork.settings())
    with pytest.raises(ConnectionFailed, match="proxy"):
        caller.send(client, get())
    assert len(proxy.requests) == 4


def test_this_computer_is_reached_without_the_proxy(caller, serve, monkeypatch):
    proxy, service = serve(reply(403)), serve(reply(200, {"id": 1}))
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    assert caller.send(caller.client(service.url), get()) == {"id": 1}
    assert proxy.connections == 0

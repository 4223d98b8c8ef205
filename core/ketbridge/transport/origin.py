"""Where requests may go: one origin, below one path, and nowhere else."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlencode, urlsplit

from ..errors import AddressError, ProtocolError
from .operation import Operation

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:]{2,39}")
_PATH = re.compile(r"(/[A-Za-z0-9._~!$'()*+,;=:@%-]*)*")
_QUERY = re.compile(r"[A-Za-z0-9._~!$'()*+,;=:@%/?&-]*")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Origin:
    """A service: scheme, host and port, and the path that its operations are below."""

    scheme: str
    host: str
    port: int
    base_path: str = ""

    @classmethod
    def parse(cls, url: str) -> Origin:
        """Read a base URL.

        Raises:
            AddressError: it is no URL of a service: user info, a query, a host with non-ASCII
                letters, or plain http to another computer.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except (ValueError, AttributeError) as error:
            raise AddressError(f"the base URL cannot be read: {error}") from None
        host = parts.hostname or ""
        if "@" in parts.netloc:
            raise AddressError("the base URL has a user name or password in it: give a token")
        if parts.scheme not in _PORTS or not _HOST.fullmatch(host):
            raise AddressError(
                "the base URL is not of the form https://host[:port]/path with an ASCII host name"
            )
        if parts.query or parts.fragment or not _is_plain(parts.path):
            raise AddressError("the base URL has a query, a fragment or an unusual path")
        if parts.scheme == "http" and not is_loopback(host):
            raise AddressError(f"the base URL of {host} must begin with https://")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme], parts.path.rstrip("/"))

    @property
    def netloc(self) -> str:
        """Host, and port where it is not the usual one, as in a ``Host`` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"

    def target(self, operation: Operation[object]) -> str:
        """Return the path and query of an operation's request.

        Raises:
            ProtocolError: the path came from the service and leads elsewhere.
            AddressError: the operation's own path is not usable.
        """
        if operation.host_relative:
            path = self.follow(operation.path)
        else:
            path = self.base_path + operation.path
            if not operation.path.startswith("/") or not _is_plain(path):
                raise AddressError(f"{operation.name} has an unusable path")
        if not operation.query:
            return path
        joint = "&" if "?" in path else "?"
        return f"{path}{joint}{urlencode(operation.query, quote_via=quote)}"

    def follow(self, url: str) -> str:
        """Return the path and query of a URL that the service supplied, if it is on this origin.

        Raises:
            ProtocolError: it leads to another origin, or its path has ``..``, an encoded slash or
                other characters that servers read in different ways.
        """
        path = url
        if not url.startswith("/"):
            try:
                other = Origin.parse(url.partition("?")[0])
            except AddressError:
                raise ProtocolError(f"the service gave an unusable URL: {_short(url)}") from None
            if (other.scheme, other.host, other.port) != (self.scheme, self.host, self.port):
                raise ProtocolError(
                    f"the service gave a URL of another origin, which is not followed: "
                    f"{_short(url)} is not on {self}"
                )
            path = "/" + url.split("/", 3)[3] if url.count("/") > 2 else "/"
        place, _, query = path.partition("?")
        if not _is_plain(place) or not _QUERY.fullmatch(query):
            raise ProtocolError(f"the service gave a URL with an unusable path: {_short(url)}")
        return path


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_plain(path: str) -> bool:
    """Whether every server reads a path in the same way: nothing to resolve, nothing hidden."""
    plain = unquote(path)
    return (
        _PATH.fullmatch(path) is not None
        and "//" not in path
        and path.count("/") == plain.count("/")
        and not any(segment in (".", "..") for segment in plain.split("/"))
        and not any(char in "\\%" or not char.isprintable() for char in plain)
    )


def _short(url: str) -> str:
    shown = repr(url.partition("?")[0])
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}..."

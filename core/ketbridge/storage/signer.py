"""boto3 as what signs and reads requests; they go over connections of ours."""

from __future__ import annotations

import contextlib
import contextvars
import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import (
    CredentialError,
    KetbridgeError,
    MissingExtraError,
    ProtocolError,
    ResponseTooLarge,
)
from ..transport.redact import scrub
from ..transport.relay import Relay, RelayedAnswer
from ..transport.wire import Settings
from .place import Place
from .silence import silent_library
from .term import Term

ERROR_BYTES = 1 << 20
"""Cap of an answer that is not an object."""
PIECE = 1 << 16
"""How much is read or written at once, in bytes."""

_REGION = re.compile(r"Credential=[^/]*/[0-9]{8}/([a-z0-9-]+)/")
_BUCKET_REGION = "x-amz-bucket-region"
_REDIRECTS = (301, 302, 307, 308)

_term: contextvars.ContextVar[Term] = contextvars.ContextVar("ketbridge_storage_term")


@contextlib.contextmanager
def within(term: Term) -> Iterator[None]:
    """Let requests that are made meanwhile have this time."""
    token = _term.set(term)
    try:
        yield
    finally:
        _term.reset(token)


@dataclass(frozen=True, slots=True)
class Signer:
    """boto3's client of a bucket, and what sends its requests.

    Attributes:
        s3: the client.
        sender: sends its requests, and sees which region the bucket is in.
        session: what boto3 knows of this computer.
    """

    s3: Any
    sender: Sender
    session: Any

    @property
    def misplaced(self) -> bool:
        """Whether the bucket is in another region than the client takes it to be.

        boto3 finds that out and goes on with its requests there, but signs URLs as before.
        """
        return self.sender.region not in (None, self.s3.meta.region_name)

    @property
    def temporary(self) -> bool:
        """Whether boto3 has found a key that ends by itself, and with it what it has signed."""
        found = self.session.get_credentials()
        return found is not None and found.get_frozen_credentials().token is not None

    def close(self) -> None:
        """Close the connections and end calls under way."""
        self.sender.relay.close()
        self.s3.close()


def connect(place: Place, settings: Settings, before: Signer | None = None) -> Signer:
    """Make boto3's client of a bucket.

    Args:
        place: the bucket.
        settings: timeouts, certificates and connections.
        before: the one whose connections it goes on with, and whose bucket's region it takes.

    Raises:
        MissingExtraError: boto3 is not installed.
        CredentialError: what boto3 finds on this computer is not usable.
    """
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
        from botocore.session import Session
    except ImportError:
        raise MissingExtraError("boto3", "direct") from None
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": place.addressing},
        connect_timeout=settings.connect_timeout_s,
        read_timeout=settings.io_timeout_s,
        retries={"total_max_attempts": 1},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_supported",
    )
    keys = (place.access_key, place.secret_key)
    region = place.region or ("us-east-1" if place.endpoint else None)
    if before is not None and before.sender.region is not None:
        region = before.sender.region
    with silent_library():
        try:
            session = Session()
            # what boto3 knows of S3 is a large file, which takes most of the time to read
            loader = _loader(session.get_config_variable("data_path"))
            session.register_component("data_loader", loader)
            authorities = session.get_config_variable("ca_bundle")
            client = boto3.session.Session(botocore_session=session).client(
                "s3",
                endpoint_url=place.endpoint,
                region_name=region,
                aws_access_key_id=keys[0].reveal() if keys[0] else None,
                aws_secret_access_key=keys[1].reveal() if keys[1] else None,
                config=config,
            )
        except (BotoCoreError, ValueError) as error:
            why = scrub(str(error), place.secrets)
            raise CredentialError(f"boto3 cannot be set up for {place}: {why}") from None
    if authorities and settings.ca_file is None:
        settings = dataclasses.replace(settings, ca_file=Path(authorities).expanduser())
    sender = Sender(Relay(settings) if before is None else before.sender.relay)
    client.meta.events.register("before-send.s3", sender)
    return Signer(client, sender, session)


@cache
def _loader(data_path: str | None) -> Any:
    from botocore.loaders import create_loader

    return create_loader(data_path)


class Sender:
    """Sends what boto3 has signed; boto3 takes what it returns for the answer.

    Attributes:
        relay: the connections.
        region: where the bucket is, once a request has been accepted.
    """

    def __init__(self, relay: Relay) -> None:
        self.relay = relay
        self.region: str | None = None

    def __call__(self, request: Any, event_name: str = "", **_: Any) -> Any:
        """Send one request within the time of the call.

        Raises:
            TransportError: there was no answer, or one that leads elsewhere.
        """
        from botocore.awsrequest import AWSResponse

        term = _term.get()
        term.check()
        headers = [(str(name), _text(value)) for name, value in request.headers.items()]
        body = _pieces(request.body, term)
        try:
            answer = self.relay.send(request.method, request.url, headers, body, term.budget)
        except KetbridgeError:
            if term.over:
                raise term.late() from None
            raise
        self._note(answer, dict(headers), event_name)
        return AWSResponse(request.url, answer.status, dict(answer.headers), _Body(answer, term))

    def _note(self, answer: RelayedAnswer, sent: dict[str, str], event_name: str) -> None:
        """Learn the region of an accepted request; end the search for one that leads nowhere."""
        signed = _REGION.search(sent.get("Authorization", ""))
        if answer.status < 300 and signed is not None:
            self.region = signed[1]
        lost = answer.status in _REDIRECTS and event_name.endswith(".HeadBucket")
        if lost and not any(name.lower() == _BUCKET_REGION for name, _ in answer.headers):
            answer.close()
            raise ProtocolError(
                "the store redirects to another place, which is not followed", status=answer.status
            )


class _Body:
    """The body of an answer, as boto3 wants to read it."""

    def __init__(self, answer: RelayedAnswer, term: Term) -> None:
        self._answer = answer
        self._term = term

    def read(self, amount: int | None = None) -> bytes:
        """Return the next piece as it came, all of it without an amount; nothing at the end."""
        if amount is None:
            return b"".join(self.stream())
        try:
            piece = self._answer.read()
        except KetbridgeError:
            self.close()
            if self._term.over:
                raise self._term.late() from None
            raise
        self._term.moved(len(piece))
        if not piece:
            self.close()
        return piece

    def stream(self) -> Iterator[bytes]:
        """Yield all of an answer that is no object.

        Raises:
            ResponseTooLarge: it goes on and on.
        """
        size = 0
        while piece := self.read(PIECE):
            size += len(piece)
            if size > ERROR_BYTES:
                self.close()
                raise ResponseTooLarge(f"the answer has more than {ERROR_BYTES} bytes")
            yield piece

    def close(self) -> None:
        """Give the connection back."""
        self._answer.close()


def _pieces(body: Any, term: Term) -> Iterator[bytes]:
    """Yield a body, which boto3 has as bytes or as a file, in pieces."""
    if body is None:
        return
    if isinstance(body, str | bytes | bytearray):
        yield body.encode() if isinstance(body, str) else bytes(body)
        return
    while piece := body.read(PIECE):
        yield piece
        term.moved(len(piece))


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)

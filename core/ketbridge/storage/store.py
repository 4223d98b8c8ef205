"""The store itself: blocking calls on one bucket, safe to share between threads."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from ..errors import DeadlineExceeded, MissingExtraError, NotFound, ResponseTooLarge
from ..secret import Secret
from ..transport.files import appearing
from ..transport.wire import Settings, watch_forks
from .failures import storage_error
from .place import Place
from .silence import silent_library

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are done and, where it is known, the bytes that there are."""

LONGEST_LOAN_S = 7 * 24 * 3600
"""Longest life of a presigned URL: what signature version 4 allows."""

_CALLS = {"get": "get_object", "put": "put_object"}
_CHUNK = 1 << 20


class Store:
    """One bucket. Making it does no I/O and loads no library.

    Every method blocks, is given the seconds that it may take as ``left_s`` and raises a
    TransportError for what went wrong. Flows run them through `patiently`.

    Attributes:
        place: where it is.
    """

    def __init__(self, place: Place, settings: Settings | None = None) -> None:
        """Prepare a store.

        Args:
            place: the bucket.
            settings: timeouts, certificates and connections, as for the service's own client.
        """
        self.place = place
        self._settings = settings or Settings()
        self.after_fork()
        watch_forks(self)

    def __repr__(self) -> str:
        return f"<Store {self.place}>"

    def after_fork(self) -> None:
        """Open connections of one's own in a forked child."""
        self._lock = threading.Lock()
        self._s3: Any = None

    def put(
        self, name: str, content: bytes, left_s: float, progress: Progress | None = None
    ) -> None:
        """Write an object; the store checks it against a checksum.

        Raises:
            TransportError: it is not there, or not surely.
        """
        checksum = hashlib.md5(content, usedforsecurity=False).digest()
        body = _Watched(content, _until(left_s), progress)
        with self._calling("PutObject") as s3:
            s3.put_object(
                **self._at(name),
                Body=body,
                ContentLength=len(content),
                ContentMD5=base64.b64encode(checksum).decode("ascii"),
                ContentType="application/json",
            )

    def get(
        self, name: str, left_s: float, max_bytes: int, progress: Progress | None = None
    ) -> bytes:
        """Read an object into memory.

        Raises:
            NotFound: it is not there.
            ResponseTooLarge: it is larger than the cap.
            TransportError: it could not be read whole.
        """
        return b"".join(self._pieces(name, left_s, max_bytes, progress))

    def download(
        self, name: str, path: Path, left_s: float, progress: Progress | None = None
    ) -> int:
        """Write an object to a file piece by piece; the file appears when it is whole.

        Returns:
            The size in bytes.

        Raises:
            NotFound: it is not there.
            TransportError: it could not be read whole; the file is not there.
            OSError: the file cannot be written.
        """
        with appearing(path) as sink:
            return sum(sink.write(piece) for piece in self._pieces(name, left_s, None, progress))

    def exists(self, name: str, left_s: float) -> bool:
        """Whether an object is there.

        Raises:
            TransportError: the store could not be asked.
        """
        _until(left_s)()
        try:
            with self._calling("HeadObject") as s3:
                s3.head_object(**self._at(name))
        except NotFound:
            return False
        return True

    def delete(self, names: Iterable[str], left_s: float) -> None:
        """Delete objects; one that is not there is as good as deleted.

        Raises:
            TransportError: one may still be there.
        """
        check = _until(left_s)
        for name in names:
            check()
            with self._calling("DeleteObject") as s3:
                s3.delete_object(**self._at(name))

    def lend(self, name: str, way: Literal["get", "put"], lifetime_s: float) -> Secret:
        """Sign a URL by which anybody can read or write one object for a time; sends nothing.

        Args:
            name: the object.
            way: whether it can be read or written.
            lifetime_s: for how long, at most `LONGEST_LOAN_S`.
        """
        seconds = int(min(lifetime_s, LONGEST_LOAN_S))
        with self._calling("presign") as s3:
            url = s3.generate_presigned_url(_CALLS[way], Params=self._at(name), ExpiresIn=seconds)
        return Secret(url, "presigned URL")

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        with self._lock:
            s3, self._s3 = self._s3, None
        if s3 is not None:
            s3.close()

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}{name}"}

    def _pieces(
        self, name: str, left_s: float, max_bytes: int | None, progress: Progress | None
    ) -> Iterator[bytes]:
        """Yield an object piece by piece; its end is checked against its length and checksum."""
        check, done = _until(left_s), 0
        with self._calling("GetObject") as s3:
            reply = s3.get_object(**self._at(name))
            total: int | None = reply.get("ContentLength")
            with contextlib.closing(reply["Body"]) as body:
                for piece in body.iter_chunks(_CHUNK):
                    done += len(piece)
                    if max_bytes is not None and max(done, total or 0) > max_bytes:
                        raise ResponseTooLarge(
                            f"GetObject: the object is larger than {max_bytes} bytes; "
                            "it can be downloaded to a file",
                            operation="GetObject",
                        )
                    check()
                    if progress is not None:
                        progress(done, total)
                    yield piece

    @contextlib.contextmanager
    def _calling(self, call: str) -> Iterator[Any]:
        with silent_library():
            s3 = self._client()
            from botocore.exceptions import BotoCoreError, ClientError

            try:
                yield s3
            except (BotoCoreError, ClientError) as error:
                raise storage_error(error, call, self.place) from None

    def _client(self) -> Any:
        with self._lock:
            if self._s3 is None:
                self._s3 = self._connect()
            return self._s3

    def _connect(self) -> Any:
        try:
            import boto3
            from botocore.config import Config
        except ImportError:
            raise MissingExtraError("boto3", "direct") from None
        place, settings = self.place, self._settings
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": place.addressing},
            connect_timeout=settings.connect_timeout_s,
            read_timeout=settings.io_timeout_s,
            max_pool_connections=settings.max_connections,
            retries={"total_max_attempts": 1},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_supported",
        )
        keys = (place.access_key, place.secret_key)
        with silent_library():
            return boto3.session.Session().client(
                "s3",
                endpoint_url=place.endpoint,
                region_name=place.region or ("us-east-1" if place.endpoint else None),
                aws_access_key_id=keys[0].reveal() if keys[0] else None,
                aws_secret_access_key=keys[1].reveal() if keys[1] else None,
                config=config,
                verify=str(settings.ca_file) if settings.ca_file else None,
            )


class _Watched:
    """Bytes as a file that is read piece by piece, with the time and the progress in view."""

    def __init__(
        self, content: bytes, check: Callable[[], None], progress: Progress | None
    ) -> None:
        self._content = memoryview(content)
        self._check = check
        self._progress = progress
        self._at = 0

    def __len__(self) -> int:
        return len(self._content)

    def read(self, size: int | None = -1) -> bytes:
        """Read on."""
        self._check()
        left = len(self._content) - self._at
        size = left if size is None or size < 0 else min(size, left)
        piece = self._content[self._at : self._at + size]
        self._at += size
        if self._progress is not None and size:
            self._progress(self._at, len(self._content))
        return bytes(piece)

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place."""
        start = (0, self._at, len(self._content))[whence]
        self._at = max(0, min(start + place, len(self._content)))
        return self._at


def _until(left_s: float) -> Callable[[], None]:
    """Return a check that raises DeadlineExceeded once the time is over."""
    end = time.monotonic() + left_s

    def check() -> None:
        if time.monotonic() >= end:
            raise DeadlineExceeded("the store took longer than there was time")

    return check

"""The store itself: blocking calls on one bucket, safe to share between threads."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import math
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from ..errors import KetbridgeError, NotFound, ResponseTooLarge
from ..secret import Secret
from ..transport.files import appearing
from ..transport.wire import Settings, watch_forks
from . import signer
from .failures import foreign, located, storage_error
from .place import Place
from .signer import Signer
from .silence import silent_library
from .term import Term

Progress = Callable[[int, int | None], None]
"""Called with the bytes that are done and, where it is known, the bytes that there are."""

LONGEST_LOAN_S = 7 * 24 * 3600
"""Longest life of a presigned URL: what signature version 4 allows."""

_CALLS = {"get": "get_object", "put": "put_object"}


class TemporaryKeyWarning(UserWarning):
    """Presigned URLs may run out sooner than they say."""


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
        self._warned = False
        self.after_fork()
        watch_forks(self)

    def __repr__(self) -> str:
        return f"<Store {self.place}>"

    def after_fork(self) -> None:
        """Open connections of one's own in a forked child."""
        self._lock = threading.Lock()
        self._made: Signer | None = None

    def put(
        self, name: str, content: bytes, left_s: float, progress: Progress | None = None
    ) -> None:
        """Write an object; the store checks it against a checksum.

        Raises:
            TransportError: it is not there, or not surely.
        """
        checksum = hashlib.md5(content, usedforsecurity=False).digest()
        with self._calling("PutObject", left_s) as s3:
            reply = s3.put_object(
                **self._at(name),
                Body=_Watched(content, progress),
                ContentLength=len(content),
                ContentMD5=base64.b64encode(checksum).decode("ascii"),
                ContentType="application/json",
            )
            if not reply.get("ETag"):
                raise foreign("PutObject", self.place)

    def get(
        self, name: str, left_s: float, max_bytes: int, progress: Progress | None = None
    ) -> bytes:
        """Read an object into memory, which it takes once.

        Raises:
            NotFound: it is not there.
            ResponseTooLarge: it is larger than the cap.
            TransportError: it could not be read whole.
        """
        memory = io.BytesIO()
        for piece in self._pieces(name, left_s, max_bytes, progress):
            memory.write(piece)
        return memory.getvalue()

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
        try:
            with self._calling("HeadObject", left_s) as s3:
                s3.head_object(**self._at(name))
        except NotFound:
            return False
        return True

    def delete(self, names: Iterable[str], left_s: float) -> None:
        """Delete objects; one that is not there is as good as deleted.

        Raises:
            TransportError: one may still be there.
        """
        with self._calling("DeleteObject", left_s) as s3:
            for name in names:
                s3.delete_object(**self._at(name))

    def lend(self, name: str, way: Literal["get", "put"], lifetime_s: float) -> Secret:
        """Sign a URL by which anybody can read or write one object for a time; sends nothing.

        Args:
            name: the object.
            way: whether it can be read or written.
            lifetime_s: for how long, at most `LONGEST_LOAN_S`.
        """
        seconds = int(min(lifetime_s, LONGEST_LOAN_S))
        with self._calling("presign", math.inf) as s3:
            self._warn_of_short_lives()
            url = s3.generate_presigned_url(_CALLS[way], Params=self._at(name), ExpiresIn=seconds)
        return Secret(url, "presigned URL")

    def close(self) -> None:
        """Close the connections, and end calls under way; a later call opens new ones."""
        with self._lock:
            made, self._made = self._made, None
        if made is not None:
            made.close()

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.place.bucket, "Key": f"{self.place.prefix}{name}"}

    def _pieces(
        self, name: str, left_s: float, max_bytes: int | None, progress: Progress | None
    ) -> Iterator[bytes]:
        """Yield an object piece by piece; its end is checked against its length and checksum."""
        done = 0
        with self._calling("GetObject", left_s) as s3:
            reply = s3.get_object(**self._at(name))
            total: int | None = reply.get("ContentLength")
            with contextlib.closing(reply["Body"]) as body:
                for piece in body.iter_chunks(signer.PIECE):
                    done += len(piece)
                    if max_bytes is not None and max(done, total or 0) > max_bytes:
                        raise ResponseTooLarge(
                            f"GetObject: the object is larger than {max_bytes} bytes; "
                            "it can be downloaded to a file",
                            operation="GetObject",
                        )
                    if progress is not None:
                        progress(done, total)
                    yield piece

    @contextlib.contextmanager
    def _calling(self, call: str, left_s: float) -> Iterator[Any]:
        """Give boto3's client for one call, and put what goes wrong into words.

        Raises:
            TransportError: what went wrong; with the bucket.
        """
        s3 = self._signer().s3
        from botocore.exceptions import BotoCoreError, ClientError

        term = Term(left_s, self._settings.timeout_s)
        with silent_library(), signer.within(term):
            try:
                term.check()
                yield s3
            except KetbridgeError as error:
                raise located(error, call, self.place) from None
            except (BotoCoreError, ClientError) as error:
                raise storage_error(error, call, self.place) from None

    def _warn_of_short_lives(self) -> None:
        """Say once that URLs end with their key, where boto3 has found one for a while."""
        if self._warned or self.place.access_key is not None:
            return
        self._warned = True
        if self._signer().temporary:
            warnings.warn(
                f"the key that boto3 has found for {self.place} is a temporary one: what it signs "
                "ends with it, however long a job waits. Give access_key=... and secret_key=... of "
                "one that lasts.",
                TemporaryKeyWarning,
                stacklevel=2,
            )

    def _signer(self) -> Signer:
        with self._lock:
            if self._made is None or self._made.misplaced:
                self._made = signer.connect(self.place, self._settings, self._made)
            return self._made


class _Watched:
    """Bytes as a file that is read piece by piece, with the progress in view."""

    def __init__(self, content: bytes, progress: Progress | None) -> None:
        self._content = memoryview(content)
        self._progress = progress
        self._at = 0

    def __len__(self) -> int:
        return len(self._content)

    def read(self, size: int | None = -1) -> bytes:
        """Read on."""
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

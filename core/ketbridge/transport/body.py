"""Bodies of answers: bounded while they are decompressed, and checked for their end."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from ..errors import ProtocolError, ResponseTooLarge, TruncatedResponse

ERROR_BYTES = 65_536
"""How much of the body of an error status is kept."""

_PIECE = 262_144
_GZIP = 16 + zlib.MAX_WBITS


class BodyReader:
    """Takes the raw bytes of an answer one after the other and writes the decompressed ones.

    Memory stays at the cap plus one piece, however far a compressed body would expand.
    """

    def __init__(
        self, status: int, headers: Mapping[str, str], cap: int, sink: BinaryIO | None = None
    ) -> None:
        """Begin a body.

        Args:
            status: of the answer; of an error only the beginning is kept.
            headers: of the answer, lower-case names.
            cap: largest decompressed size, in bytes.
            sink: where the body of a success goes, instead of memory.

        Raises:
            ResponseTooLarge: its declared length is above the cap.
            ProtocolError: it has an encoding that was not asked for.
        """
        self._error = status >= 400
        self._cap = ERROR_BYTES if self._error else cap
        self._size = 0
        self._memory = io.BytesIO()
        self._sink = self._memory if sink is None or self._error else sink
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "", "gzip", "x-gzip"):
            raise ProtocolError(
                f"the body has the encoding {encoding[:40]!r}, which was not asked for"
            )
        self._inflate = zlib.decompressobj(_GZIP) if "gzip" in encoding else None
        declared = headers.get("content-length", "")
        if not self._error and declared.isdecimal() and int(declared[:20]) > self._cap:
            raise ResponseTooLarge(f"the answer has {declared[:20]} bytes, the cap is {self._cap}")
        self._began = False
        self._complete = False

    @property
    def complete(self) -> bool:
        """Whether the rest of the body is of no interest."""
        return self._complete

    def feed(self, raw: bytes) -> None:
        """Take the next raw bytes.

        Raises:
            ResponseTooLarge: the decompressed body has passed the cap.
            ProtocolError: it does not decompress.
        """
        self._began = self._began or bool(raw)
        if self._inflate is None:
            self._write(raw)
            return
        try:
            while raw and not self._complete:
                self._write(self._inflate.decompress(raw, _PIECE))
                raw = self._inflate.unconsumed_tail
        except zlib.error:
            raise ProtocolError("the body is said to be gzip and does not decompress") from None
        if self._inflate.unused_data:
            raise ProtocolError("the body goes on after the end of its gzip data")

    def finish(self) -> bytes:
        """Check the end and return what was kept in memory.

        Raises:
            TruncatedResponse: the compressed body ended before its own end mark.
        """
        if self._inflate is not None and self._began and not self._complete:
            # What decompression still holds back comes out here, one piece at a time.
            while not self._inflate.eof:
                piece = self._inflate.decompress(self._inflate.unconsumed_tail, _PIECE)
                if not piece:
                    raise TruncatedResponse("the gzip body ended before its end mark")
                self._write(piece)
        return self._memory.getvalue()

    def _write(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._cap:
            if not self._error:
                raise ResponseTooLarge(f"the answer is larger than the cap of {self._cap} bytes")
            piece = piece[: len(piece) - (self._size - self._cap)]
            self._complete = True
        self._sink.write(piece)


def decode_json(data: bytes) -> Any:
    """Decode a JSON body.

    Raises:
        ValueError: it is empty, not UTF-8, not JSON, nested too deeply, or has NaN or an infinity.
    """
    if not data.strip():
        raise ValueError("the body is empty")
    try:
        return json.loads(data.decode(), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"the JSON has {name}, which is no JSON")

"""Large results in little memory: long base64 strings leave a document before it is read.

A JSON parser makes a text of each of them, and decoding and decompressing that whole makes two
more copies. Taken out, they are decoded and decompressed piece by piece where they lie.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
import zlib
from dataclasses import dataclass, field

_LONG = re.compile(rb'(?<!\\)"([A-Za-z0-9+/]{65536,}={0,2})"')
"""A JSON string of base64 that is long enough to be worth it."""
_PIECE = 2**20
"""Characters of base64 that are decoded at a time; a multiple of four."""


@dataclass
class Lifted:
    """A document without its long base64 strings.

    Attributes:
        text: the document, with a name in the place of each of them.
        taken: where they lie, by name; what is used is to be taken out.
    """

    text: str | bytes
    taken: dict[str, memoryview] = field(default_factory=dict)


def lift(content: bytes) -> Lifted:
    """Take the long base64 strings out of a JSON document, without copying them."""
    whole = memoryview(content)
    mark = secrets.token_hex(8)
    found = Lifted(b"")
    pieces: list[bytes | memoryview] = []
    at = 0
    for match in _LONG.finditer(content):
        name = f"{mark}-{len(found.taken)}"
        found.taken[name] = whole[match.start(1) : match.end(1)]
        pieces += [whole[at : match.start()], f'"{name}"'.encode()]
        at = match.end()
    found.text = b"".join([*pieces, whole[at:]]) if pieces else content
    return found


def unpack(text: memoryview, max_bytes: int) -> memoryview:
    """Decode base64 and decompress the zlib data in it, a piece at a time.

    Args:
        text: the base64.
        max_bytes: cap of the decompressed data.

    Returns:
        The data, to be read only.

    Raises:
        ValueError: it is cut, damaged, or larger than the cap.
    """
    stream, data = zlib.decompressobj(), bytearray()
    try:
        for begin in range(0, len(text), _PIECE):
            packed = base64.b64decode(text[begin : begin + _PIECE], validate=True)
            data += stream.decompress(packed, max(max_bytes - len(data), 0) + 1)
            if len(data) > max_bytes:
                raise ValueError(f"compressed data is larger than {max_bytes} bytes")
    except binascii.Error as error:
        raise ValueError(f"base64 data is damaged: {error}") from None
    except zlib.error as error:
        raise ValueError(f"compressed data is damaged: {error}") from None
    if not stream.eof:
        raise ValueError("compressed data is cut")
    return memoryview(data).toreadonly()

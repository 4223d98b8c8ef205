"""Results as a service gives them, for what is more than measurements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..transport.body import decode_json


@dataclass(frozen=True, slots=True)
class Document:
    """A result as it came, byte by byte.

    Attributes:
        content: the bytes.
        media_type: what the service calls them.
    """

    content: bytes
    media_type: str = "application/json"

    def __repr__(self) -> str:
        return f"Document({len(self.content)} bytes of {self.media_type})"

    def json(self) -> Any:
        """Return the JSON data in it.

        Raises:
            ValueError: it is no JSON, is nested too deeply, or has NaN or an infinity.
        """
        return decode_json(self.content)

"""A credential that can be used and never be shown."""

from __future__ import annotations

import hmac
from typing import NoReturn, final

from .errors import CredentialError

MAX_LENGTH = 16_384


@final
class Secret:
    """A token, key or password of printable ASCII.

    Its text comes out of `reveal` only: printing, formatting, pickling, copying and encoding as
    JSON never give it away. Equal texts make equal secrets.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str, what: str = "token") -> None:
        """Check and wrap a text; a newline at its end, as files have it, is dropped.

        Args:
            text: the credential.
            what: what messages call it.

        Raises:
            CredentialError: it is empty, longer than 16 kB, or has a space, a control character
                or a character beyond ASCII. The message does not show it.
        """
        if not isinstance(text, str):
            raise CredentialError(f"the {what} is not a string but {type(text).__name__}")
        text = text.rstrip("\r\n")
        if not text:
            raise CredentialError(f"the {what} is empty")
        if len(text) > MAX_LENGTH:
            raise CredentialError(f"the {what} is longer than {MAX_LENGTH} characters")
        bad = next((at for at, char in enumerate(text) if not "!" <= char <= "~"), None)
        if bad is not None:
            raise CredentialError(
                f"the {what} has a space, a control character or a non-ASCII character at "
                f"position {bad + 1} of {len(text)}: was it copied whole and alone?"
            )
        self.__text = text

    def reveal(self) -> str:
        """Return the text itself, to put it on the wire."""
        return self.__text

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__text, other.__text)

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __format__(self, spec: str) -> str:
        return format("***", spec)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be pickled: load it again where it is needed")

"""What the wire models of every service are built from: strict replies, checked requests.

A reply is read strictly (a number is no string and a string is no number) but for what services
are known to do: whole numbers written as doubles, words that are newer than the contract, members
that are newer than the contract.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ..transport.body import decode_json
from ..transport.operation import Reply

M = TypeVar("M", bound=BaseModel)


class UnknownWordWarning(UserWarning):
    """A service used a word that its contract does not list; it is kept as it came."""


class OpenEnum(StrEnum):
    """The words that a contract lists, open to new ones.

    An unlisted word becomes a member named ``UNKNOWN`` whose value is the word. Each is warned of
    once in a process.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        word = value[:200]
        cls._announce(word)
        member = str.__new__(cls, word)
        member._name_ = "UNKNOWN"
        member._value_ = word
        if len(cls._value2member_map_) < 1000:
            cls._value2member_map_[word] = member
        return member

    @classmethod
    def _announce(cls, word: str) -> None:
        warnings.warn(
            f"the service says {cls.__name__} {word!r}, which its contract does not list",
            UnknownWordWarning,
            stacklevel=2,
        )

    @property
    def known(self) -> bool:
        """Whether the contract lists the word."""
        return self.name in type(self).__members__


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Int = Annotated[int, BeforeValidator(_whole)]
"""A whole number, also where the service writes it as a double."""


class Answer(BaseModel):
    """Part of what a service answers."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", allow_inf_nan=False, strict=True, populate_by_name=True
    )


class Payload(BaseModel):
    """Part of what is sent: a member that the contract does not have is refused."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, populate_by_name=True
    )

    def encoded(self) -> bytes:
        """Return the JSON that goes on the wire, without the members that are None."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def model(kind: type[M]) -> Callable[[Reply], M]:
    """Make a reader of replies of one model; pydantic's ValidationError is a ValueError."""

    def read(reply: Reply) -> M:
        return kind.model_validate_json(reply.body)

    return read


def nothing(reply: Reply) -> None:
    """Read an answer that documents no body.

    One that has a body all the same is a JSON object. Anything else, such as a page to sign in, is
    somebody else's answer, after which nothing counts as done.

    Raises:
        ValueError: the body is something else.
    """
    if reply.body.strip() and not isinstance(decode_json(reply.body), dict):
        raise ValueError("the answer is no JSON object")


def are_decimal(words: Collection[str]) -> bool:
    """Whether every word is a decimal number without a sign; checked in one go, for a million."""
    joined = "".join(words)
    return all(words) and (not words or (joined.isascii() and joined.isdigit()))


def finite_numbers(value: Any) -> dict[str, float]:
    """Check that JSON data is a map of finite numbers, such as probabilities or counts by state.

    Raises:
        ValueError: it is something else.
    """
    if not isinstance(value, dict) or not set(map(type, value.values())) <= {int, float}:
        raise ValueError("the answer is no map of numbers")
    try:
        finite = all(map(math.isfinite, value.values()))
    except OverflowError:
        finite = False
    if not finite:
        raise ValueError("the answer has a number that is not finite")
    return value


def instant(text: str | None) -> datetime | None:
    """Read a time; one without a zone is UTC, one that cannot be read is None."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

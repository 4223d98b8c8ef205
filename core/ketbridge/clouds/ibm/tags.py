"""Tags: the user's labels of a job, and the one by which a submission is recognised."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Sequence

from ...errors import ProgramError
from ...jobs.submission import Submission

PREFIX = "kb"
_LENGTH = len(PREFIX) + 22
_LIMITS = (("2026-03-15", 8, 86), ("", 5, 24))
"""From which API version on a job may have how many tags of how many characters."""


def of(submission: Submission) -> str:
    """Return the tag of a submission: its UUID in 24 characters, which every version allows."""
    packed = base64.urlsafe_b64encode(uuid.UUID(submission.id).bytes).decode("ascii")
    return PREFIX + packed.rstrip("=")


def users(tags: Iterable[str] | None) -> tuple[str, ...]:
    """Return the tags of a job without that of a submission."""
    return tuple(tag for tag in tags or () if not _is_ours(tag))


def check(tags: Sequence[str], api_version: str) -> None:
    """Refuse tags that the service would not take.

    Raises:
        ProgramError: there are too many beside ours, or one is empty or too long.
    """
    _, count, length = next(limit for limit in _LIMITS if api_version >= limit[0])
    if len(tags) > count - 1:
        raise ProgramError(
            f"a job can have {count - 1} tags of its own in API version {api_version}, "
            f"not {len(tags)}"
        )
    for tag in tags:
        if not isinstance(tag, str) or not 1 <= len(tag) <= length:
            raise ProgramError(f"tag {tag!r} is no text of 1 to {length} characters")


def _is_ours(tag: str) -> bool:
    if len(tag) != _LENGTH or not tag.startswith(PREFIX):
        return False
    try:
        packed = base64.urlsafe_b64decode(tag.removeprefix(PREFIX) + "==")
    except ValueError:
        return False
    return uuid.UUID(bytes=packed).version == 4

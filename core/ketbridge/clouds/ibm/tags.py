"""Tags: the user's labels of a job, and the one by which a submission is recognised."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import ProgramError
from ..submission_tag import of, users

__all__ = ["check", "of", "users"]

_LIMITS = (("2026-03-15", 8, 86), ("", 5, 24))
"""From which API version on a job may have how many tags of how many characters."""


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

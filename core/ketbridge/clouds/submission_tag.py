"""The tag by which a submission is recognised at services that keep tags with a job."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable

from ..jobs.submission import Submission

PREFIX = "kb"
_LENGTH = len(PREFIX) + 22


def of(submission: Submission) -> str:
    """Return the tag of a submission: its UUID in 24 characters."""
    packed = base64.urlsafe_b64encode(uuid.UUID(submission.id).bytes).decode("ascii")
    return PREFIX + packed.rstrip("=")


def users(tags: Iterable[str] | None) -> tuple[str, ...]:
    """Return the tags of a job without that of a submission."""
    return tuple(tag for tag in tags or () if not is_ours(tag))


def is_ours(tag: str) -> bool:
    """Whether a tag is that of a submission."""
    if len(tag) != _LENGTH or not tag.startswith(PREFIX):
        return False
    try:
        packed = base64.urlsafe_b64decode(tag.removeprefix(PREFIX) + "==")
    except ValueError:
        return False
    return uuid.UUID(bytes=packed).version == 4

"""Keeping the S3 library's own log, which shows keys and presigned URLs, out of calls of ours."""

from __future__ import annotations

import contextlib
import contextvars
import logging
from collections.abc import Iterator

_LIBRARIES = ("boto3", "botocore", "s3transfer", "urllib3")

_inside = contextvars.ContextVar("ketbridge_storage", default=False)


@contextlib.contextmanager
def silent_library() -> Iterator[None]:
    """Drop what the library logs while it works for us, at every level.

    A filter on a logger does not see what its children log, so each logger gets one.
    """
    for name, logger in list(logging.root.manager.loggerDict.items()):
        if name.partition(".")[0] in _LIBRARIES and isinstance(logger, logging.Logger):
            logger.addFilter(_not_ours)
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def _not_ours(record: logging.LogRecord) -> bool:
    return not _inside.get()

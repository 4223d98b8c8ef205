"""Settings of an account: those of the transport, which every cloud has, and the cloud's own."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import UnknownOptionError, nearest
from ..transport.wire import Settings

TRANSPORT = tuple(field.name for field in dataclasses.fields(Settings))
"""Settings that an account of any cloud can have."""


def check(given: Mapping[str, Any], own: Iterable[str], cloud: str) -> None:
    """Refuse a setting that neither the transport nor the cloud has.

    Raises:
        UnknownOptionError: with the nearest settings.
    """
    allowed = {*TRANSPORT, *own}
    for name in given:
        if name not in allowed:
            raise UnknownOptionError(
                f"an account of {cloud} has no setting {name!r}.{nearest(name, allowed)} "
                f"There is {', '.join(sorted(allowed))}."
            )


def transport(given: Mapping[str, Any]) -> Settings:
    """Return the settings of the transport among those of an account."""
    return Settings(**{name: value for name, value in given.items() if name in TRANSPORT})

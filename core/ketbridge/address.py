"""Addresses of machines and jobs: ``[account:]cloud/backend`` and ``[account:]cloud/job-id``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import AddressError, nearest

CLOUDS = ("ionq", "ibm", "ibm-direct", "kipu")

_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SEGMENT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:~-]{0,254}")


@dataclass(frozen=True, slots=True)
class CloudAddress:
    """A cloud, seen with one account.

    Attributes:
        cloud: one of ``CLOUDS``.
        account: name of a saved account, ``sandbox`` for the built-in one, None for the default.
    """

    cloud: str
    account: str | None = None

    @classmethod
    def parse(cls, text: str) -> CloudAddress:
        """Read ``[account:]cloud``.

        Raises:
            AddressError: the text is not of that form, or the cloud is not known.
        """
        head, colon, cloud = text.partition(":")
        account = head if colon else None
        if not colon:
            cloud = head
        if account is not None and not _ACCOUNT.fullmatch(account):
            raise AddressError(f"{_short(text)} has no usable account name before ':'")
        if cloud not in CLOUDS:
            raise AddressError(
                f"{_short(text)} names no known cloud: it is '[account:]cloud', the cloud one of "
                f"{', '.join(CLOUDS)}.{nearest(cloud[:64], CLOUDS)}"
            )
        return cls(cloud, account)

    def __str__(self) -> str:
        return f"{self.account}:{self.cloud}" if self.account else self.cloud


@dataclass(frozen=True, slots=True)
class Address:
    """A backend or a job of a cloud: ``[account:]cloud/name``."""

    cloud: str
    name: str
    account: str | None = None

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``[account:]cloud/name``.

        Raises:
            AddressError: the text is not of that form; the message shows the form.
        """
        if not isinstance(text, str):
            raise AddressError(f"an address is a string 'cloud/name', not {type(text).__name__}")
        head, slash, name = text.partition("/")
        if not slash or not name:
            raise AddressError(
                f"{_short(text)} is no address: write '[account:]cloud/name', "
                "for example 'ionq/simulator' or 'sandbox:ionq/simulator'"
            )
        cloud = CloudAddress.parse(head)
        return cls(cloud.cloud, check_segment(name), cloud.account)

    @property
    def at(self) -> CloudAddress:
        """The cloud and account of this address."""
        return CloudAddress(self.cloud, self.account)

    def __str__(self) -> str:
        return f"{self.at}/{self.name}"


def check_segment(text: str, what: str = "name") -> str:
    """Return a backend name or an id unchanged if it is safe as one segment of a URL path.

    Raises:
        AddressError: it is empty, too long, or has a character that could change the path.
    """
    if not isinstance(text, str) or not _SEGMENT.fullmatch(text) or text.startswith("."):
        raise AddressError(
            f"{_short(text)} is no usable {what}: letters, digits and . _ : ~ - only, "
            "1 to 255 of them, not beginning with a dot"
        )
    return text


def _short(text: object) -> str:
    shown = repr(text)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."

"""Where a bucket is and who may use it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import AddressError, CredentialError
from ..secret import Secret
from ..transport.origin import Origin

PREFIX = "ketbridge/"
SETTINGS = frozenset(
    {"endpoint", "bucket", "prefix", "region", "access_key", "secret_key", "addressing"}
)
"""Settings of an account that say where its bucket is."""

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_PREFIX = re.compile(r"[A-Za-z0-9._/-]{0,200}")
_ADDRESSING = ("path", "virtual", "auto")


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and under which names in it.

    Attributes:
        bucket: name of the bucket, which has to exist.
        endpoint: URL of the store; None for AWS.
        region: region of the bucket, where the store has regions.
        prefix: what every name begins with.
        access_key: id of the key (HMAC key of IBM Cloud Object Storage); None for whatever boto3
            finds by itself.
        secret_key: the key.
        addressing: whether the bucket is in the ``path`` of a URL or in its host (``virtual``);
            ``auto`` leaves it to boto3.
    """

    bucket: str
    endpoint: str | None = None
    region: str | None = None
    prefix: str = PREFIX
    access_key: Secret | None = field(default=None, repr=False)
    secret_key: Secret | None = field(default=None, repr=False)
    addressing: str = "auto"

    @classmethod
    def of(cls, settings: Mapping[str, Any], owner: str) -> Place:
        """Read the settings of an account.

        Args:
            settings: the account's; those in `SETTINGS` are read.
            owner: what messages call the account.

        Raises:
            CredentialError: there is no bucket, or only half of a key.
            AddressError: the bucket, the prefix or the endpoint is not usable.
        """
        given = {name: settings[name] for name in SETTINGS if settings.get(name) is not None}
        if "bucket" not in given:
            raise CredentialError(
                f"{owner} needs a bucket that it may write to: give bucket=..., access_key=... and "
                "secret_key=..., and endpoint=... for another store than AWS, in the call or in "
                "accounts.toml"
            )
        if ("access_key" in given) != ("secret_key" in given):
            raise CredentialError(f"{owner} needs access_key and secret_key, or neither")
        for name in ("access_key", "secret_key"):
            if name in given and not isinstance(given[name], Secret):
                given[name] = Secret(given[name], name.replace("_", " "))
        given.setdefault("addressing", "path" if "endpoint" in given else "auto")
        _check(given, owner)
        return cls(**given)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that no message may show."""
        keys = (self.access_key, self.secret_key)
        return tuple(key.reveal() for key in keys if key is not None)

    def __str__(self) -> str:
        return f"bucket {self.bucket!r} at {self.endpoint or 'AWS'}"


def _check(given: Mapping[str, Any], owner: str) -> None:
    if not _BUCKET.fullmatch(str(given["bucket"])):
        raise AddressError(f"{owner}: {str(given['bucket'])[:80]!r} is no name of a bucket")
    if not _PREFIX.fullmatch(str(given.get("prefix", ""))):
        raise AddressError(f"{owner}: the prefix has other characters than letters, digits . _ / -")
    if given["addressing"] not in _ADDRESSING:
        raise AddressError(f"{owner}: addressing is one of {', '.join(_ADDRESSING)}")
    if "endpoint" in given:
        Origin.parse(str(given["endpoint"]))

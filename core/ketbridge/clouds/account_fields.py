"""What an account of a cloud needs besides its token, for whoever asks for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountField:
    """One field of an account.

    Attributes:
        name: name in ``accounts.toml`` and in `ketbridge.connect`.
        words: what it is, for the question.
        secret: whether it must not be shown, and so is never taken from a command line.
        needed: whether an account is of no use without it.
    """

    name: str
    words: str
    secret: bool = False
    needed: bool = True

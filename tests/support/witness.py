"""What looks for a credential in everything that shows things to people or to files."""

from __future__ import annotations

import copy
import json
import pickle
import re
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.operations import CANARY

ECHO = {
    "statusCode": 400,
    "error": "Bad Request",
    "message": f"key {CANARY} and https://store.example/x?X-Amz-Signature={CANARY}",
    "cookie": CANARY,
}
"""What a service answers that repeats what it was sent."""

SIGNED = re.compile(r"X-Amz-(?:Signature|Security-Token)=[0-9A-Za-z%]{8}")
"""Part of a presigned URL with which anybody can read or write."""


class Witness:
    """Everything that could have shown a credential.

    Attributes:
        seen: all that was shown.
        forbidden: texts that must be in none of it.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.forbidden = {CANARY}

    def forbid(self, *texts: str) -> None:
        """Look for these, too: tokens that were given for the credential."""
        self.forbidden.update(texts)

    def look(self, thing: Any) -> None:
        """Show a thing in every way that shows things to people or to files."""
        shows: list[Callable[[Any], Any]] = [
            repr,
            str,
            format,
            pickle.dumps,
            lambda it: pickle.dumps(it, 0),
            copy.copy,
            copy.deepcopy,
            lambda it: json.dumps(it, default=repr),
            lambda it: json.dumps(it, default=vars),
            lambda it: it._repr_html_(),
            lambda it: it._repr_pretty_(None, False),
            vars,
            lambda it: it.to_dict(),
        ]
        for show in shows:
            try:
                self.seen.append(repr(show(thing)))
            except Exception as error:  # noqa: BLE001 - a refusal is fine, but not one that shows it
                self.seen.append("".join(traceback.format_exception(error)))

    def caught(self, error: BaseException) -> None:
        """Show an error, what it came from, its notes and its attributes."""
        self.seen += traceback.format_exception(error, chain=True)
        self.seen += getattr(error, "__notes__", [])
        link: BaseException | None = error
        while link is not None:
            self.look(link)
            link = link.__cause__ or link.__context__

    def tried(self, call: Callable[[], Any], *expected: type[Exception]) -> Any:
        """Look at what a call gives, or at its error."""
        try:
            given = call()
        except expected as error:
            self.caught(error)
            return None
        self.look(given)
        return given

    def look_into_files(self, home: Path) -> None:
        """Look into every file of the user's."""
        for file in home.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                self.seen += [
                    f"{file}: {text}" for text in self.forbidden if text.encode() in content
                ]

    def shown(self) -> list[str]:
        """Return what shows one of the forbidden texts, or a presigned URL."""
        return [
            text
            for text in self.seen
            if SIGNED.search(text) or any(word in text for word in self.forbidden)
        ]

"""Reading replies that are no model: lists, texts, and results without a model per entry."""

from __future__ import annotations

import json
import warnings
from typing import Any

from pydantic import ValidationError

from ...transport.operation import Reply
from ..wire import UnknownWordWarning, are_decimal, finite_numbers
from .models import Backend

Shots = list[int] | dict[str, float]
"""Outcomes shot by shot; the contract types this answer as a map, the service sends a list."""


def backends(reply: Reply) -> tuple[Backend, ...]:
    """Read the list of machines, leaving out with a warning one that cannot be read."""
    entries = _loads(reply)
    if not isinstance(entries, list):
        raise ValueError("the list of backends is no JSON array")
    found = []
    for index, entry in enumerate(entries):
        try:
            found.append(Backend.model_validate_json(json.dumps(entry)))
        except ValidationError as error:
            warnings.warn(
                f"backend {index} of the list is left out: "
                f"{error.error_count()} of its members cannot be read",
                UnknownWordWarning,
                stacklevel=2,
            )
    if entries and not found:
        raise ValueError("no entry of the list of backends can be read")
    return tuple(found)


def text(reply: Reply) -> str:
    """Read a JSON string."""
    value = _loads(reply)
    if not isinstance(value, str):
        raise ValueError("the answer is no JSON string")
    return value


def numbers(reply: Reply) -> dict[str, float]:
    """Read a map of numbers, such as probabilities or counts by state."""
    return finite_numbers(_loads(reply))


def maps(reply: Reply) -> dict[str, float | dict[str, float]]:
    """Read a map of numbers, or a map of such maps as a multi-circuit job has."""
    value = _loads(reply)
    if isinstance(value, dict) and value and set(map(type, value.values())) == {dict}:
        return {key: finite_numbers(inner) for key, inner in value.items()}
    return dict(finite_numbers(value))


def shots(reply: Reply) -> Shots:
    """Read outcomes shot by shot: a list of integers or of decimal strings, or a map."""
    value = _loads(reply)
    if isinstance(value, dict):
        return finite_numbers(value)
    if not isinstance(value, list):
        raise ValueError("the shots are neither a list nor a map")
    kinds = set(map(type, value))
    if kinds <= {int}:
        return value
    if kinds == {str} and are_decimal(value):
        return list(map(int, value))
    raise ValueError("the shots are not all integers or all decimal strings")


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _loads(reply: Reply) -> Any:
    try:
        return json.loads(reply.body, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None

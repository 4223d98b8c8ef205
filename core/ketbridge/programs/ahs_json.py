"""Programs of analog Hamiltonian simulation: from Braket's JSON to the documented one.

Braket writes numbers as decimal strings, so that no digit is lost; the service's contract has JSON
numbers. They are turned text by text, so no digit is lost here either.
"""

from __future__ import annotations

import json
import re
from typing import Any

from ..errors import ProgramError

_QUOTED_NUMBER = re.compile(r'"(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)"')


def body(program: str | bytes) -> bytes:
    """Return the JSON of a program as it goes on the wire, from Braket's JSON of it.

    Args:
        program: JSON with ``setup`` and ``hamiltonian``; positions in metres, times in seconds,
            amplitude and detuning in radians per second, phase in radians.

    Raises:
        ProgramError: it is no program of an analog Hamiltonian simulation.
    """
    try:
        data = json.loads(program)
    except (ValueError, RecursionError) as error:
        raise ProgramError(f"this is no JSON of an AHS program: {error}") from None
    check(data)
    kept = {"setup": data["setup"], "hamiltonian": dict(data["hamiltonian"])}
    older = kept["hamiltonian"].pop("shiftingFields", None)
    if older is not None:
        kept["hamiltonian"].setdefault("localDetuning", older)
    text = json.dumps(kept, allow_nan=False, separators=(",", ":"))
    return _QUOTED_NUMBER.sub(r"\1", text).encode()


def check(data: Any) -> None:
    """Refuse what is no program, before it is sent.

    Raises:
        ProgramError: it has no atoms or no driving field, or a site for which nothing says
            whether it is filled.
    """
    try:
        register = data["setup"]["ahs_register"]
        sites, filling = register["sites"], register["filling"]
        fields = data["hamiltonian"]["drivingFields"]
        sizes = len(sites), len(filling), len(fields)
    except (KeyError, TypeError) as error:
        raise ProgramError(f"this is no AHS program: it lacks {error}") from None
    if not sizes[0] or sizes[0] != sizes[1]:
        raise ProgramError(f"the register has {sizes[0]} sites and {sizes[1]} fillings")
    if not sizes[2]:
        raise ProgramError("the Hamiltonian has no driving field")
    odd = next((one for site in sites for one in site if _is_odd(one)), None)
    if odd is not None:
        raise ProgramError(f"a site has the coordinate {odd!r}, which is no number")


def num_sites(program: bytes) -> int:
    """Return the number of sites of a program."""
    return len(json.loads(program)["setup"]["ahs_register"]["sites"])


def _is_odd(value: Any) -> bool:
    return isinstance(value, str) and not _QUOTED_NUMBER.fullmatch(f'"{value}"')

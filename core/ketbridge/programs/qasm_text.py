"""Reading from OpenQASM text which qubit each classical bit is measured from.

This is no parser of the language: it reads declarations and measurements, which is what a result
has to be matched with, and says so where a program writes them in another way. What they do not
say, such as registers that had to be written as one, is in a comment that ends the text.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from .program import Readout, Register

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/|^[ \t]*#[^\n]*", re.DOTALL | re.MULTILINE)
_NAME = r"[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*"
_DECLARED = re.compile(
    rf"(?P<old>qreg|creg)\s+(?P<oldname>{_NAME})\s*\[\s*(?P<oldsize>[0-9]+)\s*\]"
    rf"|(?P<kind>qubit|bit)\s*(?:\[\s*(?P<size>[0-9]+)\s*\])?\s*(?P<name>{_NAME})"
    rf"\s*(?:=\s*(?P<set>measure\b.*))?",
    re.DOTALL,
)
_ARROW = re.compile(r"measure\s+(?P<qubit>\S.*?)\s*->\s*(?P<bit>\S.*)", re.DOTALL)
_ASSIGNED = re.compile(r"(?P<bit>[^=]*?)\s*=\s*measure\s+(?P<qubit>\S.*)", re.DOTALL)
_OPERAND = re.compile(rf"(?P<name>{_NAME}|\$[0-9]+)\s*(?:\[\s*(?P<index>[0-9]+)\s*\])?")
_NOTE = re.compile(r"\n// readout (\[.*\])\s*$")
_MOST = 1_000_000


@dataclass
class _Names:
    """Registers and where each begins among all qubits or all classical bits."""

    sizes: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, size: int) -> None:
        if name in self.sizes or sum(self.sizes.values()) + size > _MOST:
            raise ValueError(f"register {name!r} comes twice or is too large")
        self.sizes[name] = size

    def places(self, text: str) -> list[int]:
        """Return the places of ``q`` (all of the register), ``q[1]`` or ``$1``."""
        found = _OPERAND.fullmatch(text.strip())
        if found is None:
            raise ValueError(f"{text.strip()!r} is no register or bit of one")
        name, index = found["name"], found["index"]
        if name.startswith("$"):
            return [int(name[1:])]
        if name not in self.sizes or (index is not None and int(index) >= self.sizes[name]):
            raise ValueError(f"there is no {text.strip()!r}")
        begin = 0
        for other, size in self.sizes.items():
            if other == name:
                break
            begin += size
        whole = range(begin, begin + self.sizes[name])
        return list(whole) if index is None else [whole[int(index)]]


def noted(text: str, readout: Readout) -> str:
    """Return a text with a comment at its end that `readout` recovers the readout from."""
    return f"{text.rstrip()}\n// readout {json.dumps(readout.to_json(), separators=(',', ':'))}\n"


def readout(text: str) -> Readout:
    """Return the classical registers of a program, and the qubit that each bit is read from last.

    Args:
        text: OpenQASM 2 or 3.

    Raises:
        ValueError: a declaration or a measurement is written in a way that is not read here.
    """
    noted = _noted(text)
    if noted is not None:
        return noted
    qubits, bits = _Names(), _Names()
    read: dict[int, int] = {}
    for statement in re.split(r"[;{}]", _COMMENT.sub(" ", text)):
        line = statement.strip()
        declared = _DECLARED.fullmatch(line)
        if declared is not None:
            line = _declare(declared, qubits, bits)
        if re.search(r"\bmeasure\b", line):
            _measure(line, qubits, bits, read)
    registers, begin = [], 0
    for name, size in bits.sizes.items():
        registers.append(Register(name, tuple(range(begin, begin + size))))
        begin += size
    return Readout(tuple(map(read.get, range(begin))), tuple(registers))


def _noted(text: str) -> Readout | None:
    """Return the readout of the comment that ends a text, None where it is no such comment."""
    note = _NOTE.search(text)
    try:
        return None if note is None else Readout.from_json(json.loads(note[1]))
    except (ValueError, RecursionError):
        return None


def _declare(declared: re.Match[str], qubits: _Names, bits: _Names) -> str:
    """Note a declaration, and return the measurement that it begins with, if there is one."""
    kind = declared["old"] or declared["kind"]
    name = declared["oldname"] or declared["name"]
    size = declared["oldsize"] or declared["size"] or "1"
    (qubits if kind.startswith("q") else bits).add(name, int(size))
    return f"{name} = {declared['set']}" if declared["set"] else ""


def _measure(line: str, qubits: _Names, bits: _Names, read: dict[int, int]) -> None:
    found = _ARROW.search(line) or _ASSIGNED.search(line)
    if found is None:
        raise ValueError(f"the measurement {line!r} is written to no bit")
    sources, targets = qubits.places(found["qubit"]), bits.places(found["bit"].split(")")[-1])
    if len(sources) != len(targets):
        raise ValueError(f"{line!r} measures {len(sources)} qubits into {len(targets)} bits")
    read.update(zip(targets, sources, strict=True))

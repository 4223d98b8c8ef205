"""The circuits of a sampler or estimator job, from the input that a service keeps with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ...programs import Format, Program, Readout
from .decoding import MAX_BYTES, inflate, unbase64

_UNKNOWN = Readout(())


def programs(params: Mapping[str, Any]) -> tuple[Program, ...]:
    """Recover the circuits of the input of a sampler or estimator job, with their arguments."""
    pubs = params.get("pubs")
    return tuple(map(_program, pubs)) if isinstance(pubs, list) else ()


def _program(pub: Any) -> Program:
    items = pub if isinstance(pub, list) else [pub]
    form, body = _circuit(items[0] if items else None)
    return Program(form, body, _UNKNOWN, 1, arguments=json.dumps(items[1:], separators=(",", ":")))


def _circuit(value: Any) -> tuple[Format, bytes]:
    """Read a circuit, which is a tagged QPY file or text; one that cannot be read is empty."""
    if isinstance(value, str) and "OPENQASM" in value[:4096]:
        return (
            Format.OPENQASM2 if "OPENQASM 2" in value[:4096] else Format.OPENQASM3
        ), value.encode()
    packed = value.get("__value__") if isinstance(value, dict) else value
    if not isinstance(packed, str):
        return Format.QISKIT_QPY, b""
    try:
        data = unbase64(packed)
        return Format.QISKIT_QPY, data if data[:6] == b"QISKIT" else inflate(data, MAX_BYTES)
    except ValueError:
        return Format.QISKIT_QPY, b""

"""A request as the ledger keeps it: JSON for what stays, the programs' bodies beside it."""

from __future__ import annotations

import json
from itertools import accumulate, pairwise
from typing import Any

from ..programs import Format, Program, Readout
from .submission import Request


def write(request: Request) -> tuple[str, bytes]:
    """Return a request as JSON text, and the bodies of its programs one after the other.

    Equal readouts are written once. An option that JSON cannot say is kept as its text.
    """
    readouts: dict[Readout, int] = {}
    programs = [
        [
            program.format.value,
            readouts.setdefault(program.readout, len(readouts)),
            program.num_qubits,
            program.name,
            program.metadata,
            len(program.body),
            program.arguments,
        ]
        for program in request.programs
    ]
    data = {
        "backend": request.backend,
        "shots": request.shots,
        "name": request.name,
        "tags": list(request.tags),
        "metadata": dict(request.metadata),
        "session": request.session,
        "seed": request.seed,
        "options": dict(request.options),
        "sdk": request.sdk,
        "readouts": [readout.to_json() for readout in readouts],
        "programs": programs,
    }
    text = json.dumps(data, separators=(",", ":"), default=str)
    return text, b"".join(program.body for program in request.programs)


def read(text: str, bodies: bytes | None) -> Request:
    """Read what `write` wrote; without bodies the programs have none.

    Raises:
        ValueError: the text is of another shape.
    """
    try:
        data: dict[str, Any] = json.loads(text)
        readouts = [Readout.from_json(item) for item in data["readouts"]]
        edges = [0, *accumulate(item[5] for item in data["programs"])]
        programs = tuple(
            Program(
                Format(form),
                b"" if bodies is None else bodies[start:end],
                readouts[readout],
                num_qubits,
                name,
                metadata,
                arguments,
            )
            for (form, readout, num_qubits, name, metadata, _, arguments), (start, end) in zip(
                data["programs"], pairwise(edges), strict=True
            )
        )
        return Request(
            data["backend"],
            programs,
            data["shots"],
            data["name"],
            tuple(data["tags"]),
            data["metadata"],
            data["session"],
            data["seed"],
            data["options"],
            data["sdk"],
        )
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError("this text is no request") from error

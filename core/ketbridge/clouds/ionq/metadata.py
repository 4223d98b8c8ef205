"""What we keep in a job's metadata: the submission's id, and how to read the results.

The service stores metadata with the job, as strings. It states no limit of their size; the record
is compressed and holds equal readouts once, so that 300 alike circuits take a few hundred bytes.
The user's own metadata stays beside it, untouched.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any

from ...errors import ProgramError
from ...jobs.submission import Request, Submission
from ...programs import Format, Program, Readout

SUBMISSION = "ketbridge.submission"
RECORD = "ketbridge.record"

_VERSION = "1:"
_MAX_RECORD_BYTES = 64 * 2**20


def check(metadata: Mapping[str, str]) -> None:
    """Refuse metadata of the user that the service cannot keep or that clashes with ours.

    Raises:
        ProgramError: a key or a value is no string, or a key is one of ours.
    """
    for key, value in metadata.items():
        if not isinstance(key, str) or not isinstance(value, str):
            raise ProgramError(
                f"metadata {key!r}: {value!r} cannot be sent: IonQ keeps strings under strings only"
            )
        if key in (SUBMISSION, RECORD):
            raise ProgramError(f"the metadata key {key!r} is used by Ketbridge itself")


def write(submission: Submission) -> dict[str, str]:
    """Return the metadata of a job: the user's, the submission's id and the record."""
    request = submission.request
    return {**request.metadata, SUBMISSION: submission.id, RECORD: _record(request)}


def submission_of(metadata: Mapping[str, str] | None) -> str | None:
    """Return the id of the submission that a job came from, None for a job of somebody else."""
    return (metadata or {}).get(SUBMISSION)


def read(metadata: Mapping[str, str] | None, backend: str, session: str | None) -> Request | None:
    """Recover what was asked; the programs have no body.

    Returns:
        The request, or None where the metadata holds no record that this version can read.
    """
    text = (metadata or {}).get(RECORD, "")
    if not text.startswith(_VERSION):
        return None
    try:
        data = json.loads(_unpacked(text.removeprefix(_VERSION)))
        readouts = [Readout.from_json(item) for item in data["readouts"]]
        programs = tuple(_program(item, readouts) for item in data["programs"])
        return Request(
            backend,
            programs,
            int(data["shots"]),
            str(data.get("name", "")),
            tuple(str(tag) for tag in data.get("tags", ())),
            {
                key: value
                for key, value in (metadata or {}).items()
                if key not in (SUBMISSION, RECORD)
            },
            session,
            data.get("seed"),
            sdk=str(data.get("sdk", "")),
        )
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, zlib.error):
        return None


def _record(request: Request) -> str:
    readouts: dict[str, int] = {}
    programs = []
    for program in request.programs:
        text = json.dumps(program.readout.to_json(), separators=(",", ":"))
        index = readouts.setdefault(text, len(readouts))
        programs.append(
            [program.format.value, index, program.num_qubits, program.name, program.metadata]
        )
    data: dict[str, Any] = {
        "readouts": [json.loads(text) for text in readouts],
        "programs": programs,
        "shots": request.shots,
    }
    extras = {"seed": request.seed, "sdk": request.sdk, "name": request.name, "tags": request.tags}
    data |= {key: value for key, value in extras.items() if value not in (None, "", ())}
    try:
        text = json.dumps(data, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ProgramError(f"the metadata of a circuit is no JSON data: {error}") from None
    packed = zlib.compress(text.encode(), 9)
    return _VERSION + base64.b64encode(packed).decode("ascii")


def _program(item: Any, readouts: list[Readout]) -> Program:
    form, index, num_qubits, name, metadata = item
    return Program(
        Format(form), b"", readouts[int(index)], int(num_qubits), str(name), dict(metadata)
    )


def _unpacked(text: str) -> bytes:
    stream = zlib.decompressobj()
    data = stream.decompress(base64.b64decode(text, validate=True), _MAX_RECORD_BYTES)
    if not stream.eof:
        raise ValueError("the record is cut or larger than its cap")
    return data

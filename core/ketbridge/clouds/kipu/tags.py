"""Tags of a job: the user's, that of its submission, and one that says how it is read.

An Azure circuit names no registers and no classical bits, so a job of one has them in a tag.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable

from ...jobs.submission import Submission
from ...programs import Format, Program, Readout
from .. import submission_tag

PREFIX = "kr"
LONGEST = 200
"""A readout that takes more characters is not kept; the service states no limit of a tag."""


def of(submission: Submission) -> list[str]:
    """Return all tags of a submission, each once."""
    request = submission.request
    kept = [_noted(program) for program in request.programs if program.format is Format.IONQ_QIS]
    own = (submission_tag.of(submission), *(tag for tag in kept if tag))
    return list(dict.fromkeys((*request.tags, *own)))


def users(tags: Iterable[str] | None) -> tuple[str, ...]:
    """Return the tags that the user gave."""
    return tuple(tag for tag in submission_tag.users(tags) if readout_in([tag]) is None)


def readout_in(tags: Iterable[str] | None) -> Readout | None:
    """Return the readout that a job's tags have, None without one."""
    for tag in tags or ():
        if tag.startswith(PREFIX) and len(tag) <= LONGEST:
            try:
                return Readout.from_json(json.loads(base64.urlsafe_b64decode(tag[2:] + "==")))
            except ValueError:
                continue  # a tag of the user's that begins so
    return None


def _noted(program: Program) -> str | None:
    """Return the tag of a circuit; None where every qubit is one bit in order."""
    if program.readout == Readout.of_qubits(range(program.num_qubits)):
        return None
    packed = json.dumps(program.readout.to_json(), separators=(",", ":")).encode()
    tag = PREFIX + base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
    return tag if len(tag) <= LONGEST else None

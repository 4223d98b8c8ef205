"""Operations of an invented service: jobs that are submitted, listed by tag and read."""

from __future__ import annotations

from typing import Any

from ketbridge.transport.body import decode_json
from ketbridge.transport.operation import Flow, Operation, Repeat

CANARY = "canary-7f3a9c51d2"
"""A credential that must be found in the credential's header and nowhere else."""


def _json(reply: Any) -> Any:
    return decode_json(reply.body)


def get(path: str = "/jobs/1", **changes: Any) -> Operation[Any]:
    return Operation(
        **{"name": "GetJob", "method": "GET", "path": path, "read": _json, "repeat": Repeat.SAFE}
        | changes
    )


def submit(repeat: Repeat = Repeat.UNSAFE, **changes: Any) -> Operation[Any]:
    fixed = {"name": "CreateJob", "method": "POST", "path": "/jobs", "read": _json}
    return Operation(**fixed | {"repeat": repeat, "body": b'{"shots":1}'} | changes)


def find(tag: str) -> Operation[Any]:
    return get("/jobs", name="ListJobs", query=(("tag", tag),))


def reconcilable(settle_s: float = 0.0, tag: str = "t", **changes: Any) -> Operation[Any]:
    def look_up() -> Flow[Any]:
        found = yield find(tag)
        return found["jobs"][0] if found["jobs"] else None

    return submit(**changes).reconciled_by(look_up, settle_s)

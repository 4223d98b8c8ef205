"""Quandela's machines: Perceval's own payloads on its local simulator SLOS, without errors.

The payload has either a whole ``experiment`` or a ``circuit`` with an ``input_state``, in
Perceval's serialization, and so has the result, as JSON inside JSON.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from ...workers import WorkError
from .plan import INVALID, Plan

COMMANDS = ("probs", "sample_count", "samples")


def run(plan: Plan) -> dict[str, Any]:
    """Run a job; the number of samples is the payload's, or the job's shots."""
    from perceval.algorithm import Sampler
    from perceval.serialization import deserialize, serialize

    if not isinstance(plan.input, dict) or plan.input.get("command") not in COMMANDS:
        raise WorkError(INVALID, f'"command" must be one of {", ".join(COMMANDS)}.')
    begin = time.monotonic()
    payload = deserialize(plan.input, strict=False)
    limit = payload.get("max_shots") or plan.shots
    samples = min(payload.get("max_samples") or plan.shots, limit)
    sampler = Sampler(_processor(payload), max_shots_per_call=limit)
    command = payload["command"]
    ask = getattr(sampler, command)
    found = ask() if command == "probs" else ask(samples)
    if payload.get("job_context"):
        found["job_context"] = payload["job_context"]
    return {
        "job_id": plan.job_id,
        "duration": round(time.monotonic() - begin),
        "results": json.dumps(serialize(found)),
        "results_type": "application/json",
    }


def _processor(payload: Mapping[str, Any]) -> Any:
    """Make the local processor that a payload describes.

    Raises:
        WorkError: the payload has no input, or asks for iterations.
    """
    from perceval import Processor

    if payload.get("iterator"):
        raise WorkError(INVALID, "The sandbox runs no payload with an iterator.")
    described = payload.get("experiment") or payload.get("circuit")
    if described is None:
        raise WorkError(INVALID, 'The input needs an "experiment" or a "circuit".')
    processor = Processor("SLOS", described)
    fewest = (payload.get("parameters") or {}).get("min_detected_photons")
    if fewest is not None:
        processor.min_detected_photons_filter(fewest)
    if payload.get("input_state") is not None:
        processor.with_input(payload["input_state"])
    if processor.input_state is None:
        raise WorkError(INVALID, 'The input needs an "input_state".')
    return processor

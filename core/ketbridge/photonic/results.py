"""From the result document of a photonic job to Perceval's own results.

The document is ``{duration, job_id, results, results_type}``; ``results`` is Perceval's result in
its serialization, as JSON inside JSON. That form is inferred from what public clients read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import perceval as pcvl
import perceval.utils
from perceval.serialization import deserialize

from ..clouds.document import Document
from ..errors import ProtocolError
from .encoding import CONVERTERS

_CONVERTERS = frozenset(CONVERTERS.values())
_SERIALIZED = ":PCVL:"
"""How text begins that Perceval reads as an object of its own, also where it is a name."""


def read(document: Document, job: str) -> dict[str, Any]:
    """Return a result as Perceval's algorithms do.

    Args:
        document: the result as it came.
        job: the job's address, for messages.

    Returns:
        ``results`` (a `BSDistribution`, `BSCount` or `BSSamples`) or, for iterations,
        ``results_list``, with the performances beside it.

    Raises:
        ProtocolError: it is no result of a photonic job.
    """
    try:
        found = deserialize(json.loads(text(document, job)), strict=False)
        if not isinstance(found, dict) or not {"results", "results_list"} & set(found):
            raise ValueError("it has neither results nor results_list")
        return _converted(found, job)
    except ProtocolError:
        raise
    except Exception as error:
        raise ProtocolError(f"the result of {job} cannot be read: {error!r}") from error


def text(document: Document, job: str) -> str:
    """Return the serialized result in a document, checked to name no function but Perceval's own.

    Perceval imports and calls the function that ``job_context`` names, whatever it is.

    Raises:
        ProtocolError: it is no result of a photonic job.
    """
    try:
        data = document.json()
        given = data["results"]
        found = json.loads(given) if isinstance(given, str) else given
        if not isinstance(found, Mapping):
            raise ValueError("its results are no object")
        converter(found)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ProtocolError(f"the result of {job} cannot be read: {error!r}") from error
    return json.dumps(found)


def converter(found: Mapping[str, Any]) -> str | None:
    """Return the name of the function that makes what was asked of what came; None without one.

    Raises:
        ValueError: it is not one of Perceval's conversions.
    """
    if any(str(key).startswith(_SERIALIZED) for key in found):
        raise ValueError("it has names that are serialized")
    context = found.get("job_context")
    if context is None:
        return None
    if not isinstance(context, Mapping) or any(str(key).startswith(_SERIALIZED) for key in context):
        raise ValueError("its job_context is no object")
    named = context.get("result_mapping")
    if named is None:
        return None
    if not (isinstance(named, list) and len(named) == 2 and named[0] == "perceval.utils"):
        raise ValueError(f"it names a function that is not Perceval's: {named!r:.100}")
    if named[1] not in _CONVERTERS:
        raise ValueError(f"it names no conversion of Perceval: {named[1]!r:.100}")
    return str(named[1])


def _converted(found: dict[str, Any], job: str) -> dict[str, Any]:
    """Make what was asked of what the machine gave, iteration by iteration."""
    name = converter(found)
    if name is None:
        return found
    settings = found["job_context"].get("mapping_delta_parameters") or {}
    for index, one in enumerate(found.get("results_list", [found])):
        step = one.get("iteration") or {}
        own = {key: step.get(key, value) for key, value in settings.items()}
        if name in _DRAWN:
            seed = [*job.rpartition("/")[2].encode(), index]
            rng = np.random.default_rng(seed)
            one["results"] = _DRAWN[name](one["results"], min(_limits(own)), rng)
        else:
            one["results"] = getattr(perceval.utils, name)(one["results"], **own)
    return found


def _limits(settings: Mapping[str, Any]) -> list[int]:
    return [settings[key] for key in ("max_samples", "max_shots") if settings.get(key) is not None]


def _counts(probabilities: Any, number: int, rng: np.random.Generator) -> Any:
    counts = pcvl.BSCount()
    states, weights = _table(probabilities)
    for state, count in zip(states, rng.multinomial(number, weights), strict=True):
        if count:
            counts.add(state, int(count))
    return counts


def _samples(probabilities: Any, number: int, rng: np.random.Generator) -> Any:
    samples = pcvl.BSSamples()
    states, weights = _table(probabilities)
    for index in rng.choice(len(states), number, p=weights):
        samples.append(states[index])
    return samples


def _table(probabilities: Any) -> tuple[list[Any], np.ndarray[Any, Any]]:
    """Return states in an order of their own, so that draws are the same everywhere."""
    states = sorted(probabilities, key=tuple)
    weights = np.array([probabilities[state] for state in states], dtype=np.float64)
    return states, weights / weights.sum()


_DRAWN = {"probs_to_sample_count": _counts, "probs_to_samples": _samples}
"""Conversions by chance: drawn with a seed made of the job's id, so that the result of a job is the
same at every call and on every machine; Perceval's own are not."""

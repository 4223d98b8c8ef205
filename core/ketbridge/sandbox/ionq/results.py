"""Results: probabilities, histograms and shots, as maps from the decimal state.

Sharpening is ours: the shots of the debiasing variants are put side by side, each row votes, and
the state with most votes gets the row; votes that tie share it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..service import HttpError
from ..simulate import Distribution
from .circuits import Outcome
from .records import Record, artifact_id


def probabilities(record: Record, children: list[Record], sharpen: bool) -> dict[str, Any]:
    """Answer for the probabilities of a job; of a parent, by the ids of its children.

    Raises:
        HttpError: the job has no result (404).
    """
    if record.children:
        return {child.id: probabilities(child, [], sharpen) for child in children}
    outcome = _outcome(record)
    if sharpen and outcome.variants:
        return _sharpened(outcome.variants)
    return _map(_distribution(outcome).probabilities)


def histogram(record: Record) -> dict[str, int]:
    """Answer for the counts of a job.

    Raises:
        HttpError: the job has no counts (404).
    """
    return _map(_drawn(_distribution(_outcome(record))).histogram)


def shots(record: Record) -> list[int]:
    """Answer for the state of each shot.

    Raises:
        HttpError: the job has no shots (404).
    """
    return list(_drawn(_distribution(_outcome(record))).shots or ())


def variant(record: Record, variant_id: str, what: str) -> dict[str, Any]:
    """Answer for a result of one debiasing variant; shots as a map from the number of the shot.

    Raises:
        HttpError: there is no such variant or the job has no result (404).
    """
    outcome = _outcome(record)
    if variant_id not in record.variant_ids:
        raise HttpError(404, f"Variant {variant_id[:64]} was not found.")
    distribution = outcome.variants[record.variant_ids.index(variant_id)]
    if what == "probabilities":
        return _map(distribution.probabilities)
    if what == "histogram":
        return _map(distribution.histogram)
    return {str(index): state for index, state in enumerate(distribution.shots or ())}


def artifact(record: Record, asked: str) -> dict[str, Any]:
    """Answer for the shots of an OpenQASM job by register; bit 0 of a register comes first.

    Raises:
        HttpError: there is no such artifact (404).
    """
    outcome = _outcome(record)
    if asked != artifact_id(record) or not outcome.registers:
        raise HttpError(404, f"Artifact {asked[:64]} was not found.")
    rows = []
    for state in _distribution(outcome).shots or ():
        registers, place = {}, 0
        for name, size in outcome.registers:
            registers[name] = [(state >> place + bit) & 1 for bit in range(size)]
            place += size
        rows.append({"registers": registers})
    return {"shots": rows}


def _outcome(record: Record) -> Outcome:
    if record.outcome is None:
        raise HttpError(404, f"Job {record.id} has no result: it is {record.status}.")
    return record.outcome


def _distribution(outcome: Outcome) -> Distribution:
    if outcome.distribution is None:
        raise HttpError(404, "A dry run has no result.")
    return outcome.distribution


def _drawn(distribution: Distribution) -> Distribution:
    if distribution.shots is None:
        raise HttpError(404, "The ideal simulator gives probabilities only.")
    return distribution


def _map(numbers: Mapping[int, Any]) -> dict[str, Any]:
    return {str(state): number for state, number in sorted(numbers.items())}


def _sharpened(variants: tuple[Distribution, ...]) -> dict[str, float]:
    won: Counter[int] = Counter()
    rows = list(zip(*(variant.shots or () for variant in variants), strict=False))
    shares: dict[int, float] = {}
    for row in rows:
        won = Counter(row)
        most = max(won.values())
        winners = [state for state, votes in won.items() if votes == most]
        for state in winners:
            shares[state] = shares.get(state, 0.0) + 1 / len(winners) / len(rows)
    return _map(shares)

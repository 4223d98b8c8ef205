"""What an IQM machine accepts, independently of how the product writes circuits for it.

Rules: an instruction acts where its gate is calibrated; a resonator holds the state of one qubit
and is empty in the end; nothing but a barrier acts on a qubit whose state is away; a rotation on a
condition follows the measurement of that qubit with that key.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any


def broken(body: bytes | str, loci: Mapping[str, Collection[tuple[str, ...]]]) -> str | None:
    """Return which rule a circuit breaks, None where it breaks none."""
    away: dict[str, str] = {}
    known: set[tuple[str, str]] = set()
    for index, one in enumerate(json.loads(body)["instructions"]):
        problem = _problem(one, loci, away, known)
        if problem:
            return f"instruction {index}, {one['name']} on {one['qubits']}: {problem}"
    return f"ends while {away} are away" if away else None


def _problem(
    one: dict[str, Any],
    loci: Mapping[str, Collection[tuple[str, ...]]],
    away: dict[str, str],
    known: set[tuple[str, str]],
) -> str:
    name, qubits, args = one["name"], tuple(one["qubits"]), one["args"]
    allowed = {frozenset(locus) if name == "cz" else tuple(locus) for locus in loci.get(name, ())}
    if name != "barrier" and (frozenset(qubits) if name == "cz" else qubits) not in allowed:
        return "is not calibrated"
    if name == "move":
        qubit, resonator = qubits
        if away.get(qubit, resonator) != resonator:
            return "is in another resonator"
        if qubit in away:
            del away[qubit]
        elif resonator in away.values():
            return "the resonator is full"
        else:
            away[qubit] = resonator
    elif name != "barrier" and set(qubits) & set(away):
        return "the state is away"
    if name == "measure" and "feedback_key" in args:
        known.add((qubits[0], args["feedback_key"]))
    if name == "cc_prx" and (args["feedback_qubit"], args["feedback_key"]) not in known:
        return "the condition is not known"
    return ""

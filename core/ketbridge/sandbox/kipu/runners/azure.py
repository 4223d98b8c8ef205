"""Azure's IonQ simulator: IonQ's circuit JSON, with exact probabilities by decimal state."""

from __future__ import annotations

from typing import Any

from ...ionq.circuits import Plan as IonqPlan
from ...ionq.circuits import run_json
from ...workers import WorkError
from .plan import INVALID, Plan


def run(plan: Plan) -> dict[str, Any]:
    """Run a job; a gate's name may be its ``gate`` or its ``type``."""
    given = plan.input if isinstance(plan.input, dict) else {}
    circuit, qubits = given.get("circuit"), given.get("qubits")
    if not isinstance(circuit, list) or given.get("gateset", "qis") != "qis":
        raise WorkError(INVALID, 'The input needs a "circuit" in the gate set "qis".')
    named = [{"gate": gate.get("type"), **gate} for gate in circuit]
    limits = IonqPlan("qis", plan.qubits, None, plan.shots, None)
    outcome = run_json(named, qubits, limits)
    assert outcome.distribution is not None
    table = sorted(outcome.distribution.probabilities.items())
    return {"histogram": {str(state): value for state, value in table}}

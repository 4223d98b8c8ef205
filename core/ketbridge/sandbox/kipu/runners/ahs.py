"""QuEra's Aquila: AHS programs on Braket's local simulator, without errors.

Every site that is filled holds its atom, so the sequence before the shot is the filling.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from ...workers import WorkError
from .plan import INVALID, Plan

MOST_ATOMS = 12
"""Most atoms that are simulated here; the machine has more."""
STEPS = 100


def run(plan: Plan) -> str:
    """Run a job and return an analog Hamiltonian simulation task result."""
    from braket.analog_hamiltonian_simulator.rydberg.rydberg_simulator import (
        RydbergAtomSimulator,
    )
    from braket.ir.ahs.program_v1 import Program

    given = plan.input if isinstance(plan.input, dict) else {}
    data = given.get("ahs_program", given)
    if not isinstance(data, dict) or "setup" not in data:
        raise WorkError(INVALID, 'The input has no "ahs_program".')
    program = Program.parse_obj(data)
    atoms = sum(program.setup.ahs_register.filling)
    if atoms > MOST_ATOMS:
        raise WorkError(
            INVALID, f"{atoms} atoms are more than the sandbox simulates: {MOST_ATOMS}."
        )
    result = RydbergAtomSimulator().run(program, shots=plan.shots, steps=STEPS)
    found: dict[str, Any] = json.loads(result.json(exclude_none=True))
    found["taskMetadata"] |= {
        "id": f"arn:aws:braket:us-east-1:000000000000:quantum-task/{plan.job_id}",
        "shots": plan.shots,
        "deviceId": plan.native_id,
        "createdAt": plan.created,
        "endedAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "status": "COMPLETED",
    }
    return json.dumps(found)

"""IBM's machines: the programs of the Runtime part, on the machine's snapshot."""

from __future__ import annotations

from ...ibm import programs
from ...ibm.programs.task import Task
from ...workers import WorkError
from .plan import INVALID, Plan


def run(plan: Plan) -> str:
    """Run a job and return what its program returns."""
    program = plan.params.get("program_id", "sampler")
    if program not in programs.PROGRAMS:
        raise WorkError(INVALID, f"There is no program {str(program)[:64]!r}.")
    if not isinstance(plan.input, dict):
        raise WorkError(INVALID, "The input is no object.")
    return programs.run(Task(program, plan.input, plan.snapshot, plan.noisy)).text

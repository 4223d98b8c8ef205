"""The programs of the service, run in a worker by Qiskit Aer."""

from __future__ import annotations

from importlib import import_module

from ...workers import WorkError
from .task import INVALID, Outcome, Task

PROGRAMS = {
    "sampler": "sampler",
    "estimator": "estimator",
    "executor": "executor",
    "noise-learner": "learner",
}
"""The module of each program; each is imported where it is first run."""


def run(task: Task) -> Outcome:
    """Run a job.

    Raises:
        WorkError: the job fails, with the service's code and the reason.
    """
    module = import_module(f".{PROGRAMS[task.program]}", __name__)
    try:
        outcome: Outcome = module.run(task)
    except WorkError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise WorkError(INVALID, f"Job not valid. {error}") from error
    return outcome

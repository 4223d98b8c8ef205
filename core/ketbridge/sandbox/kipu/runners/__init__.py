"""How a job of each family is computed, in a worker; each module is imported where it is needed."""

from __future__ import annotations

import json
from importlib import import_module

from ...workers import WorkError
from .plan import INVALID, Plan


def run(plan: Plan) -> str:
    """Run a job and return its result as JSON.

    Raises:
        WorkError: the job fails, with the reason.
    """
    module = import_module(f".{plan.runner}", __name__)
    try:
        result = module.run(plan)
    except WorkError:
        raise
    except Exception as error:
        # whatever a reader or a simulator raises is a fault of what was sent
        raise WorkError(INVALID, f"{type(error).__name__}: {error}") from error
    return result if isinstance(result, str) else json.dumps(result, separators=(",", ":"))

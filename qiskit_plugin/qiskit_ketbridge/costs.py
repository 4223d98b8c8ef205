"""What circuits would cost, asked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ketbridge import Cost
from ketbridge.errors import ProgramError

if TYPE_CHECKING:
    from ketbridge.clouds.base import Cloud
    from ketbridge.jobs.submission import Request


def estimate(cloud: Cloud, requests: Sequence[Request]) -> Cost:
    """Ask what requests would cost together.

    Raises:
        ProgramError: the service cannot estimate them, or in different units.
        TransportError: the service could not be asked.
    """
    costs = [cloud.run(cloud.estimate_flow(request)) for request in requests]
    units = {cost.unit for cost in costs}
    if len(units) > 1:
        raise ProgramError(f"the service estimates in different units: {', '.join(sorted(units))}")
    return Cost(sum(cost.value for cost in costs), units.pop() if units else "", True)


def refuse_above(cloud: Cloud, requests: Sequence[Request], max_cost: float | None) -> None:
    """Refuse requests that the service estimates to cost more than they may.

    Raises:
        ProgramError: they would, or the service cannot say; nothing was sent.
        TransportError: the service could not be asked; nothing was sent.
    """
    if max_cost is None:
        return
    cost = estimate(cloud, requests)
    if cost.value > max_cost:
        raise ProgramError(
            f"the service estimates {cost.value:g} {cost.unit}, above max_cost={max_cost:g}; "
            "nothing was sent"
        )

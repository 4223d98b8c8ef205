"""What a request or a job costs by the list prices that the Hub shows with a machine.

The service has no operation for costs. Its prices are of a job, of a shot, or of run time; what is
made of them is an estimate.
"""

from __future__ import annotations

from ...errors import ProgramError
from ...jobs.state import Cost
from .models import Backend

_SECONDS = {"second": 1.0, "millisecond": 1e-3, "minute": 60.0}


def estimate(backend: Backend, shots: int, run_s: float | None = None) -> Cost:
    """Return what a job costs.

    Args:
        backend: with its prices.
        shots: shots of all circuits.
        run_s: run time in seconds; None before it has run.

    Raises:
        ProgramError: the machine has no prices, or prices of something that is not known.
    """
    prices = backend.costs or ()
    if backend.free_of_charge:
        return Cost(0.0, prices[0].currency if prices else "EUR", estimated=True)
    if not prices:
        raise ProgramError(f"the Kipu Hub states no price of {backend.id}")
    currencies = {price.currency for price in prices}
    if len(currencies) > 1:
        raise ProgramError(f"the prices of {backend.id} are in different currencies")
    amounts: dict[str, float] = {"job": 1.0, "shot": float(shots)}
    if run_s is not None:
        amounts |= {unit: run_s / seconds for unit, seconds in _SECONDS.items()}
    other = next((price.granularity for price in prices if price.granularity not in amounts), None)
    if other is not None:
        known = "is not known before it has run" if other in _SECONDS else "is not known"
        raise ProgramError(f"{backend.id} is priced by the {other}, which {known}")
    total = sum(price.value * amounts[price.granularity] for price in prices)
    return Cost(total, currencies.pop(), estimated=True)

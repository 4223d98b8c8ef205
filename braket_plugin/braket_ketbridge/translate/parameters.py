"""Numbers for the parameters of a gate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ketbridge.errors import ProgramError


def bound(gate: Any, inputs: Mapping[str, float]) -> Any:
    """Return the gate with finite numbers for all its parameters.

    Braket's own ``Circuit.make_bound_circuit`` loses the controls and powers of the gates that it
    binds, so the gates are bound one by one.

    Raises:
        ProgramError: a parameter has no value, or none that is a finite real number.
    """
    parameters = getattr(gate, "parameters", ())
    if any(type(parameter) is not float for parameter in parameters):
        try:
            gate = gate.bind_values(**inputs)
        except (TypeError, ValueError) as error:
            raise ProgramError(f"its parameters are no real numbers: {error}") from error
        parameters = gate.parameters
    free = [str(parameter) for parameter in parameters if type(parameter) is not float]
    if free:
        raise ProgramError(
            f"Cannot execute circuit with unbound parameters: {', '.join(free)}; "
            "give them values with inputs={...}"
        )
    for parameter in parameters:
        if not math.isfinite(parameter):
            raise ProgramError(f"its angle {parameter} is no finite number")
    return gate


def numbers(gate: Any, inputs: Mapping[str, float]) -> list[float]:
    """Return the parameters of a gate as finite numbers.

    Raises:
        ProgramError: as for `bound`.
    """
    parameters: list[float] = gate.parameters
    for parameter in parameters:
        if type(parameter) is not float or parameter - parameter != 0.0:
            return list(bound(gate, inputs).parameters)
    return parameters


def value_of(parameter: Any, inputs: Mapping[str, float]) -> float:
    """Return one parameter of an operator that cannot be bound, as a finite number.

    Raises:
        ProgramError: it has no value, or none that is a finite real number.
    """
    value = parameter.subs(inputs) if hasattr(parameter, "subs") else parameter
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ProgramError(
            f"Cannot execute circuit with unbound parameters: {value}; "
            "give them values with inputs={...}"
        ) from None
    if not math.isfinite(number):
        raise ProgramError(f"its angle {number} is no finite number")
    return number

"""Result types: what can be computed from shots, and how it is kept with a program."""

from __future__ import annotations

from typing import Any

from braket.circuits import Circuit, ResultType, observables

from ketbridge.errors import ProgramError

_FROM_SHOTS = (
    ResultType.Expectation,
    ResultType.Probability,
    ResultType.Sample,
    ResultType.Variance,
)


def check_result_types(circuit: Circuit) -> None:
    """Refuse result types that shots cannot give.

    Raises:
        ProgramError: a result type needs the exact state, or two observables cannot be measured
            in the same shots, or an observable is a sum or has a coefficient.
    """
    for kind in circuit.result_types:
        if not isinstance(kind, _FROM_SHOTS):
            raise ProgramError(
                f"result type {kind.name} needs the exact state of a simulator (shots=0); "
                "expectation, probability, sample and variance can be had from shots"
            )
        observable = getattr(kind, "observable", None)
        if isinstance(observable, observables.Sum):
            raise ProgramError(
                f"result type {kind.name} of a sum of observables cannot be computed from one "
                "circuit: ask for each term on its own"
            )
        if observable is not None and observable.coefficient != 1:
            raise ProgramError(
                f"result type {kind.name} of an observable with the coefficient "
                f"{observable.coefficient} is not supported: multiply its value instead"
            )
    if not circuit.observables_simultaneously_measurable:
        raise ProgramError(
            "Observables cannot be sampled simultaneously: run them in circuits of their own"
        )


def as_json(circuit: Circuit) -> dict[str, Any]:
    """Return the result types as JSON data that is kept with the program."""
    kinds = [kind.to_ir() for kind in circuit.result_types]
    return {"result_types": [kind.dict() for kind in kinds]} if kinds else {}

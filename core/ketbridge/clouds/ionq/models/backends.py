"""Machines and their measured quality."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from ...wire import Answer, Int


class Backend(Answer):
    """One machine as listed.

    Attributes:
        average_queue_time: current wait; the contract states no unit.
        kw: power or energy: the contract names kW and describes kWh.
        status: a word that the contract does not fix.
    """

    backend: str
    status: str
    qubits: Annotated[Int, Field(ge=0)]
    average_queue_time: float | None = None
    last_updated: str | None = None
    characterization_id: str | None = None
    degraded: bool | None = None
    kw: float | None = None
    location: str | None = None


class FidelityStat(Answer):
    """Median of a fidelity over the machine, 0 to 1, and its standard error."""

    median: float
    stderr: Annotated[float, Field(ge=0)] | None = None


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


class Fidelity(Answer):
    """Fidelities. The contract fixes only ``spam``; the others are read where they make sense."""

    spam: FidelityStat | None = None
    one_qubit: Annotated[FidelityStat | None, WrapValidator(_or_none)] = Field(None, alias="1q")
    two_qubit: Annotated[FidelityStat | None, WrapValidator(_or_none)] = Field(None, alias="2q")


class Timing(Answer):
    """Durations and coherence times, in seconds."""

    readout: float | None = None
    reset: float | None = None
    one_qubit: float | None = Field(None, alias="1q")
    two_qubit: float | None = Field(None, alias="2q")
    t1: float | None = None
    t2: float | None = None


class Characterization(Answer):
    """Measured quality of a machine at one date."""

    id: str | None = None
    backend: str | None = None
    date: str | None = None
    qubits: Int | None = None
    connectivity: tuple[tuple[Int, ...], ...] | None = None
    fidelity: Fidelity | None = None
    timing: Timing | None = None


class Characterizations(Answer):
    """One page of characterizations; ``pages`` counts the pages that are still to come."""

    characterizations: tuple[Characterization, ...]
    pages: Int | None = None

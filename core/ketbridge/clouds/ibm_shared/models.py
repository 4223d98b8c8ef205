"""The two documents that describe an IBM machine: its configuration and its measured properties.

They are Qiskit's own backend configuration and backend properties in JSON. Real documents leave
out, add and bend members, so only what no client can do without is required; a member of a shape
of its own stays as it came.
"""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    Strict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from ..wire import Answer, Int

_DIGITS = re.compile(r"[0-9]{1,9}")


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


Soft = WrapValidator(_or_none)
"""A member that is read where it makes sense and is None otherwise."""

_Lists = Strict(False)
"""What a wrapping validator reads has left JSON, where a sequence is a list and no tuple."""

Pairs = Annotated[tuple[Annotated[tuple[Int, ...], _Lists], ...], _Lists]
Index = Annotated[Int | str, BeforeValidator(_number)]
Words = Annotated[tuple[str, ...], _Lists]


class ProcessorType(Answer):
    """Family and revision of a processor, for example Heron, 2."""

    family: str | None = None
    revision: str | float | int | None = None
    segment: str | None = None


class GateConfig(Answer):
    """One gate of a machine: its parameters and the qubits that it can act on."""

    name: str
    parameters: tuple[str, ...] | None = None
    coupling_map: Pairs | None = None
    qasm_def: str | None = None
    conditional: bool | None = None
    latency_map: Any = None
    description: str | None = None


class InstructionSignature(Answer):
    """An instruction that Qiskit does not define, such as a shorter measurement."""

    name: str
    num_qubits: Int
    num_clbits: Int = 0
    parameters: Words = ()


Signatures = Annotated[tuple[InstructionSignature, ...], _Lists]


class TimingConstraints(Answer):
    """What durations and alignments must be multiples of, in units of ``dt``."""

    granularity: Int | None = None
    min_length: Int | None = None
    pulse_alignment: Int | None = None
    acquire_alignment: Int | None = None


class BackendConfiguration(Answer):
    """What a machine can do. ``dt`` is in nanoseconds, delays between shots in microseconds.

    Members of pulse-level control are kept as they came.
    """

    backend_name: str
    n_qubits: Annotated[Int, Field(ge=0)]
    basis_gates: tuple[str, ...]
    backend_version: str | None = None
    gates: tuple[GateConfig, ...] = ()
    coupling_map: Annotated[Pairs | None, Soft] = None
    supported_instructions: Annotated[Words | None, Soft] = None
    instruction_signatures: Annotated[Signatures | None, Soft] = None
    supported_features: Annotated[Words | None, Soft] = None
    simulator: bool = False
    local: bool = False
    conditional: bool = False
    memory: bool = False
    configurable: bool | None = None
    credits_required: bool | None = None
    open_pulse: bool | None = None
    max_shots: Annotated[Int | None, Soft] = None
    max_experiments: Annotated[Int | None, Soft] = None
    dt: float | None = None
    dtm: float | None = None
    timing_constraints: Annotated[TimingConstraints | None, Soft] = None
    dynamic_reprate_enabled: bool | None = None
    default_rep_delay: Annotated[float | None, Soft] = None
    rep_delay_range: Annotated[Annotated[tuple[float, ...], _Lists] | None, Soft] = None
    rep_times: Any = None
    processor_type: Annotated[ProcessorType | None, Soft] = None
    quantum_volume: Annotated[float | None, Soft] = None
    clops: Any = None
    clops_h: Any = None
    clops_v: Any = None
    display_name: str | None = None
    description: str | None = None
    sample_name: str | None = None
    online_date: str | None = None
    tags: Any = None
    measure_esp_enabled: bool | None = None
    meas_levels: Any = None
    meas_map: Any = None
    meas_lo_range: Any = None
    qubit_lo_range: Any = None
    n_registers: Any = None
    n_uchannels: Any = None
    u_channel_lo: Any = None
    register_map: Any = None
    acquisition_latency: Any = None
    conditional_latency: Any = None
    discriminators: Any = None
    parametric_pulses: Any = None
    hamiltonian: Any = None
    coords: Any = None


class Measured(Answer):
    """One measured quantity: name, value, unit and when it was measured."""

    name: str
    value: float
    unit: str = ""
    date: str | None = None


class GateProperties(Answer):
    """What was measured of one gate on given qubits, for example ``gate_error``.

    The contract has the qubits as text; machines write numbers, and text of digits becomes one.
    """

    gate: str
    qubits: tuple[Index, ...]
    parameters: tuple[Measured, ...] = ()
    name: str | None = None


class BackendProperties(Answer):
    """What was measured of a machine; ``qubits[i]`` holds the quantities of qubit ``i``."""

    backend_name: str
    qubits: tuple[tuple[Measured, ...], ...]
    gates: tuple[GateProperties, ...]
    backend_version: str | None = None
    last_update_date: str | None = None
    general: tuple[Any, ...] = ()
    general_qlists: Any = None

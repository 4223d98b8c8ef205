"""What creates a job: the request, and the inputs and parameters of each family of machines."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ...wire import Payload

Count = Annotated[int, Field(ge=1, strict=True)]
Natural = Annotated[int, Field(ge=0, strict=True)]


class QasmInput(Payload):
    """A circuit as OpenQASM text; for AWS, Qudora and Kipu."""

    qasm: str


class AhsInput(Payload):
    """A program of an analog Hamiltonian simulation."""

    ahs_program: dict[str, Any]


class AzureIonqInput(Payload):
    """A circuit of the ``qis`` gate set."""

    circuit: list[dict[str, Any]]
    gateset: Literal["qis"]
    qubits: int
    registers: dict[str, list[int]] | None = None


class DynamicalDecouplingStrategy(Payload):
    """How IQM decouples idle qubits dynamically."""

    gate_sequences: list[list[Any]] | None = None
    merge_contiguous_waits: bool | None = None
    skip_leading_wait: bool | None = None
    skip_trailing_wait: bool | None = None
    target_qubits: list[str] | None = None


class QubitMapping(Payload):
    """Which qubit of the machine a name in the circuits means."""

    logical_name: str
    physical_name: str


class IqmSettings(Payload):
    """What is said of an IQM job beside its circuits."""

    calibration_set_id: str | None = None
    qubit_mapping: list[QubitMapping] | None = None
    custom_settings: dict[str, Any] | None = None
    dd_mode: Literal["disabled", "enabled"] | None = None
    dd_strategy: DynamicalDecouplingStrategy | None = None
    heralding_mode: Literal["none", "zeros"] | None = None
    move_gate_frame_tracking_mode: Literal["full", "no_detuning_correction", "none"] | None = None
    move_validation_mode: Literal["strict", "allow_prx", "none"] | None = None
    max_circuit_duration_over_t2: Annotated[float, Field(ge=0)] | None = None
    active_reset_cycles: Natural | None = None


class IqmInput(IqmSettings):
    """Circuits for an IQM machine."""

    circuits: list[dict[str, Any]]


class AwsParams(Payload):
    """Parameters of OpenQASM 3 on AWS."""

    disable_qubit_rewiring: Annotated[bool, Field(strict=True)] | None = None
    qubit_count: Count | None = None


class QudoraParams(Payload):
    """Parameters of a Qudora job."""

    backend_settings: dict[str, Any] | None = None
    language: Literal["OpenQASM2", "OpenQASM3"] | None = None


class KipuParams(Payload):
    """Parameters of Kipu's simulator."""

    mode: Literal["sample", "statevector", "amplitudes"] | None = None
    max_fused_gate_size: Count | None = None
    cpu_threads: Natural | None = None
    bitstrings: list[Annotated[str, Field(pattern="^[01]+$")]] | None = None


class QuandelaParams(Payload):
    """Parameters of a Perceval job."""

    pcvl_version: str | None = None
    platform_name: str | None = None
    process_id: str | None = None
    job_group_name: str | None = None
    max_duration: Annotated[int, Field(strict=True)] | None = None


class IbmParams(Payload):
    """Parameters of a job on IBM's machines."""

    program_id: Annotated[str, Field(min_length=1, max_length=10_000)]
    max_execution_time: Count | None = None
    log_level: Literal["critical", "error", "warning", "info", "debug"] | None = None


class NoParams(Payload):
    """A family without parameters."""


class CreateJobRequest(Payload):
    """What creates a job."""

    backend_id: str
    shots: Count
    input: dict[str, Any] | QasmInput | AhsInput | AzureIonqInput | IqmInput
    name: str | None = None
    input_format: str | None = None
    input_params: (
        AwsParams | QudoraParams | KipuParams | QuandelaParams | IbmParams | NoParams | None
    ) = None
    tags: tuple[str, ...] | None = None
    session_id: str | None = None
    sdk_provider: str | None = None

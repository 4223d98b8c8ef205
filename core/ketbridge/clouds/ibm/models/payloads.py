"""What is sent to create a job: the programs' inputs and their options, checked before sending."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from ...wire import Payload

Count: TypeAlias = Annotated[int, Field(ge=1, le=2**31 - 1, strict=True)]
Natural: TypeAlias = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]
Nonnegative: TypeAlias = Annotated[float, Field(ge=0)]
Auto: TypeAlias = Literal["auto"]
Strategy: TypeAlias = Literal["active", "active-circuit", "active-accum", "all"]
Extrapolator: TypeAlias = Literal[
    "linear", "exponential", "double_exponential", "polynomial_degree_1", "polynomial_degree_2",
    "polynomial_degree_3", "polynomial_degree_4", "polynomial_degree_5", "polynomial_degree_6",
    "polynomial_degree_7", "fallback",
]  # fmt: skip


class DynamicalDecouplingOptions(Payload):
    """Pulses that keep idle qubits from dephasing."""

    enable: bool | None = None
    sequence_type: Literal["XX", "XpXm", "XY4"] | None = None
    extra_slack_distribution: Literal["middle", "edges"] | None = None
    scheduling_method: Literal["alap", "asap"] | None = None
    skip_reset_qubits: bool | None = None


class TwirlingOptions(Payload):
    """Randomized compiling of gates and measurements."""

    enable_gates: bool | None = None
    enable_measure: bool | None = None
    num_randomizations: Count | Auto | None = None
    shots_per_randomization: Count | Auto | None = None
    strategy: Strategy | None = None


class SimulatorOptions(Payload):
    """What a simulator imitates."""

    noise_model: dict[str, Any] | None = None
    seed_simulator: Natural | None = None
    coupling_map: list[Any] | None = None
    basis_gates: list[str] | None = None


class EstimatorExecutionOptions(Payload):
    """How circuits are run; ``rep_delay`` in seconds between a measurement and the next circuit."""

    init_qubits: bool | None = None
    rep_delay: Nonnegative | None = None


class SamplerExecutionOptions(EstimatorExecutionOptions):
    """How circuits are run and in what form outcomes come back."""

    meas_type: Literal["classified", "kerneled", "avg_kerneled"] | None = None


class SamplerOptions(Payload):
    """Options of the sampler."""

    default_shots: Natural | None = None
    dynamical_decoupling: DynamicalDecouplingOptions | None = None
    execution: SamplerExecutionOptions | None = None
    twirling: TwirlingOptions | None = None
    simulator: SimulatorOptions | None = None
    experimental: dict[str, Any] | None = None


class MeasureNoiseLearningOptions(Payload):
    """How readout errors are learnt."""

    num_randomizations: Count | None = None
    shots_per_randomization: Count | Auto | None = None


class ZneOptions(Payload):
    """Zero-noise extrapolation: at which noise factors to measure and how to extrapolate."""

    noise_factors: list[float] | None = None
    extrapolator: Extrapolator | list[Extrapolator] | None = None
    amplifier: Literal["gate_folding", "gate_folding_front", "gate_folding_back", "pea"] | None = (
        None
    )
    extrapolated_noise_factors: list[float] | None = None


class PecOptions(Payload):
    """Probabilistic error cancellation."""

    max_overhead: Nonnegative | None = None
    noise_gain: Nonnegative | Auto | None = None


class LayerNoiseLearningOptions(Payload):
    """How the noise of layers of gates is learnt."""

    max_layers_to_learn: Natural | None = None
    shots_per_randomization: Count | None = None
    num_randomizations: Count | None = None
    layer_pair_depths: list[Natural] | None = None


class ResilienceOptions(Payload):
    """Error mitigation."""

    measure_mitigation: bool | None = None
    measure_noise_learning: MeasureNoiseLearningOptions | None = None
    zne_mitigation: bool | None = None
    zne: ZneOptions | None = None
    pec_mitigation: bool | None = None
    pec: PecOptions | None = None
    layer_noise_learning: LayerNoiseLearningOptions | None = None
    layer_noise_model: Any = None


class EstimatorOptions(Payload):
    """Options of the estimator."""

    seed_estimator: Natural | None = None
    default_precision: Nonnegative | None = None
    default_shots: Natural | None = None
    dynamical_decoupling: DynamicalDecouplingOptions | None = None
    resilience: ResilienceOptions | None = None
    execution: EstimatorExecutionOptions | None = None
    twirling: TwirlingOptions | None = None
    simulator: SimulatorOptions | None = None
    experimental: dict[str, Any] | None = None


class NoiseLearnerOptions(Payload):
    """Options of the noise learner."""

    simulator: SimulatorOptions | None = None
    max_layers_to_learn: Natural | None = None
    shots_per_randomization: Count | None = None
    num_randomizations: Count | None = None
    layer_pair_depths: list[Natural] | None = None
    twirling_strategy: Strategy | None = None
    experimental: dict[str, Any] | None = None
    support_qiskit: bool | None = None


class SamplerV2Input(Payload):
    """Input of ``sampler``; a PUB is ``[circuit, parameter values, shots]``, the tail optional."""

    pubs: list[Any]
    options: SamplerOptions | None = None
    shots: Natural | None = None
    support_qiskit: bool | None = None
    version: Literal[2] = 2


class EstimatorV2Input(Payload):
    """Input of ``estimator``; a PUB is ``[circuit, observables, parameter values, precision]``."""

    pubs: list[Annotated[list[Any], Field(min_length=2)]]
    options: EstimatorOptions | None = None
    resilience_level: Annotated[int, Field(ge=0, le=2, strict=True)] | None = None
    precision: Nonnegative | None = None
    support_qiskit: bool | None = None
    version: Literal[2] = 2


class NoiseLearnerInput(Payload):
    """Input of ``noise-learner``."""

    circuits: Annotated[list[Any], Field(min_length=1)]
    options: NoiseLearnerOptions | None = None
    version: Literal[2] | None = None


class StorageLocation(Payload):
    """Where something is kept outside of the service."""

    type: Literal["ibmcloud_cos"] = "ibmcloud_cos"
    region: str | None = None
    region_type: Literal["regional", "cross-region", "single-site"] | None = None
    bucket_crn: str | None = None
    object_name: str | None = None


class RemoteStorageRequest(StorageLocation):
    """Where a job's input is and its results and logs go, for channel partners."""

    job_params: StorageLocation
    results: StorageLocation
    logs: StorageLocation | None = None


class CreateJobRequest(Payload):
    """What creates a job: a program, a machine, and the program's input or where it is kept.

    Attributes:
        program_id: ``sampler``, ``estimator``, ``noise-learner`` or another program.
        backend: the machine.
        params: the program's input; data of another program than the first three as it is.
        remote_storage: where the input is kept instead.
        tags: 1 to 5 of 1 to 24 characters, or in 2026-03-15 up to 8 of up to 86.
        cost: longest run time, in seconds; the service caps it at 10800.
        private: whether the input is not returned and the result can be read once only.
    """

    program_id: Annotated[str, Field(min_length=1)]
    backend: Annotated[str, Field(min_length=1)]
    params: SamplerV2Input | EstimatorV2Input | NoiseLearnerInput | dict[str, Any] | None = None
    remote_storage: RemoteStorageRequest | None = None
    runtime: str | None = None
    tags: Annotated[list[str], Field(min_length=1, max_length=8)] | None = None
    log_level: Literal["critical", "error", "warning", "info", "debug"] | None = None
    cost: Annotated[int, Field(ge=0, le=10_800, strict=True)] | None = None
    session_id: Annotated[str, Field(min_length=1, max_length=36)] | None = None
    calibration_id: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    private: Literal[True] | None = None

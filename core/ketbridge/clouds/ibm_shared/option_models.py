"""Options of IBM's programs, wherever they run, checked before sending."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from ..wire import Payload

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

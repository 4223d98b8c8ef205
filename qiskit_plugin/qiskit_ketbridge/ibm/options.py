"""Options of IBM's sampler, estimator and noise learner, named and nested as IBM documents them.

What is `Unset` is left to the service, whose defaults depend on the resilience level. Values are
checked before a job is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .optionset import OptionSet, Unset, UnsetType, nested

Auto: TypeAlias = Literal["auto"]
Strategy: TypeAlias = Literal["active", "active-accum", "active-circuit", "all"]


@dataclass(init=False)
class DynamicalDecouplingOptions(OptionSet):
    """Pulses that keep idle qubits from dephasing.

    Attributes:
        enable: whether there are any.
        sequence_type: ``XX``, ``XpXm`` or ``XY4``.
        extra_slack_distribution: ``middle`` or ``edges``: where time that is left over goes.
        scheduling_method: ``alap`` or ``asap``.
        skip_reset_qubits: whether qubits that were just reset are left alone.
    """

    enable: bool | UnsetType = Unset
    sequence_type: Literal["XX", "XpXm", "XY4"] | UnsetType = Unset
    extra_slack_distribution: Literal["middle", "edges"] | UnsetType = Unset
    scheduling_method: Literal["alap", "asap"] | UnsetType = Unset
    skip_reset_qubits: bool | UnsetType = Unset


@dataclass(init=False)
class TwirlingOptions(OptionSet):
    """Randomized compiling of two-qubit Clifford gates and of measurements.

    Attributes:
        enable_gates, enable_measure: whether they are twirled.
        num_randomizations: random circuits a PUB, at least 1, or ``auto``.
        shots_per_randomization: shots of each, at least 1, or ``auto``.
        strategy: which qubits are twirled in each layer.
    """

    enable_gates: bool | UnsetType = Unset
    enable_measure: bool | UnsetType = Unset
    num_randomizations: int | Auto | UnsetType = Unset
    shots_per_randomization: int | Auto | UnsetType = Unset
    strategy: Strategy | UnsetType = Unset


@dataclass(init=False)
class ExecutionOptionsV2(OptionSet):
    """How circuits are run.

    Attributes:
        init_qubits: whether qubits are reset before each shot.
        rep_delay: seconds between a measurement and the next circuit.
    """

    init_qubits: bool | UnsetType = Unset
    rep_delay: float | UnsetType = Unset


@dataclass(init=False)
class SamplerExecutionOptionsV2(ExecutionOptionsV2):
    """How circuits are sampled.

    Attributes:
        meas_type: ``classified`` for bits, ``kerneled`` for a complex number a shot and bit,
            ``avg_kerneled`` for its mean over the shots.
    """

    meas_type: Literal["classified", "kerneled", "avg_kerneled"] | UnsetType = Unset


@dataclass(init=False)
class SimulatorOptions(OptionSet):
    """What a simulator imitates.

    Attributes:
        noise_model: a dict, or a ``qiskit_aer.noise.NoiseModel``.
        seed_simulator: seed of the simulation.
        coupling_map: pairs of qubits, or a ``CouplingMap``.
        basis_gates: names of gates.
    """

    noise_model: Mapping[str, Any] | Any = Unset
    seed_simulator: int | UnsetType = Unset
    coupling_map: Sequence[Sequence[int]] | Any = Unset
    basis_gates: Sequence[str] | UnsetType = Unset


@dataclass(init=False)
class EnvironmentOptions(OptionSet):
    """The job itself.

    Attributes:
        log_level: ``DEBUG``, ``INFO``, ``WARNING``, ``ERROR`` or ``CRITICAL``.
        job_tags: labels of the job.
        private: whether the input is never shown again and the result is kept by the service for
            one reading, which puts it into the record on this computer.
    """

    log_level: str | UnsetType = Unset
    job_tags: Sequence[str] | UnsetType | None = Unset
    private: bool | UnsetType = Unset


@dataclass(init=False)
class MeasureNoiseLearningOptions(OptionSet):
    """How errors of measurements are learnt: random circuits, and shots of each or ``auto``."""

    num_randomizations: int | UnsetType = Unset
    shots_per_randomization: int | Auto | UnsetType = Unset


@dataclass(init=False)
class ZneOptions(OptionSet):
    """Zero-noise extrapolation.

    Attributes:
        amplifier: ``gate_folding``, ``gate_folding_front``, ``gate_folding_back`` or ``pea``.
        noise_factors: where to measure, each at least 1.
        extrapolator: one or several, in the order in which they are tried.
        extrapolated_noise_factors: where the fits are given back.
    """

    amplifier: str | UnsetType = Unset
    noise_factors: Sequence[float] | UnsetType = Unset
    extrapolator: str | Sequence[str] | UnsetType = Unset
    extrapolated_noise_factors: Sequence[float] | UnsetType = Unset


@dataclass(init=False)
class PecOptions(OptionSet):
    """Probabilistic error cancellation.

    Attributes:
        max_overhead: largest sampling overhead; None for no limit.
        noise_gain: factor by which noise is scaled, 0 to remove it, or ``auto``.
    """

    max_overhead: float | UnsetType | None = Unset
    noise_gain: float | Auto | UnsetType = Unset


@dataclass(init=False)
class LayerNoiseLearningOptions(OptionSet):
    """How the noise of layers of two-qubit gates is learnt.

    Attributes:
        max_layers_to_learn: how many layers, the most frequent first; None for all.
        shots_per_randomization: shots of each random circuit.
        num_randomizations: random circuits for each depth and basis.
        layer_pair_depths: depths in pairs of the layer.
    """

    max_layers_to_learn: int | UnsetType | None = Unset
    shots_per_randomization: int | UnsetType = Unset
    num_randomizations: int | UnsetType = Unset
    layer_pair_depths: Sequence[int] | UnsetType = Unset


@dataclass(init=False)
class ResilienceOptionsV2(OptionSet):
    """Error mitigation, where it is to differ from what the resilience level says.

    Attributes:
        measure_mitigation: whether errors of measurements are corrected.
        measure_noise_learning: how these are learnt.
        zne_mitigation: whether to extrapolate to zero noise; not together with PEC.
        zne: how.
        pec_mitigation: whether to cancel errors probabilistically.
        pec: how.
        layer_noise_learning: how the noise of layers is learnt.
        layer_noise_model: what a `NoiseLearner` has learnt: its result or layer errors of it.
    """

    measure_mitigation: bool | UnsetType = Unset
    measure_noise_learning: MeasureNoiseLearningOptions = nested(MeasureNoiseLearningOptions)
    zne_mitigation: bool | UnsetType = Unset
    zne: ZneOptions = nested(ZneOptions)
    pec_mitigation: bool | UnsetType = Unset
    pec: PecOptions = nested(PecOptions)
    layer_noise_learning: LayerNoiseLearningOptions = nested(LayerNoiseLearningOptions)
    layer_noise_model: Any = Unset


@dataclass(init=False)
class ProgramOptions(OptionSet):
    """Options that all programs have.

    Attributes:
        max_execution_time: seconds of the machine after which the job is cancelled.
        environment: the job's tags, log level and privacy.
        simulator: what a simulator imitates.
        experimental: options that the service may change without notice.
        seed: seed of simulations, under the name that it has with every cloud.
    """

    max_execution_time: int | UnsetType = Unset
    environment: EnvironmentOptions = nested(EnvironmentOptions)
    simulator: SimulatorOptions = nested(SimulatorOptions)
    experimental: Mapping[str, Any] | UnsetType = Unset
    seed: int | UnsetType = Unset


@dataclass(init=False)
class SamplerOptions(ProgramOptions):
    """Options of the sampler.

    Attributes:
        default_shots: shots of a PUB that names none.
    """

    default_shots: int | UnsetType = Unset
    dynamical_decoupling: DynamicalDecouplingOptions = nested(DynamicalDecouplingOptions)
    execution: SamplerExecutionOptionsV2 = nested(SamplerExecutionOptionsV2)
    twirling: TwirlingOptions = nested(TwirlingOptions)


@dataclass(init=False)
class EstimatorOptions(ProgramOptions):
    """Options of the estimator.

    Attributes:
        default_precision: standard error to aim at for a PUB that names none.
        default_shots: shots of each configuration; comes before the default precision.
        resilience_level: how much errors are mitigated, 0, 1 or 2.
        seed_estimator: seed of what the estimator draws.
        resilience: mitigation in detail.
    """

    default_precision: float | UnsetType = Unset
    default_shots: int | UnsetType | None = Unset
    resilience_level: int | UnsetType = Unset
    seed_estimator: int | UnsetType = Unset
    dynamical_decoupling: DynamicalDecouplingOptions = nested(DynamicalDecouplingOptions)
    resilience: ResilienceOptionsV2 = nested(ResilienceOptionsV2)
    execution: ExecutionOptionsV2 = nested(ExecutionOptionsV2)
    twirling: TwirlingOptions = nested(TwirlingOptions)


@dataclass(init=False)
class NoiseLearnerOptions(ProgramOptions):
    """Options of the noise learner; see `LayerNoiseLearningOptions` for the first four.

    Attributes:
        twirling_strategy: which qubits are twirled in each layer.
    """

    max_layers_to_learn: int | UnsetType | None = Unset
    shots_per_randomization: int | UnsetType = Unset
    num_randomizations: int | UnsetType = Unset
    layer_pair_depths: Sequence[int] | UnsetType = Unset
    twirling_strategy: Strategy | UnsetType = Unset

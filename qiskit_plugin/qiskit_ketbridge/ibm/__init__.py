"""IBM machines from Qiskit: their targets, primitives that run on the server, their own programs.

Each name is loaded when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ketbridge.lazy import attach

if TYPE_CHECKING:
    from ..primitives import EstimatorV2, SamplerV2
    from ..primitives import EstimatorV2 as Estimator
    from ..primitives import SamplerV2 as Sampler
    from .backend import IbmBackend
    from .backend import IbmBackend as IBMBackend
    from .executor import Executor, ExecutorOptions, QuantumProgram
    from .job import IbmJob
    from .job import IbmJob as RuntimeJobV2
    from .noise_learner import NoiseLearner
    from .noise_learner import NoiseLearner as NoiseLearnerV2
    from .noise_learner_v3 import NoiseLearnerV3, NoiseLearnerV3Options
    from .noise_results import LayerError, NoiseLearnerResult, PauliLindbladError
    from .options import (
        DynamicalDecouplingOptions,
        EnvironmentOptions,
        EstimatorOptions,
        ExecutionOptionsV2,
        LayerNoiseLearningOptions,
        MeasureNoiseLearningOptions,
        NoiseLearnerOptions,
        PecOptions,
        ResilienceOptionsV2,
        SamplerExecutionOptionsV2,
        SamplerOptions,
        SimulatorOptions,
        TwirlingOptions,
        ZneOptions,
    )
    from .primitives import IbmEstimator, IbmSampler
    from .provider import IbmProvider
    from .saving import RuntimeDecoder, RuntimeEncoder
    from .service import QiskitRuntimeService
    from .service import QiskitRuntimeService as IBMQuantumComputeService
    from .sessions import Batch, Session
    from .spans import ExecutionSpan, ExecutionSpans

_HOME = {
    "EstimatorV2": "..primitives",
    "SamplerV2": "..primitives",
    "IbmBackend": ".backend",
    "Executor": ".executor",
    "ExecutorOptions": ".executor",
    "QuantumProgram": ".executor",
    "IbmJob": ".job",
    "NoiseLearner": ".noise_learner",
    "NoiseLearnerV3": ".noise_learner_v3",
    "NoiseLearnerV3Options": ".noise_learner_v3",
    "LayerError": ".noise_results",
    "NoiseLearnerResult": ".noise_results",
    "PauliLindbladError": ".noise_results",
    "DynamicalDecouplingOptions": ".options",
    "EnvironmentOptions": ".options",
    "EstimatorOptions": ".options",
    "ExecutionOptionsV2": ".options",
    "LayerNoiseLearningOptions": ".options",
    "MeasureNoiseLearningOptions": ".options",
    "NoiseLearnerOptions": ".options",
    "PecOptions": ".options",
    "ResilienceOptionsV2": ".options",
    "SamplerExecutionOptionsV2": ".options",
    "SamplerOptions": ".options",
    "SimulatorOptions": ".options",
    "TwirlingOptions": ".options",
    "ZneOptions": ".options",
    "IbmEstimator": ".primitives",
    "IbmSampler": ".primitives",
    "IbmProvider": ".provider",
    "RuntimeDecoder": ".saving",
    "RuntimeEncoder": ".saving",
    "QiskitRuntimeService": ".service",
    "Batch": ".sessions",
    "Session": ".sessions",
    "ExecutionSpan": ".spans",
    "ExecutionSpans": ".spans",
}

_ERRORS = (
    "IBMAccountError",
    "IBMApiError",
    "IBMBackendApiError",
    "IBMBackendApiProtocolError",
    "IBMBackendError",
    "IBMBackendValueError",
    "IBMError",
    "IBMInputValueError",
    "IBMNotAuthorizedError",
    "IBMRuntimeError",
    "RuntimeInvalidStateError",
    "RuntimeJobFailureError",
    "RuntimeJobMaxTimeoutError",
    "RuntimeJobNotFound",
    "RuntimeJobTimeoutError",
    "RuntimeProgramNotFound",
)
_HOME |= dict.fromkeys(_ERRORS, ".exceptions")

_ALIASES = {
    "Estimator": "EstimatorV2",
    "IBMBackend": "IbmBackend",
    "IBMQuantumComputeService": "QiskitRuntimeService",
    "NoiseLearnerV2": "NoiseLearner",
    "RuntimeJobV2": "IbmJob",
    "Sampler": "SamplerV2",
}
"""Names that IBM's own client has for the same."""
_HOME |= {alias: f"{_HOME[name]}:{name}" for alias, name in _ALIASES.items()}

__all__ = [
    "Batch",
    "DynamicalDecouplingOptions",
    "EnvironmentOptions",
    "Estimator",
    "EstimatorOptions",
    "EstimatorV2",
    "ExecutionOptionsV2",
    "ExecutionSpan",
    "ExecutionSpans",
    "Executor",
    "ExecutorOptions",
    "IBMBackend",
    "IBMQuantumComputeService",
    "IbmBackend",
    "IbmEstimator",
    "IbmJob",
    "IbmProvider",
    "IbmSampler",
    "LayerError",
    "LayerNoiseLearningOptions",
    "MeasureNoiseLearningOptions",
    "NoiseLearner",
    "NoiseLearnerOptions",
    "NoiseLearnerResult",
    "NoiseLearnerV2",
    "NoiseLearnerV3",
    "NoiseLearnerV3Options",
    "PauliLindbladError",
    "PecOptions",
    "QiskitRuntimeService",
    "QuantumProgram",
    "ResilienceOptionsV2",
    "RuntimeDecoder",
    "RuntimeEncoder",
    "RuntimeJobV2",
    "Sampler",
    "SamplerExecutionOptionsV2",
    "SamplerOptions",
    "SamplerV2",
    "Session",
    "SimulatorOptions",
    "TwirlingOptions",
    "ZneOptions",
]

__getattr__, __dir__ = attach(__name__, _HOME)

"""IBM machines from Qiskit: their targets, primitives that run on the server, their own programs.

Each name is loaded when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .backend import IbmBackend
    from .executor import Executor, ExecutorOptions, QuantumProgram
    from .job import IbmJob
    from .noise_learner import NoiseLearner
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
    from .spans import ExecutionSpan, ExecutionSpans

_HOME = {
    "IbmBackend": "backend",
    "Executor": "executor",
    "ExecutorOptions": "executor",
    "QuantumProgram": "executor",
    "IbmJob": "job",
    "NoiseLearner": "noise_learner",
    "NoiseLearnerV3": "noise_learner_v3",
    "NoiseLearnerV3Options": "noise_learner_v3",
    "LayerError": "noise_results",
    "NoiseLearnerResult": "noise_results",
    "PauliLindbladError": "noise_results",
    "DynamicalDecouplingOptions": "options",
    "EnvironmentOptions": "options",
    "EstimatorOptions": "options",
    "ExecutionOptionsV2": "options",
    "LayerNoiseLearningOptions": "options",
    "MeasureNoiseLearningOptions": "options",
    "NoiseLearnerOptions": "options",
    "PecOptions": "options",
    "ResilienceOptionsV2": "options",
    "SamplerExecutionOptionsV2": "options",
    "SamplerOptions": "options",
    "SimulatorOptions": "options",
    "TwirlingOptions": "options",
    "ZneOptions": "options",
    "IbmEstimator": "primitives",
    "IbmSampler": "primitives",
    "IbmProvider": "provider",
    "ExecutionSpan": "spans",
    "ExecutionSpans": "spans",
}

__all__ = [
    "DynamicalDecouplingOptions",
    "EnvironmentOptions",
    "EstimatorOptions",
    "ExecutionOptionsV2",
    "ExecutionSpan",
    "ExecutionSpans",
    "Executor",
    "ExecutorOptions",
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
    "NoiseLearnerV3",
    "NoiseLearnerV3Options",
    "PauliLindbladError",
    "PecOptions",
    "QuantumProgram",
    "ResilienceOptionsV2",
    "SamplerExecutionOptionsV2",
    "SamplerOptions",
    "SimulatorOptions",
    "TwirlingOptions",
    "ZneOptions",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

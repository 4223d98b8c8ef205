"""Qiskit's V2 primitives over clouds that know circuits and counts only."""

from .estimator import EstimatorV2
from .job import PrimitiveJob
from .options import EstimatorOptions, SamplerOptions
from .sampler import SamplerV2

__all__ = ["EstimatorOptions", "EstimatorV2", "PrimitiveJob", "SamplerOptions", "SamplerV2"]

"""Primitives on simulators of this process: Aer, Qiskit's own, fake backends of IBM's client.

Qiskit's `BackendSamplerV2` and `BackendEstimatorV2` run them. They read what these simulators
return as it is meant, which is not so with machines of a cloud.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

from qiskit.primitives import (
    BackendEstimatorV2,
    BackendSamplerV2,
    EstimatorPubLike,
    SamplerPubLike,
)
from qiskit.providers import BackendV2

from ..ibm.options import EstimatorOptions, SamplerOptions
from ..ibm.primitives import portable
from .estimator import EstimatorV2
from .mode import resolve
from .sampler import SamplerV2

_LEVELS = {
    "classified": {"meas_level": 2},
    "kerneled": {"meas_level": 1, "meas_return": "single"},
    "avg_kerneled": {"meas_level": 1, "meas_return": "avg"},
}


class LocalSampler(SamplerV2):
    """Samples on a simulator of this process.

    Args:
        mode: the simulator, or a session or batch on it.
        options: those of IBM's sampler; shots, seed, noise model and kind of measurement have an
            effect.

    Raises:
        UnknownOptionError: an option does not exist; the message names the nearest.
    """

    def __init__(self, mode: Any = None, options: Any = None) -> None:
        self._backend, self._session = resolve(mode)
        self.options: Any = SamplerOptions.of(portable(options))

    def backend(self) -> BackendV2:
        """Return the simulator."""
        simulator: BackendV2 = self._backend
        return simulator

    def run(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None) -> Any:
        """Run PUBs.

        Args:
            pubs: ``circuit``, or ``(circuit, parameter values, shots)``.
            shots: for PUBs that name none.

        Returns:
            Qiskit's own job, whose result is a `PrimitiveResult`.
        """
        left, taken = _seed(self.options.chosen())
        if left.get("default_shots"):
            taken["default_shots"] = left.pop("default_shots")
        run: dict[str, Any] = {}
        if "noise_model" in left.get("simulator", {}):
            run["noise_model"] = left["simulator"].pop("noise_model")
        run |= _LEVELS.get(left.get("execution", {}).pop("meas_type", None), {})
        if run:
            taken["run_options"] = run
        _warn(left)
        return BackendSamplerV2(backend=self.backend(), options=taken).run(pubs, shots=shots)


class LocalEstimator(EstimatorV2):
    """Estimates on a simulator of this process.

    Args:
        mode: the simulator, or a session or batch on it.
        options: those of IBM's estimator; precision, shots and seed have an effect.

    Raises:
        UnknownOptionError: an option does not exist; the message names the nearest.
    """

    def __init__(self, mode: Any = None, options: Any = None) -> None:
        self._backend, self._session = resolve(mode)
        self.options: Any = EstimatorOptions.of(portable(options))

    def backend(self) -> BackendV2:
        """Return the simulator."""
        simulator: BackendV2 = self._backend
        return simulator

    def run(self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None) -> Any:
        """Run PUBs.

        Args:
            pubs: ``(circuit, observables, parameter values, precision)``.
            precision: for PUBs that name none.

        Returns:
            Qiskit's own job, whose result is a `PrimitiveResult`.
        """
        left, taken = _seed(self.options.chosen())
        wanted, shots = left.pop("default_precision", None), left.pop("default_shots", None)
        if shots:
            wanted = 1 / math.sqrt(shots)
        if wanted:
            taken["default_precision"] = wanted
        _warn(left)
        runner = BackendEstimatorV2(backend=self.backend(), options=taken)
        return runner.run(pubs, precision=precision)


CLASSES: Mapping[type, type] = {SamplerV2: LocalSampler, EstimatorV2: LocalEstimator}


def _seed(chosen: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Divide options into those that are left, and the seed for the simulator."""
    seed = chosen.get("simulator", {}).pop("seed_simulator", None)
    seed = chosen.pop("seed", seed)
    return chosen, {} if seed is None else {"seed_simulator": seed}


def _warn(left: dict[str, Any]) -> None:
    without = {name: value for name, value in left.items() if value not in ({}, None)}
    if without:
        warnings.warn(
            f"options without an effect on a simulator of this process: {', '.join(without)}",
            UserWarning,
            stacklevel=3,
        )

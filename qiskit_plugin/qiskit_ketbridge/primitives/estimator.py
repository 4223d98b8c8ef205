"""EstimatorV2 for clouds that return counts, shots or probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Clbit, Gate
from qiskit.circuit.library import HGate, SXGate
from qiskit.primitives import (
    BaseEstimatorV2,
    DataBin,
    EstimatorPubLike,
    PrimitiveResult,
    PubResult,
)
from qiskit.primitives.containers.estimator_pub import EstimatorPub

from ..errors import CircuitError
from ..gates import GPI2Gate
from .flight import Template, launch
from .job import PrimitiveJob
from .mode import Mode, class_of, resolve
from .observables import Grouping, estimate, group, measured_qubits
from .options import EstimatorOptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ketbridge import Measurements, Program


class EstimatorV2(BaseEstimatorV2):
    """Estimates expectation values of observables.

    The observables of a PUB are measured in as few bases as commute qubit by qubit, each basis
    once for each set of parameter values that needs it.

    Args:
        mode: a backend, an address such as ``ionq/simulator``, or a Session or Batch; None
            inside the ``with`` block of one. Aer's simulators, Qiskit's own and the fake backends
            of IBM's client run in this process, with the options of IBM's primitives.
        options: `EstimatorOptions` or a dict of the same names.

    Raises:
        TypeError: an option does not exist; the message names the nearest.
    """

    def __new__(cls, mode: Mode = None, *_: Any, **__: Any) -> EstimatorV2:
        """Make the one that runs on the server where the cloud has it."""
        return super().__new__(class_of(cls, mode))

    def __getnewargs__(self) -> tuple[Any]:
        """Return where it runs, for copies."""
        return (self._session or self._backend,)

    def __init__(
        self, mode: Mode = None, *, options: EstimatorOptions | Mapping[str, Any] | None = None
    ) -> None:
        self._backend, self._session = resolve(mode)
        self.options = EstimatorOptions.of(options)

    def run(
        self, pubs: Iterable[EstimatorPubLike], *, precision: float | None = None
    ) -> PrimitiveJob:
        """Send PUBs; all circuits with the same number of shots travel in one job.

        Args:
            pubs: ``(circuit, observables, parameter values, precision)``; observables and
                parameter values broadcast against each other as in
                `qiskit.primitives.StatevectorEstimator`. Measurements at the end of a circuit
                are ignored.
            precision: standard error to aim at for PUBs that name none; None for
                ``default_precision``.

        Returns:
            A job whose result has one entry a PUB with ``evs`` and ``stds``, float arrays of the
            PUB's shape. ``stds`` is the standard error estimated from the shots.

        Raises:
            ProgramError: a circuit cannot run; nothing was sent.
            ValueError: a precision is not above 0.
            TransportError: a job was not taken.
        """
        default = self.options.default_precision if precision is None else precision
        plans = [self._plan(EstimatorPub.coerce(pub, default), at) for at, pub in enumerate(pubs)]
        flight = launch(
            self._backend,
            [program for plan in plans for program in plan.programs],
            [plan.shots for plan in plans for _ in plan.programs],
            self.options,
            self._session,
        )
        return PrimitiveJob(flight, lambda done: _result(plans, done))

    def _plan(self, pub: EstimatorPub, at: int) -> _Plan:
        if not pub.precision > 0:
            raise ValueError(f"PUB {at} asks for a precision of {pub.precision}; it is above 0")
        shots = math.ceil(1 / pub.precision**2)
        sets, observables = _broadcast(pub)
        grouping = group({term for observable in observables.ravel() for term in observable})
        needed: dict[int, set[int]] = {}
        for index in np.ndindex(sets.shape):
            needed.setdefault(int(sets[index]), set()).update(grouping.needed(observables[index]))
        places: list[tuple[int, int]] = []
        programs: list[Program] = []
        for number, basis in enumerate(grouping.bases):
            chosen = sorted(which for which, groups in needed.items() if number in groups)
            measured = _measured(pub.circuit, basis, _BASIS_GATES[self._backend.gateset])
            template = Template(measured, self._backend, self.options)
            programs += template.programs(pub.parameter_values, chosen)
            places += [(number, which) for which in chosen]
        return _Plan(pub, shots, sets, observables, grouping, places, programs)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A PUB and how it is measured.

    Attributes:
        pub: the PUB.
        shots: shots of each program.
        sets: flat index of the set of parameter values, for each element of the PUB's shape.
        observables: the observable, for each element of the PUB's shape.
        grouping: the bases to measure.
        places: ``(basis, set of parameter values)`` of each program.
        programs: what is sent.
    """

    pub: EstimatorPub
    shots: int
    sets: NDArray[np.int64]
    observables: NDArray[Any]
    grouping: Grouping
    places: list[tuple[int, int]]
    programs: list[Program]


def _broadcast(pub: EstimatorPub) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Broadcast the sets of parameter values and the observables against each other."""
    shape = pub.parameter_values.shape
    sets = np.arange(math.prod(shape)).reshape(shape)
    observables = np.empty(pub.observables.shape, dtype=object)
    for index in np.ndindex(pub.observables.shape):
        observables[index] = pub.observables[index]
    return tuple(np.broadcast_arrays(sets, observables))  # type: ignore[return-value]


_BASIS_GATES: dict[str, dict[str, Gate]] = {
    "qis": {"X": HGate(), "Y": SXGate()},
    "native": {"X": GPI2Gate(0.75), "Y": GPI2Gate(0.0)},
}
"""In each gate set, what turns an axis to Z, so that a circuit stays in the set."""


def _measured(circuit: QuantumCircuit, basis: str, turns: Mapping[str, Gate]) -> QuantumCircuit:
    """Append the measurement of a basis; bit ``j`` is the j-th qubit that the basis measures."""
    unmeasured = circuit.remove_final_measurements(inplace=False)
    if any(i.clbits or i.is_control_flow() for i in unmeasured.data):
        raise CircuitError(
            f"circuit {circuit.name!r} measures before its end, so that it has no expectation value"
        )
    bits = [Clbit() for _ in measured_qubits(basis)]
    result = QuantumCircuit(unmeasured.qubits, bits, *unmeasured.qregs, name=circuit.name)
    result.add_bits(unmeasured.clbits)
    result.compose(unmeasured, unmeasured.qubits, unmeasured.clbits, inplace=True)
    for bit, qubit in zip(bits, measured_qubits(basis), strict=True):
        turn = turns.get(basis[len(basis) - 1 - qubit])
        if turn is not None:
            result.append(turn, [qubit])
        result.measure(qubit, bit)
    return result


def _result(plans: list[_Plan], outcomes: list[Measurements]) -> PrimitiveResult[PubResult]:
    measured = iter(outcomes)
    results = [_pub_result(plan, [next(measured) for _ in plan.programs]) for plan in plans]
    return PrimitiveResult(results, metadata={"version": 2})


def _pub_result(plan: _Plan, measured: list[Measurements]) -> PubResult:
    outcomes: dict[int, dict[int, Measurements]] = {}
    for (number, which), one in zip(plan.places, measured, strict=True):
        width = len(measured_qubits(plan.grouping.bases[number]))
        outcomes.setdefault(which, {})[number] = one.select(range(width))
    evs, stds = np.zeros(plan.sets.shape), np.zeros(plan.sets.shape)
    for index in np.ndindex(plan.sets.shape):
        at = outcomes.get(int(plan.sets[index]), {})
        evs[index], stds[index] = estimate(plan.observables.item(index), plan.grouping, at)
    return PubResult(
        DataBin(evs=evs, stds=stds, shape=evs.shape),
        metadata={
            "target_precision": plan.pub.precision,
            "shots": plan.shots,
            "circuit_metadata": plan.pub.circuit.metadata,
            "ensemble_standard_error": stds,
        },
    )

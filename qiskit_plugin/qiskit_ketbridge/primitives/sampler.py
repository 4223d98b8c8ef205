"""SamplerV2 for clouds that return counts, shots or probabilities."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from qiskit import QuantumCircuit
from qiskit.primitives import (
    BaseSamplerV2,
    BitArray,
    DataBin,
    PrimitiveResult,
    SamplerPubLike,
    SamplerPubResult,
)
from qiskit.primitives.containers.sampler_pub import SamplerPub

from .flight import Template, launch
from .job import PrimitiveJob
from .mode import Mode, class_of, resolve
from .options import SamplerOptions

if TYPE_CHECKING:
    from ketbridge import Measurements, Program


class SamplerV2(BaseSamplerV2):
    """Samples the classical registers of circuits.

    Args:
        mode: a backend, an address such as ``ionq/simulator``, or a Session or Batch; None
            inside the ``with`` block of one. Aer's simulators, Qiskit's own and the fake backends
            of IBM's client run in this process, with the options of IBM's primitives.
        options: `SamplerOptions` or a dict of the same names.

    Raises:
        TypeError: an option does not exist; the message names the nearest.
    """

    def __new__(cls, mode: Mode = None, *_: Any, **__: Any) -> SamplerV2:
        """Make the one that runs on the server where the cloud has it."""
        return super().__new__(class_of(cls, mode))

    def __getnewargs__(self) -> tuple[Any]:
        """Return where it runs, for copies."""
        return (self._session or self._backend,)

    def __init__(
        self, mode: Mode = None, *, options: SamplerOptions | Mapping[str, Any] | None = None
    ) -> None:
        self._backend, self._session = resolve(mode)
        self.options = SamplerOptions.of(options)

    def run(self, pubs: Iterable[SamplerPubLike], *, shots: int | None = None) -> PrimitiveJob:
        """Send PUBs; all circuits with the same number of shots travel in one job.

        Args:
            pubs: ``circuit``, or ``(circuit, parameter values, shots)``; parameter values
                broadcast as in `qiskit.primitives.StatevectorSampler`.
            shots: for PUBs that name none; None for ``default_shots``.

        Returns:
            A job whose result has one entry a PUB, with a `BitArray` of the PUB's shape for each
            classical register; bit 0 of a register is its least significant.

        Raises:
            ProgramError: a circuit cannot run; nothing was sent.
            TransportError: a job was not taken.
        """
        default = self.options.default_shots if shots is None else shots
        coerced = [SamplerPub.coerce(pub, default) for pub in pubs]
        if any(not pub.circuit.cregs for pub in coerced):
            warnings.warn(
                "a circuit has no classical registers, so its result will be empty: add "
                "measurements",
                UserWarning,
                stacklevel=2,
            )
        plans = [_Plan(pub, self._programs(pub)) for pub in coerced]
        flight = launch(
            self._backend,
            [program for plan in plans for program in plan.programs],
            [plan.pub.shots for plan in plans for _ in plan.programs],
            self.options,
            self._session,
        )
        return PrimitiveJob(flight, lambda done: _result(plans, done))

    def _programs(self, pub: SamplerPub) -> list[Program]:
        if not _measures(pub.circuit):
            return []
        template = Template(pub.circuit, self._backend, self.options)
        return template.programs(pub.parameter_values, range(pub.parameter_values.size))


class _Plan:
    """A PUB and the programs for its parameter sets in C order; none where nothing is measured."""

    def __init__(self, pub: SamplerPub, programs: Sequence[Program]) -> None:
        self.pub = pub
        self.programs = programs


def _measures(circuit: QuantumCircuit) -> bool:
    return any(i.clbits or i.is_control_flow() for i in circuit.data)


def _result(
    plans: Sequence[_Plan], outcomes: Sequence[Measurements]
) -> PrimitiveResult[SamplerPubResult]:
    measured = iter(outcomes)
    results = [_pub_result(plan.pub, [next(measured) for _ in plan.programs]) for plan in plans]
    return PrimitiveResult(results, metadata={"version": 2})


def _pub_result(pub: SamplerPub, measured: Sequence[Measurements]) -> SamplerPubResult:
    registers = {}
    for register in pub.circuit.cregs:
        bits = [pub.circuit.find_bit(bit).index for bit in register]
        size = (register.size + 7) // 8
        packed = np.zeros((*pub.shape, pub.shots, size), dtype=np.uint8)
        for place, one in zip(np.ndindex(pub.shape), measured, strict=False):
            memory = one.select(bits).memory
            assert memory is not None  # a flight gives single shots
            packed[place] = memory
        registers[register.name] = BitArray(packed, register.size)
    return SamplerPubResult(
        DataBin(**registers, shape=pub.shape),
        metadata={"shots": pub.shots, "circuit_metadata": pub.circuit.metadata},
    )

"""What a service says of its machines, in the same words for every cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..programs import Format


@dataclass(frozen=True, slots=True)
class Calibration:
    """Measured quality of a machine. Fidelities are in 0..1, times in seconds.

    Attributes:
        id: the service's id of this measurement.
        date: when it was taken.
        fidelity_1q, fidelity_2q, fidelity_spam: medians over the machine.
        time_1q_s, time_2q_s, time_readout_s, time_reset_s: durations.
        t1_s, t2_s: relaxation and dephasing times.
    """

    id: str | None = None
    date: datetime | None = None
    fidelity_1q: float | None = None
    fidelity_2q: float | None = None
    fidelity_spam: float | None = None
    time_1q_s: float | None = None
    time_2q_s: float | None = None
    time_readout_s: float | None = None
    time_reset_s: float | None = None
    t1_s: float | None = None
    t2_s: float | None = None


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """What a service says of one of its machines.

    Attributes:
        name: name in addresses, for example ``qpu.forte-1``.
        cloud: name of the cloud.
        num_qubits: number of qubits.
        status: the service's own word.
        online: whether it takes jobs now.
        simulator: whether it is a simulator.
        formats: languages that it reads, the preferred one first.
        gates: gates that it takes, in the service's own names, for each format.
        native_gates: gates of its hardware, in the service's own names.
        connectivity: pairs of qubits that a two-qubit gate can act on; None: every pair.
        calibration: newest measured quality, where asked for and where there is one.
        queue_time_s: the service's current estimate of the wait, in seconds; None also where
            the service gives a figure and no unit.
        queue_order: the service's figure of the current wait in whatever unit, to put machines
            of one cloud in order: the smaller, the sooner.
        queue_length: jobs that wait.
        shots: smallest and largest number of shots.
        max_circuits: most circuits in one job, where the service states it.
        noise_models: names of noise models that it can simulate.
        qubit_names: what the service calls each qubit, where it is not its index.
        detail: the service's typed answer, for what only this service has.
    """

    name: str
    cloud: str
    num_qubits: int
    status: str = "available"
    online: bool = True
    simulator: bool = False
    formats: tuple[Format, ...] = ()
    gates: Mapping[Format, tuple[str, ...]] = field(default_factory=dict)
    native_gates: tuple[str, ...] = ()
    connectivity: tuple[tuple[int, int], ...] | None = None
    calibration: Calibration | None = None
    queue_time_s: float | None = None
    queue_order: float | None = None
    queue_length: int | None = None
    shots: tuple[int, int] = (1, 1_000_000)
    max_circuits: int | None = None
    noise_models: tuple[str, ...] = ()
    qubit_names: tuple[str, ...] = ()
    detail: Any = None

"""From a configuration and properties to a `BackendInfo`: pure functions."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...programs import Format
from ..base import BackendInfo, Calibration
from ..wire import instant
from .models import BackendConfiguration, BackendProperties, GateProperties, Measured

MAX_SHOTS = 10_000_000
"""Taken where a configuration states no limit; the service refuses what is beyond its own."""

_SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "ps": 1e-12}


@dataclass(frozen=True, slots=True)
class Machine:
    """The two documents of a machine; ``properties`` is None for simulators that have none."""

    configuration: BackendConfiguration
    properties: BackendProperties | None = None


def describe(machine: Machine, name: str, cloud: str) -> BackendInfo:
    """Say what a machine is, in the words of every cloud; status and queue are not known here.

    Args:
        machine: its documents, which become ``detail``.
        name: name in addresses.
        cloud: name of the cloud.
    """
    config = machine.configuration
    names = tuple(dict.fromkeys(config.basis_gates))
    instructions = tuple(dict.fromkeys(config.supported_instructions or names))
    measured = machine.properties
    return BackendInfo(
        name,
        cloud,
        config.n_qubits,
        simulator=config.simulator,
        formats=(Format.QISKIT_QPY,),
        gates={Format.QISKIT_QPY: instructions},
        native_gates=names,
        connectivity=connectivity(config),
        calibration=None if measured is None else calibration(measured),
        shots=(1, config.max_shots or MAX_SHOTS),
        max_circuits=config.max_experiments,
        detail=machine,
    )


def connectivity(config: BackendConfiguration) -> tuple[tuple[int, int], ...] | None:
    """Return the directed pairs that a two-qubit gate can act on; None for every pair."""
    if config.coupling_map is None:
        return None
    return tuple((pair[0], pair[1]) for pair in config.coupling_map if len(pair) == 2)


def calibration(measured: BackendProperties) -> Calibration:
    """Return medians over the machine; gates and qubits marked as faulty are left out.

    The fidelity of state preparation and measurement is 1 - ``readout_error``. A gate error of 1
    is how the service writes a gate that could not be measured.
    """
    gates = [gate for gate in measured.gates if is_operational(gate.parameters)]
    qubits = [qubit for qubit in measured.qubits if is_operational(qubit)]
    return Calibration(
        date=instant(measured.last_update_date),
        fidelity_1q=_fidelity(_gate_values(gates, 1, "gate_error")),
        fidelity_2q=_fidelity(_gate_values(gates, 2, "gate_error")),
        fidelity_spam=_fidelity(_qubit_values(qubits, "readout_error")),
        time_1q_s=_median(_gate_values(gates, 1, "gate_length")),
        time_2q_s=_median(_gate_values(gates, 2, "gate_length")),
        time_readout_s=_median(_qubit_values(qubits, "readout_length")),
        t1_s=_median(_qubit_values(qubits, "T1")),
        t2_s=_median(_qubit_values(qubits, "T2")),
    )


def is_operational(parameters: Iterable[Measured]) -> bool:
    """Whether a gate or qubit works: it does unless its properties say ``operational`` 0."""
    return all(item.value != 0 for item in parameters if item.name == "operational")


def in_si(item: Measured) -> float:
    """Return a quantity with times in seconds; another unit is left as it is."""
    return item.value * _SECONDS.get(item.unit, 1.0)


def _gate_values(gates: Iterable[GateProperties], size: int, name: str) -> Iterator[float]:
    """Yield a quantity of every gate on ``size`` qubits that takes time, so not of virtual Z."""
    for gate in gates:
        if len(gate.qubits) == size and gate.gate not in ("rz", "reset", "measure", "delay", "id"):
            yield from (in_si(item) for item in gate.parameters if item.name == name)


def _qubit_values(qubits: Iterable[tuple[Measured, ...]], name: str) -> Iterator[float]:
    for qubit in qubits:
        yield from (in_si(item) for item in qubit if item.name == name)


def _fidelity(errors: Iterable[float]) -> float | None:
    error = _median(value for value in errors if 0 <= value < 1)
    return None if error is None else 1 - error


def _median(values: Iterable[float]) -> float | None:
    found = list(values)
    return statistics.median(found) if found else None

"""From the Hub's documents of a machine to a `BackendInfo`: pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...programs import Format
from ..base import BackendInfo, Calibration
from ..ibm_shared import machines as ibm_machines
from ..ibm_shared.models import BackendConfiguration, BackendProperties
from ..wire import instant
from . import architecture, standardized
from .architecture import Architecture
from .families import Family, family_of, formats_of
from .models import (
    Backend,
    BackendStateInfo,
    BackendStatus,
    BackendType,
    CalibrationResponse,
    Configuration,
    Provider,
)

CLOUD = "kipu"
MAX_SHOTS = 2**31 - 1
"""Taken where a machine states no limit; the service refuses what is beyond its own."""

_OFFLINE = (BackendStatus.OFFLINE, BackendStatus.RETIRED)
_MICRO, _NANO = 1e-6, 1e-9


@dataclass(frozen=True, slots=True)
class HubMachine:
    """The documents of a machine, as far as they were asked for.

    Attributes:
        backend: the Hub's description.
        config: the provider's own document: Braket's device capabilities of AWS, IQM's
            architecture with calibration, ``config`` and ``properties`` of IBM.
        calibration: the newest calibration in the Hub's form.
        state: whether it takes jobs, and its queue.
        architecture: ``config`` of an IQM machine, read.
        ibm: ``config`` of an IBM machine, read.
    """

    backend: Backend
    config: Mapping[str, Any] | None = None
    calibration: CalibrationResponse | None = None
    state: BackendStateInfo | None = None
    architecture: Architecture | None = None
    ibm: ibm_machines.Machine | None = None


def is_documented(backend: Backend) -> bool:
    """Say whether a machine has documents beside the Hub's description that are of use.

    Simulators have none but those that take the gates of a machine.
    """
    written_for = {Format.IQM, Format.QISKIT_QPY}.intersection(formats_of(backend))
    return backend.type is not BackendType.SIMULATOR or bool(written_for)


def machine(
    backend: Backend,
    config: Mapping[str, Any] | None = None,
    calibration: CalibrationResponse | None = None,
    state: BackendStateInfo | None = None,
) -> HubMachine:
    """Put the documents of a machine together, and read those of its provider."""
    plain = HubMachine(backend, config, calibration, state)
    if config is None:
        return plain
    return replace(plain, architecture=architecture.read(config), ibm=_ibm(config))


def describe(found: HubMachine) -> BackendInfo:
    """Say what a machine is, in the words of every cloud."""
    backend, state = found.backend, found.state
    configuration = backend.configuration or Configuration()
    word = (state.status if state else None) or backend.status or BackendStatus.UNKNOWN_STATUS
    shots = configuration.shots_range
    names, pairs = _layout(found, configuration)
    forms = formats_of(backend)
    instructions = configuration.instructions or _gates(configuration)
    queue = state.queue_size if state and state.queue_size is not None else backend.queue_size
    wait = state.queue_avg_time if state else None
    return BackendInfo(
        backend.id,
        CLOUD,
        max(0, configuration.qubit_count or len(names)),
        str(word),
        online=word not in _OFFLINE,
        simulator=backend.type is BackendType.SIMULATOR,
        formats=forms,
        gates=dict.fromkeys(forms, instructions),
        native_gates=_gates(configuration, native=True),
        connectivity=pairs,
        calibration=_calibration(found),
        queue_time_s=None if wait is None else float(wait),
        queue_length=queue,
        shots=((shots and shots.min) or 1, (shots and shots.max) or MAX_SHOTS),
        max_circuits=_most_circuits(backend, configuration, forms),
        qubit_names=() if names == tuple(map(str, range(len(names)))) else names,
        detail=found,
    )


def _gates(configuration: Configuration, native: bool | None = None) -> tuple[str, ...]:
    return tuple(
        gate.name
        for gate in configuration.gates or ()
        if gate.name and (native is None or gate.native_gate is native)
    )


def _most_circuits(
    backend: Backend, configuration: Configuration, forms: tuple[Format, ...]
) -> int | None:
    """Return the most circuits of a job: one, but for IBM and IQM, whatever a machine states."""
    families = {family_of(form, backend.provider, backend.id) for form in forms}
    if families and families <= {Family.IBM, Family.IQM}:
        return configuration.max_pubs_per_job
    return 1


# Qubits and pairs --------------------------------------------------------------------------------


def _layout(
    found: HubMachine, configuration: Configuration
) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...] | None]:
    """Return the names of the qubits, and the pairs of indices that are connected."""
    if found.architecture is not None:
        return found.architecture.qubits, found.architecture.pairs()
    if found.ibm is not None:
        config = found.ibm.configuration
        return tuple(map(str, range(config.n_qubits))), ibm_machines.connectivity(config)
    ids = sorted((qubit.id for qubit in configuration.qubits or () if qubit.id), key=_numbered)
    connectivity = configuration.connectivity
    prefix = "QB" if found.backend.provider is Provider.IQM else ""
    names = tuple(f"{prefix}{one}" if one.isdigit() else one for one in ids)
    if connectivity is None or connectivity.fully_connected or connectivity.graph is None:
        return names, None
    index = {one: number for number, one in enumerate(ids)}
    pairs = {
        (index[one], index[other])
        for one, others in connectivity.graph.items()
        for other in others or ()
        if one in index and other in index
    }
    return names, tuple(sorted(pairs))


def _numbered(name: str) -> tuple[int, str]:
    """Order ``2`` before ``10``."""
    return (int(name) if name.isdecimal() else -1, name)


# Provider's documents ----------------------------------------------------------------------------


def _ibm(config: Mapping[str, Any]) -> ibm_machines.Machine | None:
    """Read configuration and properties of an IBM machine; None where they are not there."""
    described, measured = config.get("config"), config.get("properties")
    if not isinstance(described, Mapping):
        return None
    try:
        return ibm_machines.Machine(
            BackendConfiguration.model_validate_json(json.dumps(described)),
            BackendProperties.model_validate_json(json.dumps(measured)) if measured else None,
        )
    except ValueError:
        return None


# Calibration -------------------------------------------------------------------------------------


def _calibration(found: HubMachine) -> Calibration | None:
    """Return what the provider's document or the Hub's calibration says, the finer one first."""
    at = instant(found.calibration.calibrated_at) if found.calibration else None
    if found.ibm is not None and found.ibm.properties is not None:
        return ibm_machines.calibration(found.ibm.properties)
    if found.architecture is not None and found.architecture.figures:
        return replace(found.architecture.medians(), date=at)
    if found.calibration is not None:
        return calibration(found.calibration)
    return None if found.config is None else standardized.calibration(found.config)


def calibration(answer: CalibrationResponse) -> Calibration:
    """Read the medians of a calibration in the Hub's form; what is not there stays None."""
    medians = _inner(answer.calibration, "medians")
    gates = _inner(medians, "gates")
    one, two = _inner(gates, "one_qubit"), _inner(gates, "two_qubit")
    return Calibration(
        date=instant(answer.calibrated_at),
        fidelity_1q=_fidelity(one.get("error")),
        fidelity_2q=_fidelity(two.get("error")),
        fidelity_spam=_fidelity(medians.get("spam_error")),
        time_1q_s=_scaled(one.get("length_ns"), _NANO),
        time_2q_s=_scaled(two.get("length_ns"), _NANO),
        time_readout_s=_scaled(medians.get("readout_length_ns"), _NANO),
        time_reset_s=_scaled(medians.get("reset_length_ns"), _NANO),
        t1_s=_scaled(medians.get("t1_us"), _MICRO),
        t2_s=_scaled(medians.get("t2_us"), _MICRO),
    )


def _inner(data: Any, name: str) -> Mapping[str, Any]:
    value = data.get(name) if isinstance(data, Mapping) else None
    return value if isinstance(value, Mapping) else {}


def _scaled(value: Any, unit: float) -> float | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) * unit if number else None


def _fidelity(error: Any) -> float | None:
    value = _scaled(error, 1.0)
    return None if value is None else 1 - value

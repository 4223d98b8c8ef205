"""A machine as the Hub's answers describe it, and its calibration in the Hub's form.

``documentation.sdks`` is left out: its documented form breaks the public client's listing.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..engine import Engine
from ..ibm import fleet
from . import photons
from .machines import Machine

CALIBRATED_DAYS = 30
_PLACES = {"IQM": "eu-de", "KIPU": "eu-de", "QUDORA": "Germany", "QUANDELA": "France"}
_UNITS_NS = {"ns": 1.0, "us": 1e3, "µs": 1e3, "s": 1e9}


def described(machine: Machine, engine: Engine | None) -> dict[str, Any]:
    """Describe a machine; without an engine as to somebody who is not logged in."""
    shown: dict[str, Any] = {
        "id": machine.id,
        "internal_id": machine.native_id,
        "provider": machine.provider,
        "hardware_provider": machine.hardware,
        "name": machine.id,
        "display_name": machine.name,
        "type": machine.kind,
        "updated_at": "2026-05-11",
        "access_type": "PAY_PER_USE",
        "documentation": {
            "description": machine.offline or f"{machine.name}, simulated on this computer.",
            "location": _PLACES.get(machine.provider, "us"),
        },
        "configuration": _configuration(machine),
        "has_calibration": False,
    }
    if machine.technology:
        shown["technology"] = machine.technology
    if engine is not None:
        shown["queue_size"] = engine.waiting_on(machine.id)
        shown["availability"] = [
            {"granularity": "Everyday", "start": "00:00:00", "end": "23:59:59"}
        ]
        shown["has_calibration"] = machine.has_calibration
    return shown


def state(machine: Machine, engine: Engine) -> dict[str, Any]:
    """Say whether a machine takes jobs, and how long its queue is."""
    return {
        "status": "OFFLINE" if machine.offline else "ONLINE",
        "queue_avg_time": round(engine.expected_wait_s(machine.id)),
        "queue_size": engine.waiting_on(machine.id),
    }


def calibration(
    machine: Machine, at: datetime | None, now: datetime | None = None
) -> dict[str, Any] | None:
    """Return the calibration in force at a moment, None where there was none.

    A machine is calibrated at midnight UTC, and the last days are kept.
    """
    now = now or datetime.now(UTC)
    at = min(at or now, now)
    if not machine.has_calibration or at < now - timedelta(days=CALIBRATED_DAYS):
        return None
    midnight = at.astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
    medians = _of_snapshot(machine) if machine.snapshot else _of_quality(machine)
    return {
        "backend_id": machine.id,
        "calibrated_at": midnight,
        "calibration": {
            "type": "gate_based", "medians": medians, "qubits": [], "qubit_pairs": [],
        },
    }  # fmt: skip


def _configuration(machine: Machine) -> dict[str, Any]:
    gates = [{"name": name, "native_gate": True} for name in machine.native]
    gates += [{"name": name, "native_gate": False} for name in machine.gates]
    gated = machine.runner not in ("ahs", "perceval")
    shown: dict[str, Any] = {
        "gates": gates,
        "operations": ["measure"] if gated else [],
        "qubit_count": machine.qubits,
        "shots_range": {"min": machine.shots[0], "max": machine.shots[1]},
        "supported_input_formats": list(machine.formats),
        "memory_result_supported": machine.memory,
        "max_pubs_per_job": machine.circuits,
    }
    if machine.runner == "azure":
        shown["output_format"] = "IONQ_RESULT_V1"
    if machine.runner == "perceval":
        shown["photonic_properties"] = photons.limits(machine.qubits)
    if gated:
        first = machine.first_qubit
        names = [str(first + index) for index in range(machine.qubits)]
        shown["qubits"] = [{"id": name} for name in names]
        shown["instructions"] = [*machine.native, *machine.gates, "measure"]
        shown["connectivity"] = _connectivity(machine, names)
    return shown


def _connectivity(machine: Machine, names: list[str]) -> dict[str, Any]:
    if machine.pairs is None:
        return {"fully_connected": True}
    graph: dict[str, list[str]] = {name: [] for name in names}
    for one, other in machine.pairs:
        graph[names[one]].append(names[other])
    return {"fully_connected": False, "graph": graph}


def _of_quality(machine: Machine) -> dict[str, Any]:
    quality = machine.quality
    assert quality is not None
    return {
        "t1_us": quality.t1_us,
        "t2_us": quality.t2_us,
        "readout_length_ns": quality.readout_ns,
        "reset_length_ns": quality.reset_ns,
        "spam_error": quality.error_spam,
        "gates": {
            "one_qubit": _gate(quality.error_1q, quality.time_1q_ns),
            "two_qubit": _gate(quality.error_2q, quality.time_2q_ns),
        },
    }


def _gate(error: float | None, length_ns: float | None) -> dict[str, Any]:
    figures = {"error": error, "length_ns": length_ns}
    return {"operational": True, **{k: v for k, v in figures.items() if v is not None}}


def _of_snapshot(machine: Machine) -> dict[str, Any]:
    """Return the medians over a snapshot's qubits and gates."""
    properties = fleet.read(machine.snapshot).properties
    qubits = [entry for qubit in properties["qubits"] for entry in qubit]
    one = [gate for gate in properties["gates"] if gate["gate"] == "sx"]
    two = [gate for gate in properties["gates"] if len(gate["qubits"]) == 2]
    t1_ns, t2_ns = _median(qubits, "T1"), _median(qubits, "T2")
    found = {
        "t1_us": None if t1_ns is None else t1_ns / 1e3,
        "t2_us": None if t2_ns is None else t2_ns / 1e3,
        "readout_length_ns": _median(qubits, "readout_length"),
        "spam_error": _median(qubits, "readout_error"),
    }
    gates = {
        name: _gate(_median(figures, "gate_error"), _median(figures, "gate_length"))
        for name, group in (("one_qubit", one), ("two_qubit", two))
        if (figures := [entry for gate in group for entry in gate["parameters"]])
    }
    return {name: value for name, value in found.items() if value is not None} | {"gates": gates}


def _median(entries: list[Mapping[str, Any]], name: str) -> float | None:
    """Return the median of a figure, times in nanoseconds; errors of 1 mean a broken place."""
    values = [
        entry["value"] * _UNITS_NS.get(entry["unit"], 1.0)
        for entry in entries
        if entry["name"] == name and not (name.endswith("error") and entry["value"] >= 1)
    ]
    return statistics.median(values) if values else None

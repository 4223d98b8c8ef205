"""The machines: snapshots of real devices that qiskit-ibm-runtime ships, read as plain JSON.

That package is only looked up here, never imported: its documents are files.
"""

from __future__ import annotations

import json
import statistics
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..engine import Engine, Timing

DEFAULT = ("fez", "marrakesh", "torino", "sherbrooke", "lagos", "manila")
"""The snapshots of the fleet, unless the sandbox is told others."""
SMALL_QUBITS = 30
LONGEST_LATEX = 4096
GATE_ERROR = "gate_error"
FRACTIONAL = {
    "rx": "gate rx(theta) q { U(theta, -pi/2, pi/2) q; }",
    "rzz": "gate rzz(theta) q0, q1 { CX q0, q1; U(0, 0, theta) q1; CX q0, q1; }",
}


def snapshots() -> Path:
    """Return the folder of the snapshots."""
    spec = find_spec("qiskit_ibm_runtime")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "fake_provider" / "backends"


@dataclass(frozen=True)
class Device:
    """One machine.

    Attributes:
        snapshot: name of its snapshot, for example ``fez``.
    """

    snapshot: str

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The configuration as the service answers it."""
        found = self._read("conf")
        clops = found.pop("clops", None)
        if isinstance(clops, int):
            found["clops"] = {"type": "hardware", "value": clops}
        if not 0 < len((found.get("hamiltonian") or {}).get("h_latex", "")) <= LONGEST_LATEX:
            found.pop("hamiltonian", None)
        found.setdefault("u_channel_lo", [])
        self._add_fractional(found)
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The properties as the service answers them."""
        return {name: value for name, value in self._read("props").items() if value is not None}

    @cached_property
    def quality(self) -> dict[str, Any]:
        """What the list of backends says of its errors."""
        return _quality(self.properties)

    @property
    def name(self) -> str:
        """As jobs name it."""
        return str(self.configuration["backend_name"])

    @property
    def qubits(self) -> int:
        """Number of qubits."""
        return int(self.configuration["n_qubits"])

    @property
    def calibration_id(self) -> str:
        """Id of its only calibration."""
        text = f"{self.name}/{self.properties['last_update_date']}"
        return str(uuid.uuid5(uuid.NAMESPACE_URL, text))

    @property
    def timing(self) -> Timing:
        """How long it takes unless the sandbox is told otherwise."""
        return Timing() if self.qubits <= SMALL_QUBITS else Timing(0.1, 0.2, 4)

    @property
    def shot_s(self) -> float:
        """Time from shot to shot, in seconds: the delay between them (which is in microseconds)."""
        return float(self.configuration.get("default_rep_delay", 250.0)) * 1e-6

    @property
    def defaults(self) -> dict[str, Any]:
        """The defaults: no snapshot has pulses, so they are frequencies, in GHz, alone."""
        frequencies = [
            entry["value"]
            for qubit in self.properties["qubits"]
            for entry in qubit
            if entry["name"] == "frequency"
        ]
        return {"qubit_freq_est": frequencies, "meas_freq_est": [], "pulse_library": []}

    def _add_fractional(self, configuration: dict[str, Any]) -> None:
        """Name the fractional gates that the properties have.

        The snapshots leave them out of the configuration, where the service has them.
        """
        known = {gate["name"] for gate in configuration["gates"]}
        for name, definition in FRACTIONAL.items():
            places = [gate["qubits"] for gate in self.properties["gates"] if gate["gate"] == name]
            if name in known or not places:
                continue
            configuration["basis_gates"].append(name)
            configuration.setdefault("supported_instructions", []).append(name)
            configuration["gates"].append(
                {
                    "name": name,
                    "parameters": ["theta"],
                    "qasm_def": definition,
                    "coupling_map": places,
                }
            )

    def _read(self, kind: str) -> dict[str, Any]:
        path = snapshots() / self.snapshot / f"{kind}_{self.snapshot}.json"
        found: dict[str, Any] = json.loads(path.read_text())
        return found


@lru_cache(maxsize=16)
def read(snapshot: str) -> Device:
    """Return a machine; its documents are read once in a process, where they are first needed."""
    return Device(snapshot)


class Fleet:
    """The machines of a sandbox, by name.

    Args:
        names: snapshots; None for the default ones.

    Raises:
        ValueError: there is no such snapshot.
    """

    def __init__(self, names: Sequence[str] | None = None) -> None:
        self._names = DEFAULT if names is None else tuple(names)
        known = snapshots()
        for name in self._names:
            if not (known / name / f"conf_{name}.json").exists():
                raise ValueError(f"qiskit-ibm-runtime has no snapshot of {name!r}")

    @cached_property
    def devices(self) -> Mapping[str, Device]:
        """The machines, by their names."""
        return {device.name: device for device in map(read, self._names)}


def listed(device: Device, engine: Engine, wait: bool) -> dict[str, Any]:
    """Show a machine as one entry of the list of backends."""
    shown: dict[str, Any] = {
        "name": device.name,
        "status": {"name": "online"},
        "is_simulator": False,
        "qubits": device.qubits,
        "queue_length": engine.waiting_on(device.name),
        "performance_metrics": device.quality,
    }
    configuration = device.configuration
    clops = configuration.get("clops")
    if clops:
        shown["clops"] = clops
    if "processor_type" in configuration:
        shown["processor_type"] = {
            name: str(value) for name, value in configuration["processor_type"].items()
        }
    if wait:
        expected_s = round(engine.expected_wait_s(device.name))
        shown["wait_time_seconds"] = dict.fromkeys(("average", "p50", "p95"), expected_s)
    return shown


def status(device: Device, engine: Engine) -> dict[str, Any]:
    """Show whether a machine works and how many jobs wait for it."""
    return {
        "state": True,
        "status": "active",
        "message": "",
        "length_queue": engine.waiting_on(device.name),
        "backend_version": device.configuration["backend_version"],
    }


def _quality(properties: Mapping[str, Any]) -> dict[str, Any]:
    gates = [
        (entry["value"], gate)
        for gate in properties["gates"]
        if len(gate["qubits"]) > 1
        for entry in gate["parameters"]
        if entry["name"] == GATE_ERROR
    ]
    readout = [
        entry["value"]
        for qubit in properties["qubits"]
        for entry in qubit
        if entry["name"] == "readout_error"
    ]
    shown: dict[str, Any] = {}
    if gates:
        error, best = min(gates, key=lambda pair: pair[0])
        shown["two_q_error_best"] = {
            "value": error,
            "gate": best["gate"],
            "qubits": best["qubits"],
            "unit": "",
        }
        shown["two_q_error_median"] = {"value": _median([e for e, _ in gates]), "unit": ""}
    if readout:
        shown["readout_error_median"] = {"value": _median(readout), "unit": ""}
    return shown


def _median(values: Sequence[float]) -> float:
    return float(statistics.median(values))

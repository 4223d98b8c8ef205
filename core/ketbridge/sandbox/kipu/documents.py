"""The provider's own document of a machine, whose form depends on the provider.

AWS: Braket's device capabilities. IQM: its dynamic architecture with a calibration. IBM: the
configuration and properties of the snapshot. Quandela: the platform as Perceval reads it. The
others: a few words of ours.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ..ibm import fleet
from . import aquila, photons
from .machines import Machine

_GATE_MODEL = "braket.device_schema.gate_model_qpu_paradigm_properties"
_STANDARDIZED = "braket.device_schema.standardized_gate_model_qpu_device_properties"
_CAPABILITIES = {
    "IONQ": ("braket.device_schema.ionq.ionq_device_capabilities", "1"),
    "RIGETTI": ("braket.device_schema.rigetti.rigetti_device_capabilities", "2"),
}
_DEVICE_RESULTS = ("Sample", "Expectation", "Variance", "Probability")
_DRIVE_HZ = 4.5e9
_OBSERVED_AT = "2026-05-11T02:45:00.000000"


@lru_cache
def config(machine: Machine) -> dict[str, Any]:
    """Return the document of a machine."""
    if machine.runner == "aws":
        return _aws(machine)
    if machine.runner == "ahs":
        return aquila.capabilities(machine.shots)
    if machine.runner == "iqm":
        return _iqm(machine)
    if machine.snapshot:
        return _ibm(machine)
    if machine.runner == "perceval":
        return photons.platform(machine.kind, machine.qubits)
    gates = [*machine.native, *machine.gates]
    return {
        "name": machine.native_id,
        "max_qubits": machine.qubits,
        "input_formats": list(machine.formats),
        "gates": gates,
        **({"modes": ["sample", "statevector", "amplitudes"]} if machine.runner == "qsim" else {}),
    }


def _header(name: str, version: str = "1") -> dict[str, str]:
    return {"name": name, "version": version}


def _ibm(machine: Machine) -> dict[str, Any]:
    device = fleet.read(machine.snapshot)
    return {
        "config": {**device.configuration, "backend_name": machine.id},
        "properties": {**device.properties, "backend_name": machine.id},
    }


def _aws(machine: Machine) -> dict[str, Any]:
    """Make the capabilities: the actions are those of Braket's local simulator."""
    from braket.default_simulator import DensityMatrixSimulator, StateVectorSimulator

    kind = DensityMatrixSimulator if machine.id == "aws.sim.dm1" else StateVectorSimulator
    found: dict[str, Any] = json.loads(kind().properties.json())
    found["service"]["shotsRange"] = list(machine.shots)
    found["service"]["deviceLocation"] = "us"
    found["paradigm"]["qubitCount"] = machine.qubits
    if machine.kind == "QPU":
        found["braketSchemaHeader"] = _header(*_CAPABILITIES[machine.hardware])
        found["paradigm"] = _paradigm(machine)
        action = found["action"]["braket.ir.openqasm.program"]
        found["action"] = {"braket.ir.openqasm.program": _on_a_device(action, machine)}
        found |= _measured(machine)
    return found


def _measured(machine: Machine) -> dict[str, Any]:
    """Say what was measured: IonQ states means, the others figures of each qubit and pair."""
    quality = machine.quality
    assert quality is not None
    if machine.hardware == "IONQ":
        means = {
            "1Q": 1 - quality.error_1q, "2Q": 1 - quality.error_2q, "spam": 1 - quality.error_spam,
        }  # fmt: skip
        times = {
            "T1": quality.t1_us / 1e6,
            "T2": quality.t2_us / 1e6,
            "1Q": quality.time_1q_ns / 1e9,
            "2Q": quality.time_2q_ns / 1e9,
            "readout": quality.readout_ns / 1e9,
            "reset": quality.reset_ns / 1e9,
        }
        return {
            "provider": {
                "braketSchemaHeader": _header("braket.device_schema.ionq.ionq_provider_properties"),
                "fidelity": {name: {"mean": mean} for name, mean in means.items()},
                "timing": times,
            }
        }
    one = {
        "T1": {"value": quality.t1_us / 1e6, "unit": "S"},
        "T2": {"value": quality.t2_us / 1e6, "unit": "S"},
        "oneQubitFidelity": [
            _fidelity("RANDOMIZED_BENCHMARKING", quality.error_1q),
            _fidelity("READOUT", quality.error_spam),
        ],
    }
    kind = "INTERLEAVED_RANDOMIZED_BENCHMARKING"
    two = {"twoQubitGateFidelity": [{"gateName": "CZ", **_fidelity(kind, quality.error_2q)}]}
    return {
        "standardized": {
            "braketSchemaHeader": _header(_STANDARDIZED),
            "oneQubitProperties": {str(qubit): one for qubit in range(machine.qubits)},
            "twoQubitProperties": {f"{a}-{b}": two for a, b in machine.pairs or ()},
        }
    }


def _fidelity(kind: str, error: float) -> dict[str, Any]:
    return {"fidelityType": {"name": kind}, "fidelity": 1 - error}


def _on_a_device(action: dict[str, Any], machine: Machine) -> dict[str, Any]:
    """Take away what only a simulator can do; native gates of ions go into verbatim boxes only."""
    native = machine.native if machine.hardware != "IONQ" else ()
    results = [one for one in action["supportedResultTypes"] if one["name"] in _DEVICE_RESULTS]
    return {
        **action,
        "supportedOperations": [*native, *machine.gates],
        "supportedModifiers": [],
        "supportedPragmas": ["verbatim"],
        "supportedResultTypes": results,
        "supportPhysicalQubits": True,
        "requiresAllQubitsMeasurement": True,
        "requiresContiguousQubitIndices": False,
    }


def _paradigm(machine: Machine) -> dict[str, Any]:
    graph: dict[str, list[str]] = {str(qubit): [] for qubit in range(machine.qubits)}
    for one, other in machine.pairs or ():
        graph[str(one)].append(str(other))
        graph[str(other)].append(str(one))
    return {
        "braketSchemaHeader": _header(_GATE_MODEL),
        "connectivity": {
            "fullyConnected": machine.pairs is None,
            "connectivityGraph": {} if machine.pairs is None else graph,
        },
        "qubitCount": machine.qubits,
        "nativeGateSet": [
            name.upper() if machine.hardware == "IONQ" else name for name in machine.native
        ],
    }


def _iqm(machine: Machine) -> dict[str, Any]:
    names = [f"QB{number + 1}" for number in range(machine.qubits)]
    resonators = [f"CR{number + 1}" for number in range(machine.resonators)]
    alone = [[name] for name in names]
    pairs = [[names[one], names[other]] for one, other in machine.pairs or ()]
    moves = [[name, resonator] for name in names for resonator in resonators]
    joined = pairs + moves
    calibration = str(uuid.uuid5(uuid.NAMESPACE_URL, machine.id))
    return {
        "calibration_set_id": calibration,
        "qubits": names,
        "computational_resonators": resonators,
        "gates": {
            "measure": _gate("constant", alone),
            "prx": _gate("drag_crf_sx", alone),
            "cz": _gate("slepian_crf", joined),
            "cc_prx": _gate("prx_composite", alone),
            **({"move": _gate("slepian_crf", moves)} if moves else {}),
        },
        "calibrationData": {
            "calibrationSetId": calibration,
            "observations": [
                _observation(index, *entry)
                for index, entry in enumerate(_figures(machine, joined, moves))
            ],
        },
    }


def _gate(implementation: str, loci: list[list[str]]) -> dict[str, Any]:
    return {
        "implementations": {implementation: {"loci": loci}},
        "default_implementation": implementation,
        "override_default_implementation": {},
    }


def _figures(
    machine: Machine, pairs: list[list[str]], moves: list[list[str]]
) -> Iterable[tuple[str, float, str]]:
    """Name what was measured; every qubit and every pair is like the others."""
    quality = machine.quality
    assert quality is not None
    for number in range(machine.qubits):
        qubit = f"QB{number + 1}"
        yield f"controllers.{qubit}.drive.frequency", _DRIVE_HZ, "Hz"
        yield f"characterization.model.{qubit}.t1_time", quality.t1_us / 1e6, "s"
        yield f"characterization.model.{qubit}.t2_time", quality.t2_us / 1e6, "s"
        yield f"gates.prx.drag_crf_sx.{qubit}.duration", quality.time_1q_ns / 1e9, "s"
        yield f"gates.measure.constant.{qubit}.duration", quality.readout_ns / 1e9, "s"
        yield f"metrics.rb.prx.drag_crf_sx.{qubit}.fidelity", 1 - quality.error_1q, ""
        yield f"metrics.ssro.measure.constant.{qubit}.fidelity", 1 - quality.error_spam, ""
    for pair in pairs:
        place = "__".join(pair)
        yield f"gates.cz.slepian_crf.{place}.duration", quality.time_2q_ns / 1e9, "s"
        yield f"metrics.irb.cz.slepian_crf.{place}.fidelity", 1 - quality.error_2q, ""
    for pair in moves:
        place = "__".join(pair)
        yield f"gates.move.slepian_crf.{place}.duration", quality.time_2q_ns / 1e9, "s"


def _observation(index: int, name: str, value: float, unit: str) -> dict[str, Any]:
    return {
        "created_timestamp": _OBSERVED_AT,
        "dut_field": name,
        "invalid": False,
        "modified_timestamp": _OBSERVED_AT,
        "observation_id": index + 1,
        "uncertainty": None,
        "unit": unit,
        "value": value,
    }

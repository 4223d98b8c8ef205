"""Targets of IBM machines against those that the public client's converter makes."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from qiskit import QuantumCircuit
from qiskit.converters import dag_to_circuit
from qiskit.quantum_info import Operator
from qiskit.transpiler import generate_preset_pass_manager

from ketbridge.clouds.ibm_shared.machines import Machine
from ketbridge.clouds.ibm_shared.models import BackendConfiguration, BackendProperties
from qiskit_ketbridge.ibm import angles, target

fake_provider = pytest.importorskip("qiskit_ibm_runtime.fake_provider")
SNAPSHOTS = sorted(Path(fake_provider.__file__).parent.glob("backends/*/conf_*.json"))


def documents(path):
    props = path.with_name(path.name.replace("conf_", "props_"))
    return json.loads(path.read_text()), json.loads(props.read_text()) if props.exists() else None


def machine(config, properties):
    return Machine(
        BackendConfiguration.model_validate_json(json.dumps(config)),
        properties and BackendProperties.model_validate_json(json.dumps(properties)),
    )


def public_target(config, properties, fractional):
    from qiskit_ibm_runtime.utils.backend_converter import convert_to_target
    from qiskit_ibm_runtime.utils.backend_decoder import (
        configuration_from_server_data,
        properties_from_server_data,
    )

    return convert_to_target(
        configuration_from_server_data(config, use_fractional_gates=fractional),
        properties and properties_from_server_data(properties, use_fractional_gates=fractional),
    )


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("fractional", [False, True, None])
@pytest.mark.parametrize("path", SNAPSHOTS, ids=lambda path: path.parent.name)
def test_every_snapshot_becomes_the_target_of_the_public_converter(path, fractional):
    ours = target.build(machine(*documents(path)), fractional=fractional)

    expected = public_target(*documents(path), fractional)

    assert described(ours) == described(expected)


def described(made):
    return {
        "size": made.num_qubits,
        "dt": made.dt,
        "timing": made.timing_constraints().__dict__,
        "qubits": [(q.t1, q.t2, q.frequency) for q in made.qubit_properties or ()],
        "operations": {
            name: (
                operation if isinstance(operation, type) else type(operation),
                isinstance(operation, type)
                or (operation.num_qubits, operation.num_clbits, len(operation.params)),
                instructions(made[name]),
            )
            for name, operation in zip(
                made.operation_names,
                map(made.operation_from_name, made.operation_names),
                strict=True,
            )
        },
        "angles": {name: made.gate_has_angle_bounds(name) for name in made.operation_names},
    }


def instructions(entries):
    return {
        qubits: entry and (entry.error, entry.duration) for qubits, entry in (entries or {}).items()
    }


def test_what_does_not_work_is_left_out():
    config, properties = documents(next(p for p in SNAPSHOTS if p.parent.name == "fez"))
    properties["qubits"][7].append({"name": "operational", "value": 0, "unit": "", "date": None})
    broken = next(
        one for one in properties["gates"] if one["gate"] == "cz" and 7 not in one["qubits"]
    )
    broken["parameters"].append({"name": "operational", "value": 0, "unit": "", "date": None})

    made = target.build(machine(config, properties))

    assert (7,) not in made["measure"] and (7,) not in made["x"] and (7,) not in made["delay"]
    assert not any(7 in pair for pair in made["cz"])
    assert tuple(broken["qubits"]) not in made["cz"]
    assert (8,) in made["x"]


def test_gates_that_the_list_of_gates_leaves_out_are_there():
    config, properties = documents(next(p for p in SNAPSHOTS if p.parent.name == "fez"))
    config["gates"] = [gate for gate in config["gates"] if gate["parameters"]]

    made = target.build(machine(config, properties))

    assert {"cz", "sx", "x", "rz", "id"} <= set(made.operation_names)
    assert len(made["cz"]) == 352 and len(made["sx"]) == 156


@pytest.mark.parametrize(
    "angle", [*np.linspace(-7, 7, 57), 0, math.pi / 2, -math.pi, math.pi, 3 * math.pi, 100.0]
)
def test_rzz_of_any_angle_folds_into_the_range_of_the_machine(angle):
    folded = dag_to_circuit(angles.folded_rzz(angle))
    expected = QuantumCircuit(2)
    expected.rzz(angle, 0, 1)

    assert all(0 <= one.params[0] <= math.pi / 2 for one in folded.data if one.name == "rzz")
    assert np.allclose(Operator(folded).data, Operator(expected).data)


def test_the_transpiler_folds_rzz_for_a_machine_with_fractional_gates():
    config, properties = documents(next(p for p in SNAPSHOTS if p.parent.name == "fractional"))
    made = target.build(machine(config, properties), fractional=True)
    circuit = QuantumCircuit(2)
    circuit.rzz(-2.5, 0, 1)

    isa = generate_preset_pass_manager(2, target=made, seed_transpiler=1).run(circuit)

    assert [0 <= one.params[0] <= math.pi / 2 for one in isa.data if one.name == "rzz"] == [True]

"""Targets made of documents of the real Hub; skipped where they are not at hand."""

import json

import pytest
from qiskit import QuantumCircuit, transpile
from support.recorded import RECORDED

from ketbridge.clouds.kipu import describing
from ketbridge.clouds.kipu.models import Backend
from qiskit_ketbridge.kipu import target
from qiskit_ketbridge.translate import encode

FOLDER = RECORDED / "kipu"

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason="no recorded answers here"),
    pytest.mark.filterwarnings("ignore::ketbridge.clouds.wire.UnknownWordWarning"),
]

MACHINES = {
    "iqm/iqm-garnet-backend.json": "iqm/iqm-garnet-config.json",
    "iqm/iqm-emerald-backend.json": None,
    "ibm/ibm-aachen-backend-platform-properties.json": "ibm/ibm-aachen-backend-config.json",
    "aws/data/aws-sv1-backend.json": None,
    "aws/data/rigetti-cepheus-backend.json": "aws/data/rigetti-cepheus-config.json",
    "aws/data/ionq-forte-backend.json": "aws/data/ionq-forte-config.json",
    "azure/data/ionq-sim-backend.json": None,
    "kipu/data/qsim-backend.json": None,
    "qudora/qudora-sim-q1-backend.json": None,
}


def described(name, config):
    backend = Backend.model_validate_json((FOLDER / name).read_text())
    document = None if config is None else json.loads((FOLDER / config).read_text())
    return describing.describe(describing.machine(backend, document))


@pytest.mark.parametrize("name", MACHINES)
def test_a_circuit_compiled_for_the_machine_is_written(name):
    info = described(name, MACHINES[name])
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.cx(0, 1)
    circuit.cx(0, 2)
    circuit.measure_all()
    built = transpile(circuit, target=target.build(info), seed_transpiler=1)
    program = encode(built, info.formats[0], qubits=info.qubit_names or None)

    assert program.readout.num_bits == 3
    assert program.num_qubits <= info.num_qubits


def test_garnet_has_the_errors_and_durations_of_each_pair():
    garnet = target.build(described("iqm/iqm-garnet-backend.json", "iqm/iqm-garnet-config.json"))

    assert garnet.num_qubits == 20
    assert len(garnet["cz"]) == 60
    assert garnet["cz"][1, 4].error == pytest.approx(1 - 0.9955735165555566)
    assert garnet["cz"][4, 1].duration == 4e-8
    assert garnet.qubit_properties[0].t1 == 2.066044761754252e-05


def test_cepheus_has_the_errors_of_each_qubit_and_pair():
    cepheus = target.build(
        described("aws/data/rigetti-cepheus-backend.json", "aws/data/rigetti-cepheus-config.json")
    )

    assert cepheus["cx"][1, 0].error == pytest.approx(1 - 0.9950130265429185)
    assert cepheus["h"][0,].error == pytest.approx(1 - 0.9986024402813216)
    assert cepheus["measure"][0,].error == pytest.approx(1 - 0.953)
    assert cepheus.qubit_properties[0].t1 == 1.1138945572364278e-05

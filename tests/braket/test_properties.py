"""Machines of every cloud are described as Braket describes its own."""

import json
from types import SimpleNamespace

import pytest
from braket.circuits import Circuit

from braket_ketbridge import KetbridgeDevice
from braket_ketbridge.properties import capabilities, topology
from ketbridge import BackendInfo, Calibration

LINE = ((0, 1), (1, 0), (1, 2), (2, 1))


def test_an_ibm_machine_has_its_gates_connections_and_fidelities(running):
    machine = KetbridgeDevice("sandbox:ibm/ibmq_manila")
    described = machine.properties
    assert described.paradigm.qubitCount == 5
    assert set(described.paradigm.nativeGateSet) == {"cnot", "i", "rz", "v", "x"}
    assert sorted(machine.topology_graph.edges) == sorted(
        [(0, 1), (1, 0), (1, 2), (2, 1), (2, 3), (3, 2), (3, 4), (4, 3)]
    )
    assert described.service.shotsRange[0] == 1
    pairs = described.standardized.twoQubitProperties
    assert 0.9 < pairs["0-1"].twoQubitGateFidelity[0].fidelity < 1
    qubits = described.standardized.oneQubitProperties
    assert len({one.T1.value for one in qubits.values()}) == 5
    assert all(1e-6 < one.T1.value < 1e-2 for one in qubits.values())
    assert "cnot" in described.action["braket.ir.openqasm.program"].supportedOperations


@pytest.mark.parametrize("name", ["ibmq_manila", "ibm_fez"])
def test_an_ibm_machine_has_an_emulator(running, name):
    machine = KetbridgeDevice(f"sandbox:ibm/{name}")
    emulator = machine.emulator()
    gate = "cnot" if name == "ibmq_manila" else "cz"
    one, two = min(machine.topology_graph.edges)
    box = Circuit().v(one)
    emulator.validate(Circuit().add_verbatim_box(getattr(box, gate)(one, two)))
    with pytest.raises(Exception, match="not connected"):
        emulator.validate(Circuit().add_verbatim_box(getattr(Circuit(), gate)(0, 4)))


def test_an_emulator_has_the_noise_of_the_machine(running):
    box = Circuit().v(0).v(0).cnot(0, 1)
    counts = (
        KetbridgeDevice("sandbox:ibm/ibmq_manila").emulator()
        .run(Circuit().add_verbatim_box(box), shots=1000).result().measurement_counts
    )  # fmt: skip
    assert 0.8 < counts["11"] / 1000 < 1


def test_medians_stand_where_single_figures_are_not_known():
    medians = Calibration(
        fidelity_1q=0.999, fidelity_2q=0.98, fidelity_spam=0.97, t1_s=1e-4, t2_s=2e-4
    )
    info = BackendInfo(
        "three", "kipu", 3, native_gates=("r", "cz"), connectivity=LINE, calibration=medians
    )
    described = capabilities(info)
    assert described.paradigm.nativeGateSet == ["prx", "cz"]
    found = described.standardized.twoQubitProperties
    assert {pair: one.twoQubitGateFidelity[0].fidelity for pair, one in found.items()} == (
        dict.fromkeys(("0-1", "1-0", "1-2", "2-1"), 0.98)
    )
    assert described.standardized.oneQubitProperties["2"].T2.value == 2e-4


def test_a_figure_that_nothing_is_known_of_leaves_all_out():
    info = BackendInfo("three", "kipu", 3, calibration=Calibration(fidelity_1q=0.9))
    assert capabilities(info).standardized is None


def test_a_machine_without_a_list_of_pairs_is_fully_connected():
    assert topology(capabilities(BackendInfo("three", "kipu", 3))).number_of_edges() == 6


def test_a_document_of_amazon_is_read_as_what_it_is():
    ionq = capabilities(
        BackendInfo("qpu.x", "ionq", 2, calibration=Calibration(fidelity_2q=0.97), shots=(1, 9))
    )
    header = {"name": "braket.device_schema.ionq.ionq_device_capabilities", "version": "1"}
    config = json.loads(ionq.json()) | {"braketSchemaHeader": header}
    hub = BackendInfo("aws.ionq.forte", "kipu", 2, detail=SimpleNamespace(config=config))
    read = capabilities(hub)
    assert type(read) is type(ionq)
    assert read.service.shotsRange == (1, 9)
    assert read.provider.fidelity["2Q"]["mean"] == 0.97

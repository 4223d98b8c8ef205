"""What of Braket runs on which machine behind the Hub; the rest is refused with a reason.

``pytest -s`` prints the table. Whatever is not an error of Ketbridge with a sentence fails.
"""

from collections.abc import Callable

import pytest
from braket.ahs import AnalogHamiltonianSimulation, AtomArrangement, DrivingField
from braket.circuits import Circuit, Observable
from braket.experimental_capabilities import EnableExperimentalCapability
from braket.program_sets import ProgramSet
from braket.timings import TimeSeries
from support.matrix import in_words, printed

from braket_ketbridge import KetbridgeDevice
from ketbridge.clouds.kipu.families import DOCUMENTED
from ketbridge.errors import KetbridgeError

PI = 3.141592653589793
CIRCUITS = {"run", "batch", "values", "kept"}
OTHERS_OF_IBM = [name for name in DOCUMENTED if name.startswith("ibm.")][1:]
WORKS = {
    "azure.ionq.simulator": CIRCUITS,
    "aws.sim.sv1": CIRCUITS | {"boxed"},
    "aws.sim.dm1": CIRCUITS | {"boxed"},
    "aws.ionq.forte": CIRCUITS | {"boxed"},
    "aws.rigetti.cepheus": CIRCUITS | {"boxed"},
    "aws.quera.aquila": {"analog"},
    "qudora.sim.xg1": CIRCUITS | {"boxed"},
    "kipu.sim.qsim": CIRCUITS | {"boxed"},
    "iqm.qpu.garnet": CIRCUITS | {"boxed", "program_set", "feed_forward"},
    "iqm.qpu.emerald": CIRCUITS | {"boxed", "program_set", "feed_forward"},
    "iqm.qpu.star": CIRCUITS | {"boxed", "program_set", "feed_forward"},
    "quandela.sim.altair": set(),
    "quandela.qpu.belenos": set(),
    "ibm.qpu.fez": CIRCUITS | {"boxed", "program_set"},
    **{name: {"run"} for name in OTHERS_OF_IBM},
}
"""What works on each machine; of IBM's, which are alike, all of it is tried on the first only."""

BELL = Circuit().h(0).cnot(0, 1)
HALF_TURNS = {
    "gpi": Circuit().gpi(0, 0),
    "prx": Circuit().prx(0, PI, 0),
    "sx": Circuit().x(0),
    "rx": Circuit().rx(0, PI),
}
"""A flip of qubit 0, by the native gate that a machine has for it."""


def run(device):
    return device.run(BELL, shots=100).result().measurement_counts


def batch(device):
    return device.run_batch([BELL] * 2, shots=100).results()[1].measurement_counts


def values(device):
    circuit = BELL.copy().expectation(Observable.Z() @ Observable.Z(), [0, 1])
    assert device.run(circuit, shots=100).result().values == [1.0]
    return {"00": 100}


def kept(device):
    result = device.run(BELL, shots=100, disable_qubit_rewiring=True).result()
    return result.measurement_counts


def program_set(device):
    both = ProgramSet([BELL, BELL], shots_per_executable=100)
    return device.run(both).result().entries[1].entries[0].counts


def boxed(device):
    native = device.info.native_gates
    flip = next((box for gate, box in HALF_TURNS.items() if gate in native), Circuit().x(0))
    counts = device.run(Circuit().add_verbatim_box(flip), shots=100).result().measurement_counts
    assert counts == {"1": 100}
    return {"11": 100}


def feed_forward(device):
    with pytest.warns(UserWarning, match="experimental"), EnableExperimentalCapability():
        circuit = Circuit().h(0).measure_ff(0, 0).cc_prx(1, PI, 0, 0)
    return device.run(circuit, shots=100).result().measurement_counts


def analog(device):
    atoms = AtomArrangement()
    atoms.add((0, 0)).add((0, 1e-4))
    still = TimeSeries().put(0, 0).put(3e-6, 0)
    amplitude = TimeSeries().put(0, 0).put(1e-6, PI / 2e-6).put(2e-6, PI / 2e-6).put(3e-6, 0)
    drive = DrivingField(amplitude, still, still)  # an area of pi: every atom is excited
    counts = device.run(AnalogHamiltonianSimulation(atoms, drive), shots=100).result().get_counts()
    assert counts["rr"] > 95
    return {"11": 100}


COLUMNS: dict[str, Callable] = {
    one.__name__: one
    for one in (run, batch, values, kept, program_set, boxed, feed_forward, analog)
}


def cell(device, column):
    """Return None where it works, and else why not."""
    try:
        found = COLUMNS[column](device)
    except KetbridgeError as error:
        return str(error)
    assert found, f"{column} on {device.name} gave nothing"
    assert set(found) <= {"00", "11"}, f"{column} on {device.name} gave {found}"
    return None


def test_every_machine_is_tried(running):
    assert set(WORKS) == {
        device.info.name for device in KetbridgeDevice.get_devices("sandbox:kipu")
    }


@pytest.mark.parametrize("name", WORKS)
def test_a_machine_runs_what_it_can_and_refuses_the_rest(running, name):
    device = KetbridgeDevice(f"sandbox:kipu/{name}")
    tried = {"run"} if WORKS[name] == {"run"} else COLUMNS
    reasons = {column: cell(device, column) for column in COLUMNS if column in tried}
    printed(name, reasons)

    assert {column for column, reason in reasons.items() if reason is None} == WORKS[name]
    assert in_words(reasons)


@pytest.mark.parametrize("name", ["aws.rigetti.cepheus", "aws.ionq.forte", "iqm.qpu.star"])
def test_a_machine_is_emulated_by_what_was_measured_of_it(running, name):
    device = KetbridgeDevice(f"sandbox:kipu/{name}")
    native = device.info.native_gates
    flip = next(box for gate, box in HALF_TURNS.items() if gate in native)
    box = Circuit().add_verbatim_box(flip)
    counts = device.emulator().run(box, shots=200).result().measurement_counts

    assert 170 < counts["1"] <= 200

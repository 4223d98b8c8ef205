"""What of Qiskit runs on which machine behind the Hub; the rest is refused with a reason.

``pytest -s`` prints the table. Whatever is not an error of Ketbridge with a sentence, or Qiskit's
transpiler saying that a machine lacks an instruction, fails the test.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit.quantum_info import SparsePauliOp
from qiskit.transpiler.exceptions import TranspilerError
from support.matrix import in_words, printed

from ketbridge.clouds.kipu.families import DOCUMENTED
from ketbridge.errors import KetbridgeError
from qiskit_ketbridge import EstimatorV2, KetbridgeProvider, SamplerV2, Session

CIRCUITS = {"run", "several", "sampler", "estimator"}
OTHERS_OF_IBM = [name for name in DOCUMENTED if name.startswith("ibm.")][1:]
WORKS = {
    "azure.ionq.simulator": CIRCUITS,
    "aws.sim.sv1": CIRCUITS,
    "aws.sim.dm1": CIRCUITS,
    "aws.ionq.forte": CIRCUITS,
    "aws.rigetti.cepheus": CIRCUITS,
    "aws.quera.aquila": set(),
    "qudora.sim.xg1": CIRCUITS | {"decisions"},
    "kipu.sim.qsim": CIRCUITS | {"state", "amplitudes"},
    "iqm.qpu.garnet": CIRCUITS | {"decisions"},
    "iqm.qpu.emerald": CIRCUITS | {"decisions"},
    "iqm.qpu.star": CIRCUITS | {"decisions"},
    "quandela.sim.altair": set(),
    "quandela.qpu.belenos": set(),
    "ibm.qpu.fez": CIRCUITS | {"decisions", "session"},
    **{name: {"run"} for name in OTHERS_OF_IBM},
}
"""What works on each machine; of IBM's, which are alike, all of it is tried on the first only."""


@dataclass(frozen=True)
class Circuits:
    """Two equal bits, compiled for a machine."""

    machine: object

    def measured(self):
        return self._compiled(self._bell().measure_all(inplace=False))

    def gates(self):
        return self._compiled(self._bell())

    def deciding(self):
        circuit = QuantumCircuit(2, 2)
        circuit.h(0)
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], 1)):
            circuit.x(1)
        circuit.measure(1, 1)
        return self._compiled(circuit)

    def _bell(self):
        circuit = QuantumCircuit(2)
        circuit.h(0)
        circuit.cx(0, 1)
        return circuit

    def _compiled(self, circuit):
        return transpile(circuit, self.machine, seed_transpiler=1)


def run(machine, given):
    return machine.run(given.measured(), shots=100).result().get_counts()


def several(machine, given):
    return machine.run([given.measured()] * 2, shots=100).result().get_counts(1)


def decisions(machine, given):
    return machine.run(given.deciding(), shots=100).result().get_counts()


def sampler(machine, given):
    job = SamplerV2(machine).run([given.measured()], shots=100)
    return job.result()[0].data.meas.get_counts()


def session(machine, given):
    with Session(backend=machine):
        return sampler(machine, given)


def estimator(machine, given):
    circuit = given.gates()
    observable = SparsePauliOp("ZZ").apply_layout(circuit.layout)
    result = EstimatorV2(machine).run([(circuit, observable)], precision=0.1).result()
    return {"00": 1} if abs(result[0].data.evs - 1) < 0.6 else {}


def state(machine, given):
    return machine.run(given.gates(), mode="statevector").statevector().probabilities_dict()


def amplitudes(machine, given):
    return machine.run(given.gates(), mode="amplitudes", bitstrings=["00", "11"]).amplitudes()


COLUMNS: dict[str, Callable] = {
    one.__name__: one
    for one in (run, several, decisions, sampler, estimator, session, state, amplitudes)
}


def cell(machine, column):
    """Return None where it works, and else why not."""
    try:
        found = COLUMNS[column](machine, Circuits(machine))
    except (KetbridgeError, TranspilerError) as error:
        return str(getattr(error, "message", error))
    assert set(found) <= {"00", "11"}, f"{column} on {machine.name} gave {found}"
    assert found, f"{column} on {machine.name} gave nothing"
    return None


def test_every_machine_is_tried(running):
    cloud = KetbridgeProvider("sandbox:kipu")
    assert set(WORKS) == {*DOCUMENTED, *(machine.name for machine in cloud.backends())}


@pytest.mark.parametrize("name", WORKS)
def test_a_machine_runs_what_it_can_and_refuses_the_rest(in_sandbox, name):
    tried = {"run"} if WORKS[name] == {"run"} else COLUMNS
    reasons = {column: cell(in_sandbox(name), column) for column in COLUMNS if column in tried}
    printed(name, reasons)

    assert {column for column, reason in reasons.items() if reason is None} == WORKS[name]
    assert in_words(reasons)

"""Random circuits mean the same in every language of the machines behind the Hub."""

import random
import re

import numpy as np
import pytest
from braket.circuits import Circuit, gates
from braket.devices import LocalSimulator
from braket.experimental_capabilities import EnableExperimentalCapability
from braket.ir.openqasm import Program as OpenQasm
from hypothesis import HealthCheck, given, settings
from oracles import iqm_rules
from oracles.iqm_json import distribution
from qiskit import qasm2, qasm3
from qiskit.quantum_info import Statevector
from support.braket_circuits import build, circuits, simulated, spelled_out
from support.iqm_machines import info, star

from braket_ketbridge.translate import encode
from braket_ketbridge.translate.compiler import Compiler
from ketbridge import BackendInfo, Format
from ketbridge.programs import iqm_json

MANY = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
SIZE = 5
RING = BackendInfo(
    "ring", "kipu", SIZE + 1, native_gates=("prx", "cz"),
    connectivity=tuple((place, (place + 1) % (SIZE + 1)) for place in range(SIZE + 1)),
    qubit_names=tuple(f"QB{place + 1}" for place in range(SIZE + 1)),
)  # fmt: skip
COMPILER = Compiler(RING)
STAR = star(SIZE + 1)
STAR_COMPILER = Compiler(info(STAR, SIZE + 1))


def expected(drawn):
    """Return the exact distribution, and Braket's number of the qubit of each column."""
    gates, labels, measured = drawn
    columns = measured or range(len(labels))
    return simulated(build(spelled_out(gates)), columns), [labels[one] for one in columns]


def check(program, found, wanted, tolerance=1e-9):
    exact, labels = wanted
    assert np.abs(found - exact).max() < tolerance
    assert list(program.readout.labels or program.readout.sources) == labels


@MANY
@given(circuits(SIZE))
def test_openqasm_3_of_braket_is_run_by_brakets_simulator(drawn):
    ops, labels, measured = drawn
    circuit = build(spelled_out(ops), labels, measured)  # its simulator needs controls first
    program = encode(circuit, Format.BRAKET_OPENQASM3)
    text = program.body.decode()
    pairs = re.findall(r"b\[(\d+)\] = measure q\[(\d+)", text)
    read = {int(bit): int(qubit) for bit, qubit in pairs}
    asked = re.sub(r"\nbit\[.*|b\[\d+\] = measure.*", "", text)
    source = f"{asked}\n#pragma braket result probability"
    (whole,) = LocalSimulator().run(OpenQasm(source=source), shots=0).result().values
    axes = range(program.num_qubits)
    kept = [read[column] for column in sorted(read)]
    found = np.einsum(whole.reshape((2,) * len(axes)), list(axes), kept).reshape(-1)
    check(program, found, expected(drawn))


@MANY
@given(circuits(SIZE))
def test_openqasm_2_and_3_are_read_by_qiskit(drawn):
    built, wanted = build(*drawn), expected(drawn)
    for form, loads in ((Format.OPENQASM2, qasm2.loads), (Format.OPENQASM3, qasm3.loads)):
        program = encode(built, form)
        circuit = loads(program.body.decode())
        sources = {
            circuit.find_bit(one.clbits[0]).index: circuit.find_bit(one.qubits[0]).index
            for one in circuit.data
            if one.operation.name == "measure"
        }
        circuit.remove_final_measurements()
        first_column_last = [sources[column] for column in sorted(sources, reverse=True)]
        check(program, Statevector(circuit).probabilities(first_column_last), wanted)


def check_iqm(program, drawn):
    keys = iqm_json.bits_of_keys(program.readout)
    found = np.zeros(1 << len(keys))
    for outcome, weight in distribution(program.body).items():
        state = sum(bit << (len(keys) - 1 - keys[key]) for key, bit in outcome)
        found[state] += weight
    # Qiskit's transpiler leaves out gates that are the identity to one part in 10**12 of fidelity
    check(program, found, expected(drawn), tolerance=1e-5)


@settings(MANY, max_examples=40)
@given(circuits(SIZE))
def test_iqm_json_for_no_machine_in_particular_means_the_circuit(drawn):
    check_iqm(encode(build(*drawn), Format.IQM), drawn)


@MANY
@given(circuits(SIZE))
def test_iqm_json_joins_connected_qubits_and_keeps_its_columns(drawn):
    program = encode(build(*drawn), Format.IQM, compiler=COMPILER)
    check_iqm(program, drawn)
    near = {frozenset(RING.qubit_names[one] for one in pair) for pair in RING.connectivity}
    joined = [one for one in iqm_json.read(program.body).instructions if one.name == "cz"]
    assert all(frozenset(one.qubits) in near for one in joined)


@MANY
@given(circuits(SIZE))
def test_iqm_json_joins_qubits_through_a_resonator_and_keeps_its_columns(drawn):
    program = encode(build(*drawn), Format.IQM, compiler=STAR_COMPILER)
    check_iqm(program, drawn)
    assert iqm_rules.broken(program.body, STAR) is None


@pytest.mark.parametrize("seed", range(200))
def test_feed_forward_means_the_same(seed):
    """Of each measurement whose rotations follow at once the outcome decides, as a control does."""
    rng = random.Random(seed)
    fed, controlled = Circuit(), Circuit()
    with pytest.warns(UserWarning, match="experimental"), EnableExperimentalCapability():
        for key in range(3):
            qubits = rng.sample(range(3), 3)
            angles = [(rng.uniform(-3, 3), rng.uniform(-3, 3)) for _ in qubits]
            for qubit, (angle, phase) in zip(qubits, angles, strict=True):
                for circuit in (fed, controlled):
                    circuit.prx(qubit, angle, phase)
            source, target, other = qubits
            for circuit in (fed, controlled):
                circuit.cnot(other, source)
            fed.measure_ff(source, key).cc_prx(target, *angles[0], key)
            # an ancilla that the source is copied to measures it, whatever becomes of it later
            turn = np.eye(4, dtype=complex)
            turn[2:, 2:] = gates.PRx(*angles[0]).to_matrix()
            controlled.cnot(source, 3 + key).unitary(matrix=turn, targets=[3 + key, target])
    fed.measure([2, 0])
    program = encode(fed, Format.IQM, compiler=STAR_COMPILER)
    keys = iqm_json.bits_of_keys(program.readout)
    found = np.zeros(4)
    for outcome, weight in distribution(program.body).items():
        state = sum(bit << (1 - keys[key]) for key, bit in outcome if key in keys)
        found[state] += weight

    assert np.abs(found - simulated(controlled, [2, 0])).max() < 1e-9
    assert iqm_rules.broken(program.body, STAR) is None

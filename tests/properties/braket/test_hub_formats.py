"""Random circuits mean the same in every language of the machines behind the Hub."""

import re

import numpy as np
from braket.devices import LocalSimulator
from braket.ir.openqasm import Program as OpenQasm
from hypothesis import HealthCheck, given, settings
from oracles.iqm_json import distribution
from qiskit import qasm2
from qiskit.quantum_info import Statevector
from support.braket_circuits import build, circuits, simulated, spelled_out

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


def expected(drawn):
    """Return the exact distribution, and Braket's number of the qubit of each column."""
    gates, labels, measured = drawn
    columns = measured or range(len(labels))
    return simulated(build(spelled_out(gates)), columns), [labels[one] for one in columns]


def check(program, found, drawn, tolerance=1e-9):
    exact, labels = expected(drawn)
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
    check(program, found, drawn)


@MANY
@given(circuits(SIZE))
def test_openqasm_2_is_read_by_qiskit(drawn):
    program = encode(build(*drawn), Format.OPENQASM2)
    circuit = qasm2.loads(program.body.decode())
    sources = {
        circuit.find_bit(one.clbits[0]).index: circuit.find_bit(one.qubits[0]).index
        for one in circuit.data
        if one.operation.name == "measure"
    }
    circuit.remove_final_measurements()
    first_column_last = [sources[column] for column in sorted(sources, reverse=True)]
    check(program, Statevector(circuit).probabilities(first_column_last), drawn)


@MANY
@given(circuits(SIZE))
def test_iqm_json_joins_connected_qubits_and_keeps_its_columns(drawn):
    program = encode(build(*drawn), Format.IQM, compiler=COMPILER)
    keys = iqm_json.bits_of_keys(program.readout)
    found = np.zeros(1 << len(keys))
    for outcome, weight in distribution(program.body).items():
        state = sum(bit << (len(keys) - 1 - keys[key]) for key, bit in outcome)
        found[state] += weight
    # Qiskit's transpiler leaves out gates that are the identity to one part in 10**12 of fidelity
    check(program, found, drawn, tolerance=1e-5)
    near = {frozenset(RING.qubit_names[one] for one in pair) for pair in RING.connectivity}
    joined = [one for one in iqm_json.read(program.body).instructions if one.name == "cz"]
    assert all(frozenset(one.qubits) in near for one in joined)

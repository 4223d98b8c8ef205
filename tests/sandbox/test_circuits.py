"""Simulated distributions equal an independent reading of the circuit JSON."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles.ionq_json import probabilities
from qiskit import QuantumCircuit, qasm3
from sandbox.conftest import BELL

from ketbridge.sandbox.ionq.circuits import Plan, build, run_json, run_qasm3
from ketbridge.sandbox.ionq.compile import native_of, qasm3_of
from ketbridge.sandbox.simulate import exact
from ketbridge.sandbox.workers import WorkError

QUBITS = 4
FIXED = ["x", "not", "y", "z", "h", "s", "si", "t", "ti", "v", "vi"]
angles = st.floats(-7, 7)
turns = st.floats(-1, 1)


@st.composite
def qis_gates(draw):
    places = draw(st.permutations(range(QUBITS)))
    kind = draw(st.sampled_from(["fixed", "turned", "pair"]))
    controls = places[2 : 2 + draw(st.integers(0, 2))]
    if kind == "pair":
        name = draw(st.sampled_from(["xx", "yy", "zz", "swap"]))
        gate = {"gate": name, "targets": places[:2]}
    else:
        names = FIXED if kind == "fixed" else ["rx", "ry", "rz"]
        gate = {"gate": draw(st.sampled_from(names)), "targets": places[:1]}
    if gate["gate"] in ("rx", "ry", "rz", "xx", "yy", "zz"):
        gate["rotation"] = draw(angles)
    if controls:
        gate["controls"] = controls
    return gate


@st.composite
def native_gates(draw):
    places = draw(st.permutations(range(QUBITS)))
    name = draw(st.sampled_from(["gpi", "gpi2", "ms", "zz", "nop"]))
    if name in ("gpi", "gpi2"):
        return {"gate": name, "target": places[0], "phase": draw(turns)}
    if name == "ms":
        phases = [draw(turns), draw(turns)]
        return {"gate": name, "targets": places[:2], "phases": phases, "angle": draw(turns)}
    if name == "zz":
        return {"gate": name, "targets": places[:2], "angle": draw(turns)}
    return {"gate": name, "target": places[0]}


def ideal(circuit, gateset="qis", qubits=QUBITS):
    plan = Plan(gateset=gateset, max_qubits=29, noise=None, shots=1, seed=None)
    return dense(run_json(circuit, qubits, plan).distribution.probabilities, qubits)


def dense(found, qubits=QUBITS):
    weights = np.zeros(2**qubits)
    weights[list(found)] = list(found.values())
    return weights


def expected(circuit, gateset="qis", qubits=QUBITS):
    return probabilities({"qubits": qubits, "gateset": gateset, "circuit": circuit})


@given(st.lists(qis_gates(), max_size=12))
@settings(max_examples=80, deadline=None)
def test_qis_circuits(circuit):
    np.testing.assert_allclose(ideal(circuit), expected(circuit), atol=1e-9)


@given(st.lists(native_gates(), max_size=12))
@settings(max_examples=80, deadline=None)
def test_native_circuits(circuit):
    np.testing.assert_allclose(ideal(circuit, "native"), expected(circuit, "native"), atol=1e-9)


@given(st.lists(qis_gates(), max_size=6), st.sampled_from(["qpu.aria-1", "qpu.forte-1"]))
@settings(max_examples=30, deadline=None)
def test_the_compiled_native_circuit_gives_the_same_distribution(circuit, backend):
    compiled = json.loads(native_of(circuit, QUBITS, "qis", backend))
    np.testing.assert_allclose(probabilities(compiled), expected(circuit), atol=1e-7)
    entangling = {gate["gate"] for gate in compiled["circuit"]} - {"gpi", "gpi2"}
    assert entangling <= {"ms" if "aria" in backend else "zz"}


def test_the_compiled_qasm3_gives_the_same_distribution():
    circuit = [*BELL, {"gate": "ry", "target": 2, "rotation": 0.4}]
    loaded = qasm3.loads(qasm3_of(circuit, 3, "qis", "simulator"))
    loaded.remove_final_measurements()
    np.testing.assert_allclose(
        dense(exact(loaded).probabilities, 3), expected(circuit, qubits=3), atol=1e-9
    )


def test_qubit_0_is_bit_0():
    assert ideal([{"gate": "x", "target": 0}], qubits=3)[1] == pytest.approx(1)


def test_idle_qubits_keep_their_place():
    found = ideal([{"gate": "x", "target": 2}, {"gate": "x", "target": 9}], qubits=10)
    assert found[2**2 + 2**9] == pytest.approx(1)


def test_z_with_a_rotation_is_the_phase_gate_also_under_control():
    between = {"gate": "z", "targets": [1], "controls": [0], "rotation": 0.7}
    plain = [{"gate": "h", "target": 0}, {"gate": "h", "target": 1}]
    found = ideal([*plain, between, *plain], qubits=2)
    circuit = QuantumCircuit(2)
    circuit.h([0, 1])
    circuit.cp(0.7, 0, 1)
    circuit.h([0, 1])
    np.testing.assert_allclose(found, dense(exact(circuit).probabilities, 2), atol=1e-9)


def test_pauliexp_reads_its_terms_from_the_right():
    gate = {"gate": "pauliexp", "targets": [0, 1], "terms": ["IX"], "coefficients": [1.0]}
    found = ideal([{**gate, "time": math.pi / 2}], qubits=2)
    assert found[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("gate", "code"),
    [
        ({"gate": "toffoli", "target": 0}, "UnsupportedGate"),
        ({"gate": "gpi", "target": 0, "phase": 0}, "UnsupportedGate"),
        ({"gate": "x"}, "InvalidInput"),
        ({"gate": "x", "target": "a"}, "InvalidInput"),
        ({"gate": "x", "target": -1}, "InvalidInput"),
        ({"gate": "rx", "target": 0, "rotation": "a"}, "InvalidInput"),
        ({"gate": "cnot", "target": 0, "control": 0}, "InvalidInput"),
        ({"target": 0}, "InvalidInput"),
        ("x", "InvalidInput"),
        ({"gate": "x", "target": 9, "controls": list(range(8))}, "TooManyControls"),
    ],
    ids=str,
)
def test_a_wrong_gate_gets_its_failure_code(gate, code):
    with pytest.raises(WorkError) as failure:
        build([gate], None, "qis")
    assert failure.value.code == code


def test_noisy_counts_are_repeatable_with_a_seed_and_lose_fidelity():
    plan = Plan(gateset="qis", max_qubits=29, noise="harmony", shots=2000, seed=5)
    ghz = [BELL[0], *({"gate": "cnot", "control": q, "target": q + 1} for q in range(4))]
    first, again = (run_json(ghz, 5, plan).distribution for _ in range(2))
    assert first.shots == again.shots
    assert sum(first.histogram.values()) == 2000
    good = first.probabilities[0] + first.probabilities[31]
    assert 0.7 < good < 0.97


def test_better_machines_make_fewer_errors():
    wrong = {}
    for noise in ("harmony", "aria-1", "forte-1"):
        plan = Plan(gateset="qis", max_qubits=29, noise=noise, shots=20_000, seed=5)
        found = run_json(BELL, 2, plan).distribution.probabilities
        wrong[noise] = found.get(1, 0) + found.get(2, 0)
    assert wrong["harmony"] > wrong["aria-1"] > wrong["forte-1"] > 0


def test_gates_on_many_qubits_have_noise_too():
    circuit = [{"gate": "x", "targets": [3], "controls": [0, 1, 2]}] * 10
    plan = Plan(gateset="qis", max_qubits=29, noise="harmony", shots=500, seed=5)
    assert run_json(circuit, 4, plan).distribution.probabilities[0] < 0.5


def test_openqasm_measures_resets_and_branches_in_the_middle():
    program = """OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; bit[1] a; bit[2] b;
    x q[0]; a[0] = measure q[0]; reset q[0]; if (a[0]) { x q[1]; }
    b[0] = measure q[0]; b[1] = measure q[1];"""
    plan = Plan(gateset="", max_qubits=29, noise=None, shots=50, seed=1)
    outcome = run_qasm3(program, plan)
    assert outcome.distribution.probabilities == {0b101: 1.0}
    assert outcome.registers == (("a", 1), ("b", 2))


def test_openqasm_that_cannot_be_read_is_invalid_input():
    with pytest.raises(WorkError) as failure:
        run_qasm3("OPENQASM 3.0; qubit q; frobnicate q;", Plan("", 29, None, 50, 1))
    assert failure.value.code == "InvalidInput"

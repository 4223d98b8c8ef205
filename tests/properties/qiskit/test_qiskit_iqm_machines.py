"""Circuits for IQM machines that move states or decide on the way mean the same, by IQM's rules."""

import random

import pytest
from hypothesis import given, settings
from oracles import iqm_json, iqm_rules
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, transpile
from qiskit.circuit.classical import expr
from support.iqm_machines import info, names, star, with_resonators
from support.qiskit_branches import branches
from support.qiskit_circuits import assert_same, expected
from support.qiskit_random import EXACT, circuits

from ketbridge import Format
from ketbridge.programs import iqm_json as keys
from qiskit_ketbridge.kipu import target
from qiskit_ketbridge.translate import encode

SIZE = 8
STAR = star(SIZE)
CHAIN = with_resonators(
    {"CR1": ("QB1", "QB2", "QB3"), "CR2": ("QB3", "QB4", "QB5"), "CR3": ("QB6", "QB7", "QB8")},
    [("QB5", "QB6")],
)


def meaning(program):
    """Return the distribution of the classical bits; measurements with hidden keys are not read."""
    bits = keys.bits_of_keys(program.readout)
    found = {}
    for outcome, weight in iqm_json.distribution(program.body).items():
        state = sum(bit << bits[key] for key, bit in outcome if key in bits)
        found[state] = found.get(state, 0.0) + weight
    return found


@settings(EXACT, max_examples=200)
@given(circuits(max_gates=6))
def test_a_circuit_on_a_star_means_the_same(circuit):
    program = encode(circuit, Format.IQM, qubits=names(SIZE), loci=STAR)

    assert iqm_rules.broken(program.body, STAR) is None
    assert_same(meaning(program), expected(circuit), 1e-8)


@settings(EXACT, max_examples=50)
@given(circuits(max_gates=5))
def test_a_circuit_is_routed_over_several_resonators(circuit):
    machine = target.build(info(CHAIN, SIZE))
    built = transpile(circuit, target=machine, optimization_level=1, seed_transpiler=1)
    program = encode(built, Format.IQM, qubits=names(SIZE), loci=CHAIN)

    assert iqm_rules.broken(program.body, CHAIN) is None
    assert_same(meaning(program), expected(circuit), 1e-8)


def deciding(seed):
    """Measure, reset, and rotate single qubits on one bit, over and over."""
    rng = random.Random(seed)
    first, second = ClassicalRegister(2, "first"), ClassicalRegister(1, "second")
    circuit = QuantumCircuit(QuantumRegister(3, "q"), first, second)

    def rotate(qubits):
        for _ in range(rng.randrange(1, 3)):
            circuit.u(*(rng.uniform(-3, 3) for _ in range(3)), rng.choice(qubits))

    for _ in range(4):
        rotate(range(3))
        circuit.cx(*rng.sample(range(3), 2))
        circuit.measure(rng.randrange(3), rng.randrange(3))
        condition = rng.choice([(bit, rng.randrange(2)) for bit in circuit.clbits] + [(second, 0)])
        kind = rng.randrange(4)
        if kind == 0:
            circuit.reset(rng.randrange(3))
        elif kind == 1:
            with circuit.if_test(condition):
                rotate(range(3))
        elif kind == 2:
            with circuit.if_test(condition) as otherwise:
                rotate([0, 1])
            with otherwise:
                rotate([1, 2])
        else:
            circuit.barrier()
    circuit.measure([0, 2], [rng.randrange(2), 2])
    return circuit


@pytest.mark.parametrize("level", [None, 1, 3])
@pytest.mark.parametrize("seed", range(70))
def test_a_circuit_that_decides_means_the_same(seed, level):
    circuit = deciding(seed)
    built, loci = circuit, star(3)
    if level is not None:
        machine = target.build(info(loci, 3))
        built = transpile(circuit, target=machine, optimization_level=level, seed_transpiler=seed)
    program = encode(built, Format.IQM, qubits=names(3), loci=loci)

    assert iqm_rules.broken(program.body, loci) is None
    exact = {int(state, 2): weight for state, weight in branches(circuit).items()}
    assert_same(meaning(program), exact, 1e-8)


CONDITIONS = {
    "a bit": lambda circuit: (circuit.clbits[0], 1),
    "a bit that is 0": lambda circuit: (circuit.clbits[0], 0),
    "a register of one bit": lambda circuit: (circuit.cregs[1], 0),
    "an expression": lambda circuit: expr.lift(circuit.clbits[0]),
    "a negated expression": lambda circuit: expr.logic_not(circuit.clbits[0]),
    "a bit that nothing was measured into": lambda circuit: (circuit.clbits[1], 0),
}
ALWAYS = {"a bit", "an expression", "a bit that nothing was measured into"}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_on_one_bit_is_understood(condition):
    circuit = QuantumCircuit(
        QuantumRegister(2, "q"), ClassicalRegister(2, "c"), ClassicalRegister(1, "d")
    )
    circuit.x(0)
    circuit.measure(0, 0)
    circuit.measure(0, 2)
    with circuit.if_test(CONDITIONS[condition](circuit)):
        circuit.x(1)
    circuit.measure(1, 1)

    wanted = 0b111 if condition in ALWAYS else 0b101
    assert_same(meaning(encode(circuit, Format.IQM)), {wanted: 1.0})

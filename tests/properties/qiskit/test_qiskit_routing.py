"""Circuits compiled for an IQM machine join connected qubits only, and mean the same."""

import json

from hypothesis import given, settings
from oracles import iqm_json
from qiskit import transpile
from support.qiskit_circuits import assert_same, expected
from support.qiskit_random import EXACT, circuits

from ketbridge import BackendInfo, Format
from ketbridge.clouds.kipu.describing import HubMachine
from ketbridge.clouds.kipu.models import Backend
from ketbridge.programs import iqm_json as keys
from qiskit_ketbridge.kipu import target
from qiskit_ketbridge.translate import encode

SIZE = 8
NAMES = tuple(f"QB{number + 1}" for number in range(SIZE))
RING = tuple((number, (number + 1) % SIZE) for number in range(SIZE))
NEAR = {frozenset((NAMES[one], NAMES[other])) for one, other in RING}
INFO = BackendInfo(
    "ring", "kipu", SIZE, formats=(Format.IQM,), connectivity=RING, qubit_names=NAMES,
    detail=HubMachine(Backend(id="ring")),
)  # fmt: skip
TARGET = target.build(INFO)


@settings(EXACT, max_examples=200)
@given(circuits(max_gates=6))
def test_a_routed_circuit_means_the_same(circuit):
    program = encode(
        transpile(circuit, target=TARGET, optimization_level=1, seed_transpiler=1),
        Format.IQM,
        qubits=NAMES,
    )
    bits = keys.bits_of_keys(program.readout)
    found = {}
    for outcome, weight in iqm_json.distribution(program.body).items():
        state = sum(bit << bits[key] for key, bit in outcome)
        found[state] = found.get(state, 0.0) + weight

    assert_same(found, expected(circuit), 1e-8)
    instructions = json.loads(program.body)["instructions"]
    assert {frozenset(one["qubits"]) for one in instructions if one["name"] == "cz"} <= NEAR

"""Every Braket gate, plain and with controls and powers, means the same on the wire."""

import json

import numpy as np
import pytest
from braket.circuits import Circuit, Instruction, gates
from support.braket_circuits import (
    FORMS,
    PARAMETERS,
    POWERLESS_IN_SIMULATOR,
    Op,
    build,
    dense,
    one_gate,
    read,
    simulated,
    spelled_out,
    spread,
)

from braket_ketbridge.translate import encode
from ketbridge import Format


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_a_gate_has_the_distribution_of_its_matrix(kind, form):
    circuit = build(one_gate(kind, form))
    assert np.abs(read(encode(circuit)) - dense(circuit)).max() < 1e-9


@pytest.mark.parametrize("kind", PARAMETERS, ids=lambda kind: kind.__name__)
def test_a_gate_has_the_distribution_of_brakets_simulator(kind):
    form = {"controls": (1,), "states": (1,)}
    if kind not in POWERLESS_IN_SIMULATOR:
        form["power"] = 0.5
    ops = one_gate(kind, form)
    expected = simulated(build(spelled_out(ops)), range(kind.fixed_qubit_count() + 1))
    assert np.abs(read(encode(build(ops))) - expected).max() < 1e-9


@pytest.mark.parametrize(
    ("circuit", "wire"),
    [
        (Circuit().h(0), {"gate": "h", "targets": [0]}),
        (Circuit().ccnot(0, 1, 2), {"gate": "x", "targets": [2], "controls": [0, 1]}),
        (Circuit().zz(1, 0, 0.5), {"gate": "zz", "targets": [1, 0], "rotation": 0.5}),
        (Circuit().phaseshift(0, 0.5), {"gate": "rz", "targets": [0], "rotation": 0.5}),
        (
            Circuit().swap(1, 2, control=0),
            None,
        ),
        (Circuit().h(1, control=0), {"gate": "h", "targets": [1], "controls": [0]}),
        (Circuit().rx(1, 0.5, control=0), {"gate": "rx", "targets": [1], "controls": [0]}),
    ],
    ids=str,
)
def test_what_ionq_has_is_written_as_it_is(circuit, wire):
    gates_sent = json.loads(encode(circuit).encoded())["circuit"]
    if wire is None:
        assert [gate["gate"] for gate in gates_sent] == ["x", "x", "x"]
    else:
        assert [wire.items() <= gate.items() for gate in gates_sent] == [True]


def test_a_global_phase_is_dropped_and_a_controlled_one_is_kept():
    plain = encode(Circuit().h(0).gphase(0.7))
    assert json.loads(plain.encoded())["circuit"] == [{"gate": "h", "targets": [0]}]
    phase = Instruction(gates.GPhase(0.7), control=[0, 1], control_state=[1, 0], power=-1.5)
    circuit = Circuit().h(0).h(1).add_instruction(phase).h(0).h(1)
    assert np.abs(read(encode(circuit)) - dense(circuit)).max() < 1e-12


def test_a_controlled_phase_reaches_a_qubit_that_nothing_else_touches():
    phase = Instruction(gates.GPhase(np.pi), control=[0, 3], control_state=[1, 0])
    program = encode(Circuit().h(0).add_instruction(phase).h(0))
    assert read(program) == pytest.approx([0, 1])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_unitary_is_synthesised_with_its_controls_and_power(size):
    rng = np.random.default_rng(size)
    matrix, _ = np.linalg.qr(rng.normal(size=(2**size,) * 2) + 1j * rng.normal(size=(2**size,) * 2))
    gate = gates.Unitary(matrix)
    for op in (
        Op(gate, tuple(range(size))),
        Op(gate, tuple(range(size)), (size,), (0,)),
        Op(gate, tuple(reversed(range(size))), (size,), (1,), 0.5),
    ):
        circuit = build([*spread(size + 1), op, *spread(size + 1)])
        assert np.abs(read(encode(circuit)) - dense(circuit)).max() < 1e-9


def test_native_gates_keep_their_distribution_and_their_qubits():
    box = Circuit().gpi2(2, 0.3).gpi(0, -1.1).ms(0, 2, 0.4, -0.8, 0.9).ms(2, 0, 0.1, 0.2, -0.7)
    circuit = Circuit().add_verbatim_box(box.zz(0, 2, 0.6).gpi2(0, 2.0).i(2))
    program = encode(circuit, Format.IONQ_NATIVE)
    assert program.readout.sources == (2, 0)
    assert program.num_qubits == 3
    lowered = encode(circuit, Format.IONQ_QIS)
    assert lowered.readout.labels == (2, 0)
    assert np.abs(read(program) - read(lowered)).max() < 1e-12
    expected = dense(box).reshape(2, 2).T.reshape(-1)
    assert np.abs(read(program) - expected).max() < 1e-12


def test_phases_of_native_gates_are_in_turns():
    program = encode(Circuit().gpi(0, np.pi / 2).ms(0, 1, 0, np.pi), Format.IONQ_NATIVE)
    assert json.loads(program.encoded())["circuit"] == [
        {"gate": "gpi", "targets": [0], "phase": 0.25},
        {"gate": "ms", "targets": [0, 1], "phases": [0.0, 0.5], "angle": 0.25},
    ]

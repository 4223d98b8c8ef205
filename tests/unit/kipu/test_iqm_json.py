"""IQM circuit JSON: written, read, and meaning what an independent reading says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from oracles import iqm_json as oracle

from ketbridge.errors import ProgramError
from ketbridge.programs import Readout, Register, iqm_json

C = Register("c", (0, 1))
H = [("QB1", 0.25, 0.25), ("QB1", 0.5, 0.0)]
"""A Hadamard gate but for a phase: a quarter turn about Y, then half a turn about X."""


def prx(qubit: str, angle_turns: float, phase_turns: float) -> str:
    return iqm_json.PRX % (qubit, angle_turns, phase_turns)


def bell() -> bytes:
    second = [iqm_json.PRX % ("QB2", *angles) for _, *angles in H]
    return iqm_json.wrap(
        [
            *(prx(*gate) for gate in H),
            *second,
            iqm_json.CZ % ("QB1", "QB2"),
            *second,
            iqm_json.barrier(["QB1", "QB2"]),
            iqm_json.measure("QB1", iqm_json.key_of(C, 0, 0)),
            iqm_json.measure("QB2", iqm_json.key_of(C, 0, 1)),
        ],
        "bell",
    )


def test_a_written_bell_circuit_is_a_bell_state() -> None:
    assert oracle.distribution(bell()) == pytest.approx(
        {
            (("c_2_0_0", 0), ("c_2_0_1", 0)): 0.5,
            (("c_2_0_0", 1), ("c_2_0_1", 1)): 0.5,
        }
    )


def test_what_is_written_is_read_back() -> None:
    circuit = iqm_json.read(bell())

    assert (circuit.name, circuit.qubits) == ("bell", ("QB1", "QB2"))
    assert [one.name for one in circuit.instructions] == [
        "prx", "prx", "prx", "prx", "cz", "prx", "prx", "barrier", "measure", "measure",
    ]  # fmt: skip
    assert circuit.instructions[0] == iqm_json.Instruction("prx", ("QB1",), 0.25, 0.25)
    assert [one.key for one in circuit.measurements] == ["c_2_0_0", "c_2_0_1"]


def test_radians_and_locus_of_other_clients_mean_the_same() -> None:
    theirs = {
        "name": "bell",
        "instructions": [
            {"name": "prx", "locus": ["QB1"], "args": {"angle": np.pi / 2, "phase": np.pi}}
        ],
    }
    (one,) = iqm_json.read(theirs).instructions

    assert (one.qubits, one.angle_turns, one.phase_turns) == (("QB1",), 0.25, 0.5)


def test_a_conditional_rotation_resets_a_qubit() -> None:
    body = iqm_json.wrap(
        [
            prx("QB1", 0.25, 0.25),
            iqm_json.measure("QB1", "m_1_0_0", feedback_key="f"),
            iqm_json.cc_prx("QB1", 0.5, 0.0, "QB1", "f"),
            iqm_json.measure("QB1", "r_1_1_0"),
        ]
    )
    found = oracle.distribution(body)
    read = iqm_json.read(body).instructions[2]

    assert {dict(outcome)["r_1_1_0"] for outcome in found} == {0}
    assert (read.feedback_qubit, read.feedback_key) == ("QB1", "f")


def test_a_move_carries_a_state_to_the_resonator_and_back() -> None:
    move = iqm_json.MOVE % ("QB1", "CR1")
    body = iqm_json.wrap([prx("QB1", 0.5, 0.0), move, move, iqm_json.measure("QB1", "m_1_0_0")])

    assert oracle.distribution(body) == pytest.approx({(("m_1_0_0", 1),): 1.0})


def test_registers_come_back_from_the_keys() -> None:
    a, b = Register("a", (0,)), Register("b_x", (1, 2, 3))
    written = [("QB3", a, 0, 0), ("QB1", b, 1, 2), ("QB2", b, 1, 0)]
    body = iqm_json.wrap(
        iqm_json.measure(qubit, iqm_json.key_of(register, index, bit))
        for qubit, register, index, bit in written
    )

    assert iqm_json.readout(iqm_json.read(body), ["QB1", "QB2", "QB3"]) == Readout(
        (2, 1, None, 0), (a, b)
    )


def test_keys_of_another_form_make_one_register_in_the_order_of_the_measurements() -> None:
    body = iqm_json.wrap([iqm_json.measure("QB2", "x"), iqm_json.measure("QB1", "y")])

    assert iqm_json.readout(iqm_json.read(body), ["QB1", "QB2"]) == Readout.of_qubits([1, 0])


def test_names_in_any_script_survive() -> None:
    register = Register('q "ä" 🙂\n', (0,))
    key = iqm_json.key_of(register, 0, 0)
    body = iqm_json.wrap([iqm_json.measure("QB1", key)], name='c "1"\\')
    circuit = iqm_json.read(body)

    assert (circuit.name, circuit.measurements[0].key) == ('c "1"\\', key)
    assert iqm_json.readout(circuit, ["QB1"]).registers == (register,)


BAD: list[tuple[Any, str]] = [
    ({"name": "u3", "qubits": ["QB1"]}, "instruction 0 is 'u3'"),
    ({"name": "cz", "qubits": ["QB1"]}, "it takes 2"),
    ({"name": "cz", "qubits": ["QB1", "QB1"]}, "same qubit twice"),
    ({"name": "prx", "qubits": ["QB1"], "args": {"angle_t": 0.1}}, "no finite phase_t"),
    ({"name": "prx", "qubits": ["QB1"], "args": {"angle_t": True, "phase_t": 0}}, "angle_t"),
    ({"name": "measure", "qubits": ["QB1"], "args": {}}, "has no key"),
    ({"name": "measure", "qubits": "QB1", "args": {"key": 5}}, "key"),
    ({"name": "prx", "args": {}}, "no list of names"),
    (5, "instruction 0 is 5"),
]


@pytest.mark.parametrize(("instruction", "message"), BAD)
def test_what_is_no_instruction_is_refused_with_its_index(instruction: Any, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        iqm_json.read(json.dumps({"name": "c", "instructions": [instruction]}))


def test_one_key_for_two_measurements_is_refused() -> None:
    with pytest.raises(ProgramError, match="key 'm'"):
        iqm_json.read(iqm_json.wrap([iqm_json.measure("QB1", "m"), iqm_json.measure("QB2", "m")]))


def test_one_feedback_key_for_two_measurements_is_refused() -> None:
    both = [iqm_json.measure("QB1", key, feedback_key="f") for key in ("m", "n")]
    with pytest.raises(ProgramError, match="feedback key 'f'"):
        iqm_json.read(iqm_json.wrap(both))


@pytest.mark.parametrize(("source", "key"), [("QB1", "g"), ("QB2", "f")])
def test_a_condition_that_is_not_known_yet_is_refused(source: str, key: str) -> None:
    steps = [
        iqm_json.measure("QB1", "m", feedback_key="f"),
        iqm_json.cc_prx("QB1", 0.5, 0.0, source, key),
    ]
    with pytest.raises(
        ProgramError, match=rf"instruction 1 \(cc_prx\): no measurement of {source}"
    ):
        iqm_json.read(iqm_json.wrap(steps))


def test_hidden_keys_are_no_classical_bits() -> None:
    steps = [
        iqm_json.measure("QB1", iqm_json.hidden_key(0)),
        iqm_json.measure("QB2", iqm_json.key_of(Register("hidden", (0,)), 0, 0)),
    ]
    circuit = iqm_json.read(iqm_json.wrap(steps))

    assert iqm_json.readout(circuit, ["QB1", "QB2"]) == Readout((1,), (Register("hidden", (0,)),))


def test_a_readout_that_the_keys_do_not_say_is_kept_beside_them() -> None:
    noted = Readout((1,), (C,), labels=(9,))
    steps = [iqm_json.measure("QB2", iqm_json.key_of(C, 0, 0))]
    circuit = iqm_json.read(iqm_json.wrap(steps, noted=noted))

    assert iqm_json.readout(circuit, ["QB1", "QB2"]) == noted


@pytest.mark.parametrize("metadata", [None, {}, [], {"readout": 5}, {"readout": [[0], "x"]}])
def test_metadata_of_other_clients_is_passed_over(metadata: Any) -> None:
    data = json.loads(bell()) | {"metadata": metadata}

    assert iqm_json.readout(iqm_json.read(data), ["QB1", "QB2"]).registers == (C,)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"name":"c"}', b"[" * 100_000])
def test_what_is_no_circuit_is_refused(body: bytes) -> None:
    with pytest.raises(ProgramError):
        iqm_json.read(body)


def test_a_number_that_is_not_finite_is_not_written() -> None:
    with pytest.raises(ValueError):
        iqm_json.cc_prx("QB1", float("nan"), 0.0, "QB1", "f")

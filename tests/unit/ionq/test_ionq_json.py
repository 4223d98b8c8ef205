"""IonQ circuit JSON: what is written, what is read and what is refused."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracles.ionq_json import probabilities

from ketbridge.errors import ProgramError
from ketbridge.programs import ionq_json
from ketbridge.programs.ionq_json import NATIVE, QIS, Gate, GateCount

BELL = (
    b'{"qubits":2,"gateset":"qis","circuit":['
    b'{"gate":"h","targets":[0]},{"gate":"x","targets":[1],"controls":[0]}]}'
)


def test_built_gates_are_compact_json_in_the_fixed_order_of_members() -> None:
    body = ionq_json.build(
        [{"gate": "h", "target": 0}, {"gate": "x", "targets": [1], "control": 0}]
    )

    assert body == BELL


def test_the_text_templates_write_what_the_reader_reads() -> None:
    gates = [
        ionq_json.ONE_TARGET % ("h", 0),
        ionq_json.ONE_TARGET_ROTATED % ("rx", 1, 0.1),
        ionq_json.TWO_TARGETS % ("swap", 0, 2),
        ionq_json.TWO_TARGETS_ROTATED % ("zz", 0, 1, -1e-300),
        ionq_json.CONTROLLED % ("x", 2, "0,1"),
    ]
    [circuit] = ionq_json.read(ionq_json.wrap(gates, 3))

    assert circuit.gates == (
        Gate("h", (0,)),
        Gate("rx", (1,), parameters=(("rotation", 0.1),)),
        Gate("swap", (0, 2)),
        Gate("zz", (0, 1), parameters=(("rotation", -1e-300),)),
        Gate("x", (2,), (0, 1)),
    )


def test_the_native_text_templates_write_what_the_reader_reads() -> None:
    gates = [
        ionq_json.PHASED % ("gpi", 0, 0.5),
        ionq_json.MS % (0, 1, 0.25, 0.75, 0.125),
        ionq_json.ZZ_NATIVE % (1, 0, 0.25),
    ]
    [circuit] = ionq_json.read(ionq_json.wrap(gates, 2, "native"))

    assert circuit.gateset == "native"
    assert circuit.gates == (
        Gate("gpi", (0,), parameters=(("phase", 0.5),)),
        Gate("ms", (0, 1), parameters=(("phases", (0.25, 0.75)), ("angle", 0.125))),
        Gate("zz", (1, 0), parameters=(("angle", 0.25),)),
    )


def test_an_angle_left_out_has_the_documented_default() -> None:
    [circuit] = ionq_json.read(
        {"gateset": "native", "circuit": [{"gate": "ms", "targets": [0, 1], "phases": [0, 0.5]}]}
    )

    assert circuit.gates[0].parameters == (("phases", (0.0, 0.5)), ("angle", 0.25))


# Reading and writing again --------------------------------------------------------------------

TURN = st.floats(-10, 10)


@st.composite
def gates(draw: st.DrawFn, gateset: str, width: int) -> dict[str, Any]:
    rules = QIS if gateset == "qis" else NATIVE
    name = draw(st.sampled_from(sorted(rules)))
    rule = rules[name]
    room = width - rule.targets
    controls = draw(st.integers(rule.least_controls, room)) if rule.controllable else 0
    qubits = draw(st.permutations(range(width)))
    gate: dict[str, Any] = {"gate": name, "targets": list(qubits[: rule.targets])}
    if controls:
        gate["controls"] = list(qubits[rule.targets : rule.targets + controls])
    for parameter in (*rule.parameters, *(rule.optional or {})):
        size = (rule.lists or {}).get(parameter)
        gate[parameter] = draw(TURN) if size is None else [draw(TURN) for _ in range(size)]
    return gate


@st.composite
def circuits(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]]]:
    gateset = draw(st.sampled_from(["qis", "native"]))
    return gateset, draw(st.lists(gates(gateset, 3), min_size=1, max_size=6))


@given(circuits())
def test_what_is_built_is_read_back_and_means_the_same(
    one: tuple[Any, list[dict[str, Any]]],
) -> None:
    gateset, listed = one
    body = ionq_json.build(listed, 3, gateset)
    [circuit] = ionq_json.read(body)
    again = ionq_json.wrap((gate.text() for gate in circuit.gates), 3, gateset)

    assert again == body
    meant = {"qubits": 3, "gateset": gateset, "circuit": listed}
    assert probabilities(body) == pytest.approx(probabilities(meant), abs=1e-12)


# Several circuits -----------------------------------------------------------------------------


def test_bodies_are_spliced_into_a_multi_circuit_input_byte_for_byte() -> None:
    native = ionq_json.build([{"gate": "gpi", "targets": [2], "phase": 0.5}], 3, "native")
    joined = ionq_json.join([('b"é\n', BELL), ("", native)])

    assert BELL[1:] in joined and native in joined
    assert [(c.name, c.gateset, c.qubits) for c in ionq_json.read(joined)] == [
        ('b"é\n', "qis", 2),
        ("", "native", 3),
    ]
    assert json.loads(joined)["qubits"] == 3


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", BELL[:-1], b'{"data":"OPENQASM 3.0;"}'])
def test_what_is_no_single_circuit_is_not_spliced(body: bytes) -> None:
    with pytest.raises(ProgramError, match="circuit 1 is no IonQ circuit"):
        ionq_json.join([("", BELL), ("", body)])


def test_no_circuit_at_all_is_refused() -> None:
    with pytest.raises(ProgramError, match="no circuit"):
        ionq_json.join([])


def test_circuits_inherit_the_gate_set_and_the_qubits_of_the_whole() -> None:
    shared = {
        "gateset": "native",
        "qubits": 4,
        "circuits": [
            {"circuit": [{"gate": "gpi", "target": 0, "phase": 0}]},
            {"gateset": "qis", "qubits": 1, "circuit": [{"gate": "h", "target": 0}]},
        ],
    }

    read = [(one.gateset, one.qubits) for one in ionq_json.read(shared)]

    assert read == [("native", 4), ("qis", 1)]


# Refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ({"gate": "u3", "target": 0}, "'u3' is no gate of the qis set"),
        ({"gate": ["h"], "target": 0}, "is no gate of the qis set"),
        ({"target": 0}, "None is no gate"),
        ("h", "no JSON object"),
        ({"gate": "pauliexp", "targets": [0]}, "'pauliexp' is no gate"),
        ({"gate": "h"}, "0 targets instead of 1"),
        ({"gate": "h", "targets": [0, 1]}, "2 targets instead of 1"),
        ({"gate": "swap", "targets": [0]}, "1 targets instead of 2"),
        ({"gate": "swap", "targets": [1, 1]}, "names a qubit twice"),
        ({"gate": "x", "target": 0, "control": 0}, "names a qubit twice"),
        ({"gate": "x", "target": 0, "targets": [0]}, "both target and targets"),
        ({"gate": "x", "target": -1}, "-1 is no qubit"),
        ({"gate": "x", "target": True}, "True is no qubit"),
        ({"gate": "x", "target": 0.5}, "0.5 is no qubit"),
        ({"gate": "x", "targets": "0"}, "no list of qubits"),
        ({"gate": "x", "target": 3}, "acts on qubit 3 of 3"),
        ({"gate": "cnot", "target": 0}, "cannot have 0 controls"),
        ({"gate": "rx", "target": 0}, "has no rotation"),
        ({"gate": "rx", "target": 0, "rotation": math.nan}, "not finite"),
        ({"gate": "rx", "target": 0, "rotation": math.inf}, "not finite"),
        ({"gate": "rx", "target": 0, "rotation": "1"}, "no number"),
        ({"gate": "rx", "target": 0, "rotation": True}, "no number"),
        ({"gate": "h", "target": 0, "rotation": 1.0}, "takes no 'rotation'"),
        ({"gate": "h", "target": 0, "phase": 1.0}, "takes no 'phase'"),
    ],
)
def test_a_wrong_gate_is_refused_by_its_index(gate: Any, message: str) -> None:
    data = {"gateset": "qis", "qubits": 3, "circuit": [{"gate": "h", "target": 0}, gate]}
    with pytest.raises(ProgramError, match=f"gate 1.*{message}"):
        ionq_json.read(data)


@pytest.mark.parametrize(
    ("gate", "message"),
    [
        ({"gate": "h", "target": 0}, "no gate of the native set"),
        ({"gate": "gpi", "target": 0, "control": 1, "phase": 0}, "cannot have 1 controls"),
        ({"gate": "ms", "targets": [0, 1], "phases": [0]}, "not 2 numbers"),
        ({"gate": "ms", "targets": [0, 1], "phases": [0, math.nan]}, "not finite"),
        ({"gate": "ms", "targets": [0, 1], "phases": "01"}, "not 2 numbers"),
    ],
)
def test_a_wrong_native_gate_is_refused(gate: Any, message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        ionq_json.read({"gateset": "native", "circuit": [gate]})


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"[" * 100_000, b'{"gateset":"qis"}', b"{}"])
def test_what_is_no_circuit_is_refused(text: bytes) -> None:
    with pytest.raises(ProgramError):
        ionq_json.read(text)


@pytest.mark.parametrize("qubits", [0, -1, True, 1.5, "2"])
def test_a_number_of_qubits_that_is_none_is_refused(qubits: Any) -> None:
    with pytest.raises(ProgramError, match="number of qubits"):
        ionq_json.read({"gateset": "qis", "qubits": qubits, "circuit": []})


def test_a_wrong_gate_among_several_circuits_is_refused_by_both_indices() -> None:
    with pytest.raises(ProgramError, match="circuit 1, gate 0"):
        ionq_json.read(
            {"gateset": "qis", "circuits": [{"circuit": []}, {"circuit": [{"gate": "q"}]}]}
        )


# Counting -------------------------------------------------------------------------------------


def test_gates_are_counted_by_the_number_of_their_qubits() -> None:
    body = ionq_json.build(
        [
            {"gate": "h", "target": 0},
            {"gate": "rz", "target": 1, "rotation": 1.0},
            {"gate": "x", "target": 1, "control": 0},
            {"gate": "xx", "targets": [0, 1], "rotation": 1.0},
            {"gate": "x", "target": 2, "controls": [0, 1]},
        ]
    )

    assert ionq_json.count(body) == GateCount(one_qubit=2, two_qubit=3)


def test_the_module_loads_without_pydantic_and_numpy() -> None:
    code = (
        "import sys, ketbridge.programs.ionq_json\n"
        "assert not {'pydantic', 'httpx', 'numpy', 'qiskit'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

"""Reading registers from OpenQASM text, and AHS programs from Braket's JSON."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from ketbridge.errors import ProgramError
from ketbridge.programs import Readout, Register, ahs_json, qasm_text

A, B = Register("a", (0,)), Register("b", (1, 2))

READ = {
    'OPENQASM 2.0; include "qelib1.inc"; qreg q[3]; creg a[1]; creg b[2];'
    " h q[0]; measure q[2] -> a[0]; measure q[0] -> b[1];": Readout((2, None, 0), (A, B)),
    "OPENQASM 2.0; qreg p[1]; qreg q[2]; creg b[2]; measure q -> b;": Readout(
        (1, 2), (Register("b", (0, 1)),)
    ),
    "OPENQASM 3.0;\nbit[2] b;\nqubit[2] q;\nh q[0];\nb[0] = measure q[1];\nb[1]=measure q[0];": (
        Readout((1, 0), (Register("b", (0, 1)),))
    ),
    "OPENQASM 3; bit[1] b; // measure nothing;\n#pragma braket verbatim\nbox { rz(1) $4; }"
    " b[0] = measure $4;": Readout((4,), (Register("b", (0,)),)),
    "OPENQASM 3.0; qubit q; bit c = measure q;": Readout((0,), (Register("c", (0,)),)),
    "OPENQASM 2.0; qreg q[2]; creg a[1]; measure q[0] -> a[0]; measure q[1] -> a[0];": Readout(
        (1,), (A,)
    ),
    "OPENQASM 2.0; qreg q[2]; creg a[1]; if (a == 1) measure q[1] -> a[0];": Readout((1,), (A,)),
    "OPENQASM 3.0; qubit[2] q; h q[0];": Readout(()),
}


@pytest.mark.parametrize("text", READ)
def test_each_classical_bit_is_read_from_the_qubit_that_it_measures(text: str) -> None:
    assert qasm_text.readout(text) == READ[text]


NAMED = Readout((1, None, 0), (A, Register('b "ä"\n', (1, 2))), labels=(7, 4))


def test_a_note_at_the_end_says_what_the_text_does_not() -> None:
    text = qasm_text.noted("OPENQASM 3.0;\nqubit[2] q;\nbit[2] b;\nb = measure q;\n", NAMED)

    assert text.startswith("OPENQASM 3.0;\n") and text.count("\n") == 5
    assert qasm_text.readout(text) == NAMED


@pytest.mark.parametrize("note", ["[]", "[[0],5]", "[" * 100_000 + "]", "5 []"])
def test_a_note_that_is_none_does_no_harm(note: str) -> None:
    text = f"OPENQASM 3.0; qubit q; bit c = measure q;\n// readout {note}\n"
    assert qasm_text.readout(text) == Readout((0,), (Register("c", (0,)),))


@pytest.mark.parametrize(
    "text",
    [
        "OPENQASM 3.0; qubit[2] q; bit[4] b; b[0:1] = measure q;",
        "OPENQASM 2.0; qreg q[2]; creg b[1]; measure q -> b;",
        "OPENQASM 2.0; qreg q[2]; creg b[1]; measure q[5] -> b[0];",
        "OPENQASM 3.0; qubit q; measure q;",
        "OPENQASM 2.0; qreg q[99999999];",
    ],
)
def test_what_is_not_understood_is_said(text: str) -> None:
    with pytest.raises(ValueError):
        qasm_text.readout(text)


FIELD = {"time_series": {"times": ["0", "1e-6"], "values": ["0.0", "15700000.0"]}}
UNIFORM = FIELD | {"pattern": "uniform"}
PROGRAM = {
    "braketSchemaHeader": {"name": "braket.ir.ahs.program", "version": "1"},
    "setup": {
        "ahs_register": {"sites": [["0.0", "0.0000028867513459481293"]], "filling": [1]},
    },
    "hamiltonian": {
        "drivingFields": [{"amplitude": UNIFORM, "phase": UNIFORM, "detuning": UNIFORM}],
        "localDetuning": [{"magnitude": FIELD | {"pattern": ["0.5"]}}],
    },
}


def test_every_number_keeps_every_digit() -> None:
    body = ahs_json.body(json.dumps(PROGRAM)).decode()
    read = json.loads(body, parse_float=Decimal)

    assert read["setup"]["ahs_register"]["sites"] == [
        [Decimal("0.0"), Decimal("0.0000028867513459481293")]
    ]
    assert read["hamiltonian"]["drivingFields"][0]["amplitude"]["pattern"] == "uniform"
    assert read["hamiltonian"]["localDetuning"][0]["magnitude"]["pattern"] == [Decimal("0.5")]
    assert "braketSchemaHeader" not in read


def test_an_older_name_of_the_local_field_is_taken() -> None:
    older = json.loads(json.dumps(PROGRAM).replace("localDetuning", "shiftingFields"))

    assert ahs_json.body(json.dumps(older)) == ahs_json.body(json.dumps(PROGRAM))


BAD = {
    "no JSON": b"{",
    "lacks": b'{"setup": {}}',
    "1 sites and 0 fillings": json.dumps(
        PROGRAM | {"setup": {"ahs_register": {"sites": [["0", "0"]], "filling": []}}}
    ).encode(),
    "no driving field": json.dumps(PROGRAM | {"hamiltonian": {"drivingFields": []}}).encode(),
    "'NaN'": json.dumps(PROGRAM).replace('"0.0", "0.0000028', '"NaN", "0.0000028').encode(),
}


@pytest.mark.parametrize("message", BAD)
def test_what_is_no_program_is_refused(message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        ahs_json.body(BAD[message])

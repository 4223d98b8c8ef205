"""The body of POST /jobs and what we keep in the metadata."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
from contract.openapi import Contract
from hypothesis import given, settings
from hypothesis import strategies as st

from ketbridge.clouds.ionq import metadata, payload
from ketbridge.errors import ProgramError
from ketbridge.jobs.submission import Request, Submission
from ketbridge.programs import Format, Program, Readout, Register, ionq_json

CONTRACT = Contract("ionq.json")
BELL = Program(
    Format.IONQ_QIS,
    ionq_json.build([{"gate": "h", "target": 0}, {"gate": "x", "target": 1, "control": 0}]),
    Readout.of_qubits([0, 1]),
    2,
)
NATIVE = replace(
    BELL,
    format=Format.IONQ_NATIVE,
    body=ionq_json.build([{"gate": "gpi", "target": 1, "phase": 0.5}], gateset="native"),
)
QASM = replace(BELL, format=Format.IONQ_QASM3, body=b'{"qubits":2,"data":"OPENQASM 3.0;"}')


def request(*programs: Program, **changes: Any) -> Request:
    return Request(**({"backend": "simulator", "programs": programs, "shots": 100} | changes))


def encoded(one: Request) -> dict[str, Any]:
    return dict(json.loads(payload.encode(Submission(one, "ionq"))))


EVERYTHING: dict[str, Any] = {
    "name": "é\r\n\0 😀",
    "tags": ("a", "b"),
    "metadata": {"mine": "✓"},
    "session": "s-1",
    "seed": 2**40 + 3,
    "options": {
        "noise_model": "aria-1",
        "debiasing": True,
        "dry_run": False,
        "compilation_opt": 1,
        "compilation_precision": "1E-3",
    },
}


@pytest.mark.parametrize(
    ("programs", "kind"),
    [
        ((BELL,), "ionq.circuit.v1"),
        ((NATIVE,), "ionq.circuit.v1"),
        ((BELL, NATIVE, BELL), "ionq.multi-circuit.v1"),
    ],
)
@pytest.mark.parametrize("changes", [{}, EVERYTHING], ids=["plain", "everything"])
def test_a_job_is_what_the_contract_allows(
    programs: tuple[Program, ...], kind: str, changes: dict[str, Any]
) -> None:
    body = encoded(request(*programs, **changes))
    schema = CONTRACT.request_schema("CreateJob")

    assert schema is not None and CONTRACT.errors(schema, body, sent=True) == []
    assert body["type"] == kind


def test_circuits_travel_byte_for_byte() -> None:
    single = payload.encode(Submission(request(BELL), "ionq"))
    several = payload.encode(Submission(request(BELL, NATIVE), "ionq"))

    assert b'"input":' + BELL.body + b"}" in single
    assert BELL.body in several and NATIVE.body in several


def test_openqasm_travels_as_a_job_of_its_own_kind() -> None:
    body = encoded(request(QASM))

    assert body["type"] == "ionq.qasm3.v1"
    assert body["input"] == {"qubits": 2, "data": "OPENQASM 3.0;"}


def test_options_are_where_the_contract_has_them() -> None:
    body = encoded(request(BELL, **EVERYTHING))

    assert body["settings"] == {
        "error_mitigation": {"debiasing": True},
        "compilation": {"opt": 1, "precision": "1E-3"},
    }
    assert (body["dry_run"], body["session_id"]) == (False, "s-1")
    assert body["noise"] == {"model": "aria-1", "seed": (2**40 + 3) % 2**31}


def test_a_noise_seed_of_its_own_wins_over_the_seed() -> None:
    options = {"noise_model": "forte-1", "noise_seed": -7}

    assert encoded(request(BELL, seed=1, options=options))["noise"]["seed"] == -7


def test_the_name_of_a_single_circuit_names_the_job() -> None:
    assert encoded(request(replace(BELL, name="bell")))["name"] == "bell"
    assert encoded(request(replace(BELL, name="bell"), name="mine"))["name"] == "mine"
    assert "name" not in encoded(request(BELL))


# What we keep -----------------------------------------------------------------------------------


def round_trip(one: Request) -> Request | None:
    return metadata.read(metadata.write(Submission(one, "ionq")), one.backend, one.session)


def bodiless(one: Request) -> Request:
    programs = tuple(replace(program, body=b"") for program in one.programs)
    return replace(one, programs=programs, options={})


NAMES = st.text(max_size=20)
JSON = st.dictionaries(NAMES, st.none() | st.integers() | st.lists(NAMES, max_size=2), max_size=2)


@st.composite
def programs(draw: st.DrawFn) -> Program:
    bits = draw(st.integers(1, 70))
    sources = tuple(draw(st.lists(st.none() | st.integers(0, 9), min_size=bits, max_size=bits)))
    cut = draw(st.integers(0, bits))
    registers = (
        Register(draw(NAMES), tuple(range(cut))),
        Register(draw(NAMES), tuple(range(cut, bits))),
    )
    readout = Readout(sources, registers, draw(st.none() | st.just(tuple(range(3, 3 + bits)))))
    form = draw(st.sampled_from([Format.IONQ_QIS, Format.IONQ_NATIVE]))
    return Program(form, b"{}", readout, draw(st.integers(1, 40)), draw(NAMES), draw(JSON))


@settings(deadline=None)
@given(
    st.lists(programs(), min_size=1, max_size=4),
    st.none() | st.integers(-(2**63), 2**63),
    NAMES,
    st.lists(NAMES).map(tuple),
)
def test_what_was_asked_is_recovered_from_the_metadata(
    listed: list[Program], seed: int | None, name: str, tags: tuple[str, ...]
) -> None:
    one = request(
        *listed, seed=seed, name=name, tags=tags, sdk="qiskit", session="s", metadata={"k": "v"}
    )

    assert round_trip(one) == bodiless(one)


@pytest.mark.parametrize("name", ["é", "😀" * 100, "a\r\nb\0c", "x" * 10_000, '"}', "\ud800"])
def test_odd_names_survive(name: str) -> None:
    register = Register(name, (0, 1))
    program = replace(BELL, name=name, readout=Readout((1, 0), (register,)))
    back = round_trip(request(program))

    assert back is not None and back.programs[0].name == name
    assert back.programs[0].readout.registers == (register,)


def test_three_hundred_circuits_share_their_readout() -> None:
    one = request(*(replace(BELL, name=f"circuit-{index}") for index in range(300)))
    kept = metadata.write(Submission(one, "ionq"))

    assert round_trip(one) == bodiless(one)
    assert sum(map(len, kept.values())) < 3000


def test_metadata_of_the_user_stays_as_it_was() -> None:
    kept = metadata.write(Submission(request(BELL, metadata={"a": "1", "é": ""}), "ionq"))

    assert {"a": "1", "é": ""}.items() <= kept.items()
    assert len(kept) == 4


@pytest.mark.parametrize(
    "record",
    [
        "",
        "2:future",
        "1:",
        "1:%%%",
        "1:" + base64.b64encode(b"no zlib").decode(),
        "1:" + base64.b64encode(zlib.compress(b"no json")).decode(),
        "1:" + base64.b64encode(zlib.compress(b"[]")).decode(),
        "1:" + base64.b64encode(zlib.compress(b'{"readouts":[],"programs":[[1]]}')).decode(),
        "1:" + base64.b64encode(zlib.compress(b"[" * 100_000)).decode(),
        "1:" + base64.b64encode(zlib.compress(b'{"readouts":[]}')[:-5]).decode(),
        "1:" + base64.b64encode(zlib.compress(bytes(80 * 2**20))).decode(),
    ],
    ids=lambda record: record[:12],
)
def test_a_record_that_is_not_ours_is_ignored(record: str) -> None:
    assert metadata.read({metadata.RECORD: record}, "simulator", None) is None


def test_the_metadata_of_other_clients_is_no_submission_of_ours() -> None:
    assert metadata.submission_of({"qiskit_header": "x"}) is None
    assert metadata.submission_of(None) is None


def test_metadata_of_a_circuit_that_is_no_json_is_refused() -> None:
    with pytest.raises(ProgramError, match="no JSON"):
        metadata.write(Submission(request(replace(BELL, metadata={"a": object()})), "ionq"))

"""What cannot run is refused with a clear message before a byte is sent: the core."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support.cloud_bench import Bench
from support.cloud_cases import ALL, IBM, IONQ, KIPU

from ketbridge import connect
from ketbridge.errors import (
    AddressError,
    CredentialError,
    ProgramError,
    UnknownOptionError,
)
from ketbridge.jobs.submission import Submission
from ketbridge.programs import Readout, Register

CLOUDS = ALL
SYNC = pytest.mark.parametrize("kind", ["sync"])

IDS = [
    "..",
    "../x",
    "a/b",
    "x?y",
    "x#y",
    "%2e%2e",
    "@host",
    "",
    "x" * 4096,
    "a b",
    "a\r\nb",
    "ü",
    ".",
]


@SYNC
@pytest.mark.parametrize("shots", [0, -1, True, 1.5, "100", None, "above"])
def test_shots_out_of_range_are_refused(bench, shots):
    most = bench.case.most_shots
    with pytest.raises(ProgramError, match=f"shots is a whole number from 1 to {most}"):
        bench.submit(shots=most + 1 if shots == "above" else shots)
    assert (bench.requests(), bench.cloud.ledger.history()) == (0, [])


@SYNC
def test_what_the_machine_does_not_take_is_refused_once_it_is_known(bench):
    info = bench.cloud.backend(bench.case.request().backend)
    bench.count_from_here()
    wide = replace(bench.case.program, num_qubits=info.num_qubits + 1)
    with pytest.raises(ProgramError, match=f"{info.num_qubits}"):
        bench.submit(programs=(wide,))
    with pytest.raises(ProgramError, match=f"shots is a whole number from .* to {info.shots[1]}"):
        bench.submit(shots=info.shots[1] + 1)
    assert (bench.requests(), bench.cloud.ledger.history()) == (0, [])


WRONG = {
    "no circuit": ({"programs": ()}, "no circuit"),
    "no qubits": ({"num_qubits": 0}, "empty"),
    "no body": ({"body": b""}, "empty"),
    "no measurement": ({"readout": Readout((), ())}, "measures nothing"),
    "seed": ({"seed": 1.5}, "seed"),
    "metadata": ({"metadata": {"a": 1}}, "string"),
}


@SYNC
@pytest.mark.parametrize("name", WRONG)
def test_a_request_that_cannot_run_is_refused(bench, name):
    changes, words = WRONG[name]
    if name == "no measurement" and bench.case.unread:
        pytest.skip("what a circuit measures is written in it")
    with pytest.raises(ProgramError, match=words):
        bench.submit(**_changed(bench, changes))
    assert (bench.requests(), bench.cloud.ledger.history()) == (0, [])


def _changed(bench: Bench, changes):
    """Changes of a request; those of a program are made in its only one."""
    fields = set(changes) & {"num_qubits", "body", "readout"}
    return {"programs": (replace(bench.case.program, **changes),)} if fields else changes


@SYNC
def test_the_circuit_that_cannot_run_is_named(bench):
    programs = (bench.case.program, replace(bench.case.program, body=b""))
    with pytest.raises(ProgramError, match="circuit 1" if bench.case.several else "one circuit"):
        bench.submit(programs=programs)
    assert bench.requests() == 0


@SYNC
def test_an_option_with_a_typo_is_refused_with_the_nearest(bench):
    for option in bench.cloud.options:
        with pytest.raises(UnknownOptionError, match=f"Did you mean .*'{option}'"):
            bench.submit(options={f"{option}x": 1})
    assert bench.requests() == 0


@SYNC
@pytest.mark.parametrize("job_id", IDS, ids=lambda text: repr(text)[:12])
def test_a_job_id_that_could_lead_elsewhere_is_refused(bench, job_id):
    with pytest.raises(AddressError):
        bench.cloud.job(job_id)
    with pytest.raises(AddressError):
        connect(str(bench.cloud.account.at)).job(job_id)
    assert bench.requests() == 0


@pytest.mark.parametrize("backend", [*IDS[:-1], "."], ids=lambda text: repr(text)[:12])
@SYNC
def test_a_machine_whose_name_could_lead_elsewhere_is_refused(bench, backend):
    with pytest.raises(AddressError):
        bench.cloud.backend(backend)
    assert bench.requests() == 0


@pytest.mark.parametrize(
    "token", ["", "two words", "line\nbreak", "line\r\nbreak", "tök", "x" * 100_000, "\x00", 7]
)
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(case, token):
    with pytest.raises(CredentialError) as caught:
        connect(case.name, token=token)
    assert len(str(caught.value)) < 200
    assert not token or str(token) not in str(caught.value)


def test_a_newline_at_the_end_of_a_token_is_dropped(case):
    made = connect(case.name, token="key\r\n", url="http://127.0.0.1:1", **case.needs)
    assert made.account.token.reveal() == "key"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/v0.4",
        "http://127.0.0.1.example.com/",
        "https://user:pass@127.0.0.1/",
        "https://exämple.com/",
        "ftp://127.0.0.1/",
        "//127.0.0.1/",
        "https://",
        "https://127.0.0.1/?a=b",
        "https://127.0.0.1/#a",
        "https://127.0.0.1:99999/",
        "nonsense",
        "",
    ],
)
def test_a_base_url_that_is_not_safe_is_refused_before_a_request(case, url):
    with pytest.raises(AddressError) as caught:
        connect(case.name, token="key", url=url, **case.needs).backends()
    assert "pass" not in str(caught.value).replace("password", "")


NAMES = ["ü", "😀", "x" * 10_000, "a\r\nX-Evil: 1", "a\x00b", '"', "\u202e", "../.."]


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:12])
@SYNC
def test_names_come_back_as_they_were(bench, name):
    """They travel in bodies only, so that none of them can reach a header or a path."""
    tags = (name,) if len(name) <= bench.case.longest_tag else ()
    readout = Readout((0, 1), (Register(name, (0, 1)),))
    asked = bench.case.request(
        programs=(replace(bench.case.program, name=name, readout=readout),),
        name=name,
        tags=tags,
        metadata={name: name},
    )
    job = bench.cloud.submit(asked)
    recorded = bench.cloud.job(job.id).request()
    assert replace(recorded, programs=()) == replace(asked, programs=())
    assert _named(recorded) == _named(asked)
    bench.cloud.ledger.forget(bench.cloud.name, job.id)
    recalled = bench.cloud.job(job.id).request()
    for member in bench.case.keeps:
        if member == "programs":
            assert _named(recalled) == _named(asked)
        else:
            assert getattr(recalled, member) == getattr(asked, member)


def _named(asked):
    return [(program.name, program.readout) for program in asked.programs]


@SYNC
@pytest.mark.parametrize("case", [IBM], ids=["ibm"])
def test_a_tag_that_is_too_long_is_refused(bench):
    with pytest.raises(ProgramError, match="1 to 24 characters"):
        bench.submit(tags=("x" * 25,))
    assert bench.requests() == 0


@SYNC
@pytest.mark.parametrize("case", [IONQ, KIPU], ids=["ionq", "kipu"])
def test_a_million_gates_are_sent_in_linear_time(bench):
    """Where the core may read a circuit; QPY is sent on as it is."""
    gate = b'{"gate":"h","targets":[0]}'
    took = {}
    for size in (100_000, 1_000_000):
        body = b'{"qubits":1,"gateset":"qis","circuit":[%b]}' % b",".join([gate] * size)
        asked = bench.case.request(programs=(replace(bench.case.program, body=body),))
        began = time.monotonic()
        bench.cloud.check(asked)
        sent = next(bench.cloud.submit_flow(Submission(asked, str(bench.cloud.account.at))))
        took[size] = time.monotonic() - began
        assert body in sent.body
    assert took[1_000_000] < 30 * took[100_000] + 0.1


@SYNC
def test_300_circuits_are_one_request_or_refused(bench):
    many = (bench.case.program,) * 300
    if not bench.case.several:
        with pytest.raises(ProgramError, match="one circuit a job, not 300"):
            bench.submit(programs=many)
        assert bench.requests() == 0
        return
    job = bench.submit(programs=many, shots=10)
    assert (bench.requests(bench.case.submit), len(bench.jobs())) == (1, 1)
    assert bench.jobs()[0].id == job.id

"""What cannot run is refused with a clear message before a byte is sent: the core."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support.submissions import BELL

from ketbridge import connect
from ketbridge.errors import (
    AddressError,
    CredentialError,
    ProgramError,
    UnknownOptionError,
)
from ketbridge.jobs.submission import Submission
from ketbridge.programs import Readout, Register

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
@pytest.mark.parametrize("shots", [0, -1, True, 1.5, "100", None, 1_000_001])
def test_shots_out_of_range_are_refused(bench, shots):
    with pytest.raises(ProgramError, match="shots is a whole number from 1 to 1000000"):
        bench.submit(shots=shots)
    assert (bench.requests(), bench.cloud.ledger.history()) == (0, [])


@SYNC
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"programs": ()}, "no circuit"),
        ({"programs": (replace(BELL, num_qubits=0),)}, "empty"),
        ({"programs": (replace(BELL, body=b""),)}, "empty"),
        ({"programs": (replace(BELL, readout=Readout((), ())),)}, "measures nothing"),
        ({"programs": (BELL, replace(BELL, readout=Readout((), ())))}, "circuit 1"),
        ({"seed": 1.5}, "seed"),
        ({"metadata": {"a": 1}}, "strings"),
    ],
)
def test_a_request_that_cannot_run_is_refused(bench, changes, words):
    with pytest.raises(ProgramError, match=words):
        bench.submit(**changes)
    assert (bench.requests(), bench.cloud.ledger.history()) == (0, [])


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
    made = connect(case.name, token="key\r\n", url="http://127.0.0.1:1")
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
        connect(case.name, token="key", url=url).backends()
    assert "pass" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize(
    "name", ["ü", "😀", "x" * 10_000, "a\r\nX-Evil: 1", "a\x00b", '"', "\u202e", "../.."]
)
@SYNC
def test_names_come_back_as_they_were(bench, name):
    """They travel in the body only, so that none of them can reach a header or a path."""
    readout = Readout((0, 1), (Register(name, (0, 1)),))
    asked = replace(BELL, name=name, readout=readout)
    job = bench.submit(programs=(asked,), name=name, tags=(name,), metadata={name: name})
    bench.cloud.ledger.forget(bench.cloud.name, job.id)
    found = bench.cloud.job(job.id).request()
    assert found.programs[0].readout.registers[0].name == name
    assert (found.programs[0].name, found.name, found.tags) == (name, name, (name,))
    assert found.metadata == {name: name}


@SYNC
def test_a_million_gates_are_sent_in_linear_time(bench):
    gate = b'{"gate":"h","targets":[0]}'
    took = {}
    for size in (100_000, 1_000_000):
        body = b'{"qubits":1,"gateset":"qis","circuit":[%b]}' % b",".join([gate] * size)
        asked = bench.case.request(programs=(replace(BELL, body=body),))
        began = time.monotonic()
        bench.cloud.check(asked)
        sent = next(bench.cloud.submit_flow(Submission(asked, str(bench.cloud.account.at))))
        took[size] = time.monotonic() - began
        assert body in sent.body
    assert took[1_000_000] < 30 * took[100_000] + 0.1


@SYNC
def test_300_circuits_are_one_request(bench):
    job = bench.submit(programs=(BELL,) * 300, shots=10)
    assert (bench.requests(), len(bench.jobs())) == (1, 1)
    assert bench.jobs()[0].id == job.id
